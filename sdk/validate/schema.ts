import type { Json } from '../shape.ts'

/** A JSON Schema (2020-12), as far as the published ones go: a test holds them to these keywords. */
export type Schema = {
  readonly $id?: string
  readonly $ref?: string
  readonly $defs?: { readonly [name: string]: Schema }
  readonly title?: string
  readonly 'x-titleFr'?: string
  readonly description?: string
  readonly 'x-descriptionFr'?: string
  readonly 'x-enumTitles'?: { readonly [code: string]: { readonly en: string; readonly fr: string } }
  readonly type?: string
  readonly enum?: readonly Json[]
  readonly const?: Json
  readonly pattern?: string
  readonly examples?: readonly string[]
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly items?: Schema
  readonly contains?: Schema
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly unevaluatedProperties?: boolean
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly not?: Schema
  readonly if?: Schema
  readonly then?: Schema
  readonly else?: Schema
}

/** The files of one release by their path in it, such as `referral.schema.json` and `codes/concern.schema.json`. */
export type Release = { readonly [path: string]: Schema }

/** A schema, and the file that its references are relative to. */
export type Placed = { readonly schema: Schema; readonly file: string }

/** What references led to, for as long as their release is held. */
const resolved = new WeakMap<Release, Map<string, Placed>>()

/** Takes a reference and the file that it stands in; gives what it means. Throws a RangeError for one that leads nowhere. */
export function resolve(release: Release, reference: string, from: string): Placed {
  const known = resolved.get(release) ?? new Map<string, Placed>()
  resolved.set(release, known)
  const key = `${from} ${reference}`
  const found = known.get(key) ?? lookUp(release, reference, from)
  known.set(key, found)
  return found
}

function lookUp(release: Release, reference: string, from: string): Placed {
  const [path = '', fragment = ''] = reference.split('#', 2)
  const file = path === '' ? from : new URL(path, `https://x/${from}`).pathname.slice(1)
  const schema = fragment
    .split('/')
    .slice(1)
    .reduce<unknown>((held, name) => (held as Record<string, unknown> | undefined)?.[name], release[file])
  if (schema === undefined) throw new RangeError(`no schema ${reference}`)
  return { schema: schema as Schema, file }
}
