import type { Fault } from './problems.ts'
import { collectFaults, type Faults } from './faults.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'
import type { Part } from './parts.ts'

/** What is kept of a body where a part looks at more than its own members. */
export type Bounds = { readonly items: number; readonly names: ReadonlySet<string> }

/** Says whether the time that an explanation may take is over. */
export type Spent = () => boolean

/** Asking the clock costs as much as judging a small part: it is asked once in so many. */
const PARTS_A_LOOK = 8

/**
 * Gives the bounds of a release. A list is judged by twice as many items as the longest may have, so that one that is too long
 * still is; an object by the members whose names are known anywhere, and one of the others.
 */
export function boundsOf(schemas: Iterable<JsonObject>): Bounds {
  const names = new Set<string>()
  let longest = 0
  const visit = (node: Json): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [keyword, held] of Object.entries<Json>(node)) {
      if (keyword === 'maxItems' && typeof held === 'number') longest = Math.max(longest, held)
      if (keyword === 'properties' && isJsonObject(held)) for (const name of Object.keys(held)) names.add(name)
      if (keyword === 'required' && Array.isArray(held)) for (const name of held as readonly string[]) names.add(name)
      visit(held)
    }
  }
  for (const schema of schemas) visit(schema)
  return { items: 2 * longest, names }
}

/**
 * Gives a body's faults, those of a whole before those of its members and items, none where it is valid. It stops at as many as
 * are told, or, once it has one, where the time is spent.
 */
export function explain(part: Part, body: Json, bounds: Bounds, isSpent: Spent): readonly Fault[] {
  const faults = collectFaults()
  let looks = 0
  const isOver = (): boolean =>
    faults.isFull() || (++looks % PARTS_A_LOOK === 0 && faults.list().length > 0 && isSpent())
  walk(part, { whole: body, kept: keep(body, bounds), pointer: '/body' }, { faults, bounds, isOver })
  return faults.list()
}

type Place = { readonly whole: Json; readonly kept: Json; readonly pointer: string }
type Walk = { readonly faults: Faults; readonly bounds: Bounds; readonly isOver: () => boolean }

/** Judges a part and all that it holds; false where it was stopped. */
function walk(part: Part, { whole, kept, pointer }: Place, on: Walk): boolean {
  if (!part.judge(kept)) on.faults.add(part.judge.errors ?? [], pointer)
  if (on.isOver()) return false
  if (Array.isArray(whole)) {
    const { items } = part
    if (items === undefined) return true
    const all: readonly Json[] = whole
    const some = kept as readonly Json[]
    return all.every((item, at) =>
      walk(items, { whole: item, kept: some[at] ?? keep(item, on.bounds), pointer: `${pointer}/${at}` }, on),
    )
  }
  if (!isJsonObject(whole) || !isJsonObject(kept)) return true
  for (const [name, member] of part.members) {
    const { [name]: held } = whole
    if (held === undefined || !Object.hasOwn(whole, name)) continue
    if (!walk(member, { whole: held, kept: kept[name] ?? null, pointer: `${pointer}/${escape(name)}` }, on))
      return false
  }
  return true
}

/** A name as RFC 6901 writes it in a pointer. */
function escape(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Gives a value without most of what could only repeat a fault. */
function keep(value: Json, bounds: Bounds): Json {
  if (Array.isArray(value)) return value.slice(0, bounds.items).map((item: Json) => keep(item, bounds))
  if (!isJsonObject(value)) return value
  const kept: [string, Json][] = []
  let hasUnknown = false
  for (const name in value) {
    const isKnown = bounds.names.has(name)
    if (!isKnown && hasUnknown) continue
    hasUnknown ||= !isKnown
    kept.push([name, isKnown ? keep(value[name] ?? null, bounds) : null])
  }
  return Object.fromEntries(kept)
}
