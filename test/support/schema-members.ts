import { dirname, join } from 'node:path'
import type { SchemaFiles } from '../../gateway/protocol/catalogue.ts'
import { isJsonObject, type Json } from '../../gateway/protocol/json.ts'

const found = new Map<string, ReadonlyMap<string, readonly string[]>>()

/** Every member that the schema of a type knows, as `/body/…` with `*` for items, and the definitions that it refers to. */
export function membersInSchema(
  files: SchemaFiles,
  version: string,
  type: string,
): ReadonlyMap<string, readonly string[]> {
  const key = `${version} ${type}`
  const known = found.get(key)
  if (known !== undefined) return known
  const members = new Map<string, string[]>()
  const load = (path: string): Json => JSON.parse(files.published.get(path)?.toString('utf8') ?? 'null') as Json
  const visit = (node: Json | undefined, path: string, at: string, within: readonly string[]): void => {
    if (node === undefined || !isJsonObject(node)) return
    const { $ref: ref, properties, items } = node
    if (typeof ref === 'string') {
      const [file = '', fragment = ''] = ref.split('#')
      const target = file === '' ? path : join(dirname(path), file)
      const name = fragment.split('/').at(-1) ?? ''
      if (within.includes(`${target}#${fragment}`)) return
      const definition = fragment
        .split('/')
        .slice(1)
        .reduce(
          (held: Json | undefined, one) => (held !== undefined && isJsonObject(held) ? held[one] : undefined),
          load(target),
        )
      members.get(at)?.push(name)
      visit(definition, target, at, [...within, `${target}#${fragment}`])
    }
    if (properties !== undefined && isJsonObject(properties))
      for (const [name, inner] of Object.entries(properties)) {
        if (!members.has(`${at}/${name}`)) members.set(`${at}/${name}`, [])
        visit(inner, path, `${at}/${name}`, within)
      }
    if (items !== undefined) {
      if (!members.has(`${at}/*`)) members.set(`${at}/*`, [])
      visit(items, path, `${at}/*`, within)
    }
  }
  visit(load(`${version}/${type}.schema.json`), `${version}/${type}.schema.json`, '/body', [])
  found.set(key, members)
  return members
}
