import type { SchemaFiles } from '../../gateway/protocol/catalogue.ts'
import { isJsonObject, type Json, type JsonObject } from '../../gateway/protocol/json.ts'
import { membersInSchema } from './schema-members.ts'

/** What no example of a release holds, or not alone: by the name of the member. */
const OWN: Readonly<Record<string, Json>> = {
  address: { lines: ['1 Example Road'], postcode: 'TN23 1AA' },
  name: 'The Beeches',
  locality: 'Ashford',
  contactPoints: [{ kind: 'phone', value: '+447700900001', usedBy: 'child', safeToUse: 'unknown' }],
}

export type Placed = { readonly body: JsonObject; readonly pointer: string }
/** Puts a member into a body of a type, with what it stands in where that is missing, as the last item of its lists. */
export type Put = (type: string, body: JsonObject, member: string, before?: number) => Placed

/** Takes the published files; gives, for a release, what puts members into bodies: with values that its examples have elsewhere. */
export function openSamples(files: SchemaFiles, version: string, types: readonly string[]): Put {
  const byName = new Map<string, Json>(Object.entries(OWN))
  const byDefinition = new Map<string, Json>()
  for (const type of types) {
    const text = files.published.get(`${version}/${type}.examples.json`)?.toString('utf8') ?? '[]'
    for (const { body } of JSON.parse(text) as readonly { readonly body: JsonObject }[])
      for (const [member, definitions] of membersInSchema(files, version, type))
        for (const value of valuesAt({ body }, member.split('/').slice(1))) {
          const name = member.split('/').at(-1) ?? ''
          if (!byName.has(name)) byName.set(name, value)
          for (const one of definitions) if (!byDefinition.has(one)) byDefinition.set(one, value)
        }
  }
  return (type, body, member, before = 0) => {
    const definitions = membersInSchema(files, version, type)
    const sample = (at: string): Json => {
      const known = (definitions.get(at) ?? []).map((one) => byDefinition.get(one)).find((one) => one !== undefined)
      const value = known ?? byName.get(at.split('/').at(-1) ?? '')
      if (value !== undefined) return value
      return definitions.has(`${at}/*`) ? [] : {}
    }
    const fill = (held: Json | undefined, path: readonly string[], at: string): readonly [Json, string] => {
      const [name, ...rest] = path
      if (name === undefined) return [held ?? sample(at), '']
      const own = held ?? (name === '*' ? [] : sample(at))
      if (name === '*') {
        const items = Array.isArray(own) ? (own as readonly Json[]) : []
        const all = [...items, ...Array.from({ length: before }, () => sample(`${at}/*`))]
        const [item, pointer] = fill(sample(`${at}/*`), rest, `${at}/*`)
        return [[...all, item], `/${all.length}${pointer}`]
      }
      const object = isJsonObject(own) ? own : {}
      const [inner, pointer] = fill(object[name], rest, `${at}/${name}`)
      return [{ ...object, [name]: inner }, `/${name}${pointer}`]
    }
    const [whole, pointer] = fill({ body }, member.split('/').slice(1), '')
    return { body: (whole as { readonly body: JsonObject }).body, pointer }
  }
}

function* valuesAt(value: Json | undefined, [name, ...rest]: readonly string[]): Generator<Json> {
  if (value === undefined) return
  if (name === undefined) yield value
  else if (name === '*' && Array.isArray(value))
    for (const item of value as readonly Json[]) yield* valuesAt(item, rest)
  else if (isJsonObject(value)) yield* valuesAt(value[name], rest)
}
