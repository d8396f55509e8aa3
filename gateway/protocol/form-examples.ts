import { isJsonObject, type Json, type JsonObject } from './json.ts'

/** Each form's examples by the place where it stands: the file within its release, and the names that lead there. */
type Examples = ReadonlyMap<string, Json>

/** Gives the examples that a release has beside its patterns; `schemas` are its files by path (`1.2/definitions.schema.json`). */
export function examplesOf(schemas: ReadonlyMap<string, JsonObject>): Examples {
  const found = new Map<string, Json>()
  for (const [path, schema] of schemas)
    visit(schema, withinRelease(path), (node, place) => {
      if (node['pattern'] !== undefined && node['examples'] !== undefined) found.set(place, node['examples'])
    })
  return found
}

/**
 * Gives a release with the examples of another beside those patterns that stand at the same place: an earlier release, which never
 * changes, has none of its own. A test holds that it takes them.
 */
export function withExamples(
  schemas: ReadonlyMap<string, JsonObject>,
  examples: Examples,
): ReadonlyMap<string, JsonObject> {
  return new Map(
    [...schemas].map(([path, schema]) => [path, added(schema, withinRelease(path), examples) as JsonObject]),
  )
}

const withinRelease = (path: string): string => path.slice(path.indexOf('/'))

function added(node: Json, place: string, examples: Examples): Json {
  if (Array.isArray(node)) return node.map((held: Json, at) => added(held, `${place}/${at}`, examples))
  if (!isJsonObject(node)) return node
  const own = Object.entries(node).map(([name, held]) => [name, added(held, `${place}/${name}`, examples)] as const)
  const known = node['pattern'] === undefined ? undefined : examples.get(place)
  return { ...(known !== undefined && { examples: known }), ...Object.fromEntries(own) }
}

function visit(node: Json, place: string, look: (node: JsonObject, place: string) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (isJsonObject(node)) look(node, place)
  for (const [name, held] of Object.entries<Json>(node)) visit(held, `${place}/${name}`, look)
}
