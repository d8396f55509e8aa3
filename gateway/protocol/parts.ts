import type { Judge } from './faults.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'

/**
 * A release taken apart for explaining. Where it is asked for all faults Ajv never stops, and it copies what it has found so
 * far at each `$ref` that fails: a quarter of a megabyte of faults costs it seconds. So each item, and each member that is an
 * object or a list, is judged by itself; what says no more than «as the schema that it refers to» is that schema. Each part
 * is small, Ajv judges it as it stands, and whoever walks the parts may stop after any. Whatever is of another form (rules, a
 * reference with keywords beside it) stays whole where it is: less is bounded then, and nothing is judged otherwise.
 */
export type Part = {
  /** Judges a value without what stands in `members` and `items`. */
  readonly judge: Judge
  readonly members: ReadonlyMap<string, Part>
  readonly items: Part | undefined
}

/** A schema, and the `$id` of the document in which it stands. */
type Place = { readonly schema: JsonObject; readonly base: string }

/** Keywords that say nothing about a value. */
const SILENT = /^(?:\$comment|title|description|examples|x-.+)$/

/**
 * Gives what takes a schema apart by its `$id`; what schemas share is shared.
 * @param compile compiles a schema whose references are absolute
 * @param schemas all that the references name
 * @returns a function that throws an Error where something is referred to that is not there
 */
export function openParts(compile: (schema: JsonObject) => Judge, schemas: Iterable<JsonObject>): (id: string) => Part {
  const documents = new Map([...schemas].map((schema) => [schema['$id'], schema]))
  const known = new Map<JsonObject, Part>()

  function partOf({ schema, base }: Place): Part {
    const made = known.get(schema)
    if (made !== undefined) return made
    const places = new Map<string, Place>()
    for (const [name, member] of Object.entries(membersOf(schema))) {
      const place = isJsonObject(member) ? itself({ schema: member, base }) : undefined
      if (place !== undefined && holdsMore(place.schema)) places.set(name, place)
    }
    const each = isJsonObject(schema['items']) ? itself({ schema: schema['items'], base }) : undefined
    const members = new Map<string, Part>()
    const judge = compile(absolute(without(schema, places, each !== undefined), base))
    const part: { -readonly [Member in keyof Part]: Part[Member] } = { judge, members, items: undefined }
    // before its own parts: a definition may hold itself
    known.set(schema, part)
    for (const [name, place] of places) members.set(name, partOf(place))
    if (each !== undefined) part.items = partOf(each)
    return part
  }

  /** What a schema refers to, where it says no more than that; else the schema. */
  function itself({ schema, base }: Place): Place {
    const { $ref, ...rest } = schema
    const isReference = typeof $ref === 'string' && Object.keys(rest).every((keyword) => SILENT.test(keyword))
    return isReference ? itself(find($ref, base)) : { schema, base }
  }

  function find(reference: string, base?: string): Place {
    const { href, hash } = new URL(reference, base)
    const id = href.slice(0, href.length - hash.length)
    const names = decodeURIComponent(hash).split('/').slice(1)
    const step = (held: Json | undefined, name: string): Json | undefined =>
      isJsonObject(held) ? held[name.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
    const schema = names.reduce<Json | undefined>(step, documents.get(id))
    if (!isJsonObject(schema)) throw new Error(`no schema ${href}`)
    return { schema, base: id }
  }

  return (id) => partOf(find(id))
}

function membersOf(schema: JsonObject): JsonObject {
  return isJsonObject(schema['properties']) ? schema['properties'] : {}
}

/** Whether a value may hold others. Of simple values an object has no more than its schema names. */
function holdsMore(schema: JsonObject): boolean {
  return isJsonObject(schema['properties']) || isJsonObject(schema['items'])
}

/** Gives a schema that knows its members and items as before and says nothing of what these hold. */
function without(schema: JsonObject, apart: ReadonlyMap<string, Place>, hasItems: boolean): JsonObject {
  const { $id: _, $schema: __, $defs: ___, items, ...own } = schema
  const members = Object.entries(membersOf(schema)).map(([name, member]) => [name, apart.has(name) || member])
  // Ajv tells items that are alike by the type that is written here: in linear time, where it is a simple one
  const type = isJsonObject(items) ? items['type'] : undefined
  const each = hasItems ? (type === undefined ? true : { type }) : items
  return {
    ...own,
    ...(own['properties'] !== undefined && { properties: Object.fromEntries(members) as JsonObject }),
    ...(each !== undefined && { items: each }),
  }
}

/** Gives a copy in which each reference is absolute. */
function absolute(schema: JsonObject, base: string): JsonObject {
  return JSON.parse(
    JSON.stringify(schema, (keyword, value: unknown) =>
      keyword === '$ref' && typeof value === 'string' ? new URL(value, base).href : value,
    ),
  ) as JsonObject
}
