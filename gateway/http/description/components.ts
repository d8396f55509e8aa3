import { isDeepStrictEqual } from 'node:util'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
export type JsonObject = { [name: string]: Json }

/** A schema with such a title is a component, by that name. */
const NAME = /^[A-Z][A-Za-z]+$/
/** Members that hold values, and no schemas. */
const VALUES: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'const', 'enum'])

/**
 * Takes the schemas with a name for a title out of a document, so that each stands in it once: generated clients then have one type
 * of that name, and not a hundred without one.
 * @returns the document with references in their places, and the schemas by name
 * @throws Error where two differ that have one name
 */
export function nameSchemas(document: JsonObject): { readonly document: JsonObject; readonly schemas: JsonObject } {
  const schemas: JsonObject = {}
  const walkMembers = (object: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(object).map(([name, value]) => [name, VALUES.has(name) ? value : walk(value)]))
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value !== 'object' || value === null) return value
    const walked = walkMembers(value)
    const { title, ...schema } = walked
    if (typeof title !== 'string' || !NAME.test(title) || !('type' in schema || 'anyOf' in schema)) return walked
    schemas[title] ??= schema
    if (!isDeepStrictEqual(schemas[title], schema)) throw new Error(`two schemas are called ${title}`)
    return { $ref: `#/components/schemas/${title}` }
  }
  return { document: walkMembers(document), schemas }
}
