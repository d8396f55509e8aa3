/** A message as it is being written: what is filled in at the start, and along the way. */
import { newId } from '../sign.ts'
import { isObject } from '../shape.ts'
import type { Placed, Release } from '../validate/schema.ts'
import { shapeOf } from './kind.ts'
import { type Path, pathOf, templateOf, valueAt, withValue } from './pointer.ts'
import type { Fill, Prefill, Profile } from './profile.ts'
import { scriptOf } from './typed/script.ts'
import { memberSpot, partOf, requiredOf, type Spot, spotAt, spotOf } from './spot.ts'

/** Who writes to whom, in which language and when. */
export type Writing = {
  readonly agency: string
  readonly to: string
  readonly language: 'en' | 'fr'
  readonly now: Date
}

/** What a body of one type is written by: its schema, and the profile of who writes, where there is one. */
export type Form = {
  readonly release: Release
  readonly type: string
  readonly root: Placed
  readonly profile?: Profile | undefined
}

export type Body = Readonly<Record<string, unknown>>

/** Opens the form of a type. Throws a RangeError where the release does not have it. */
export function openForm(release: Release, type: string, profile?: Profile): Form {
  const file = `${type}.schema.json`
  const schema = release[file]
  if (schema === undefined) throw new RangeError(`no ${file}`)
  return { release, type, root: { schema, file }, profile }
}

/** What is filled in at a pointer with `*` for items; the type's own word comes before the profile's. */
export function prefillsOf({ profile, type }: Form): readonly Prefill[] {
  const all = [...(profile?.types[type]?.prefill ?? []), ...(profile?.prefill ?? [])]
  return [...new Map(all.toReversed().map((one) => [one.at, one])).values()]
}

/** What is known of a place without asking, undefined where nothing is. */
export function filledAt(form: Form, path: Path, writing: Writing): unknown {
  const template = templateOf(path)
  const found = prefillsOf(form).find(({ at }) => at === template)
  if (found === undefined) return undefined
  if ('value' in found) return found.value
  if ('route' in found) return found.route[routeOf(writing)]
  return fill(found.fill, writing)
}

const routeOf = ({ agency, to }: Writing): string => [agency, to].map((id) => id.slice(0, 2).toUpperCase()).join('>')

function fill(what: Fill, { agency, language, now }: Writing): string {
  const iso = now.toISOString()
  const fills: Readonly<Record<Fill, string>> = {
    today: iso.slice(0, 10),
    month: iso.slice(0, 7),
    now: `${iso.slice(0, 19)}Z`,
    'new-id': newId(),
    agency,
    language,
  }
  return fills[what]
}

/** Gives the body with which writing begins: what is required and known already, and what the profile fills in. */
export function startBody(form: Form, writing: Writing): Body {
  let body = make(form, [], spotOf(form.release, [form.root], {}), writing) as Body
  for (const { at } of prefillsOf(form)) {
    const path = pathOf(at)
    const isAlong = at.includes('*') || valueAt(body, path.slice(0, -1)) === undefined
    if (isAlong || valueAt(body, path) !== undefined) continue
    body = withValue(body, path, filledAt(form, path, writing)) as Body
  }
  return body
}

/** What stands at a place when it begins to be written. */
function make(form: Form, path: Path, spot: Spot, writing: Writing): unknown {
  const known = filledAt(form, path, writing)
  if (known !== undefined) return known
  const { shape } = shapeOf(form.release, spot)
  if (shape === 'list' || shape === 'many') return []
  if (shape === 'words') return { language: writing.language }
  if (shape !== 'group') return undefined
  const made: Record<string, unknown> = {}
  for (const name of requiredOf(spot)) {
    const inner = make(form, [...path, name], memberSpot(form.release, spot, name, undefined), writing)
    if (inner !== undefined) made[name] = inner
  }
  const above = templateOf(path)
  for (const { at } of prefillsOf(form)) {
    const rest = at.startsWith(`${above}/`) ? at.slice(above.length + 1) : '/'
    if (!rest.includes('/') && path.length > 0) made[rest] ??= filledAt(form, [...path, rest], writing)
  }
  return made
}

/** Gives the body with one more item in the list there, which has what is known of it already and a key of its own. */
export function withItem(form: Form, body: Body, list: Path, writing: Writing): Body {
  const held = valueAt(body, list)
  const items: readonly unknown[] = Array.isArray(held) ? held : []
  const made = makeAt(form, body, [...list, String(items.length)], writing)
  return set(form, body, list, [...items, made ?? ''], writing)
}

/** What stands at a place when it begins to be written, with a key of its own where it is an item of a list. */
function makeAt(form: Form, body: Body, path: Path, writing: Writing): unknown {
  const spot = spotAt(form.release, form.root, body, path)
  const made = make(form, path, spot, writing)
  const list = path.slice(0, -1)
  const isItem = partOf(spotAt(form.release, form.root, body, list), 'type') === 'array'
  if (!isItem || !isObject(made)) return made
  const held = valueAt(body, list)
  const items: readonly unknown[] = Array.isArray(held) ? held : []
  return { ...made, ...keyOf(form, spot, list, items), ...copied(form, list, items) }
}

/** A label of the item within the message: the list's letter, and the first number that is free. */
function keyOf(form: Form, spot: Spot, list: Path, items: readonly unknown[]): object {
  const isKeyed = requiredOf(spot).has('key') && partOf(memberSpot(form.release, spot, 'key', ''), 'type') === 'string'
  if (!isKeyed) return {}
  const taken = new Set(items.map((item) => valueAt(item, ['key'])))
  let number = 1
  const letter = (list.at(-1) ?? 'k').slice(0, 1)
  while (taken.has(`${letter}${number}`)) number += 1
  return { key: `${letter}${number}` }
}

/** What is asked once for all items is what the first one has. */
function copied(form: Form, list: Path, items: readonly unknown[]): object {
  const above = `${templateOf(list)}/*/`
  const asked = (form.profile?.types[form.type]?.screens ?? []).flatMap(({ members }) => members)
  const names = asked.flatMap(({ at }) => (at.startsWith(above) ? [at.slice(above.length)] : []))
  const known = names.map((name) => [name, valueAt(items[0], [name])] as const)
  return Object.fromEntries(known.filter(([, value]) => value !== undefined))
}

/** Gives the body with a group or list begun at a place, with what is known of it; as it is where something stands there. */
export function begun(form: Form, body: Body, path: Path, writing: Writing): Body {
  if (valueAt(body, path) !== undefined) return body
  return set(form, body, path, make(form, path, spotAt(form.release, form.root, body, path), writing), writing)
}

/**
 * Gives the body with a value at a place, or without what stood there where it is undefined. Groups on the way are begun with what is known of
 * them; `*` stands for each item that there is.
 */
export function set(form: Form, body: Body, path: Path, value: unknown, writing: Writing): Body {
  const star = path.indexOf('*')
  if (star >= 0) {
    const items = valueAt(body, path.slice(0, star))
    const count = Array.isArray(items) ? items.length : 0
    return Array.from({ length: count }, (_, at) => path.with(star, String(at))).reduce(
      (made, one) => set(form, made, one, value, writing),
      body,
    )
  }
  // What goes begins nothing.
  if (value === undefined && valueAt(body, path) === undefined) return body
  let made = body
  for (let depth = 1; depth < path.length; depth += 1) {
    const above = path.slice(0, depth)
    if (valueAt(made, above) !== undefined) continue
    made = withValue(made, above, makeAt(form, made, above, writing) ?? {}) as Body
  }
  const name = path.at(-1) ?? ''
  made = withValue(made, path, value) as Body
  // The writing of a name is seen in it.
  const above = path.slice(0, -1)
  const spot = spotAt(form.release, form.root, made, above)
  const isNamed = name !== 'script' && requiredOf(spot).has(name) && requiredOf(spot).has('script')
  const script = isNamed && typeof value === 'string' ? scriptOf(value) : undefined
  return script === undefined ? made : (withValue(made, [...above, 'script'], script) as Body)
}
