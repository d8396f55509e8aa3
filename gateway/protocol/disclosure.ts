import type { Text } from '../base/base.ts'
import { isJsonObject, type Json } from './json.ts'
import type { Fault } from './problems.ts'

/** `members` are pointers, taken apart. */
type Row = { readonly to: string; readonly title: Text; readonly members: readonly (readonly string[])[] }

/** What is not told to whom, by type: the table of section 8, over all releases. */
export type Disclosure = ReadonlyMap<string, readonly Row[]>

/** A member that a message holds and agencies of this role are not told. */
export type Untold = { readonly role: string; readonly fault: Fault }

/** Takes schemas/disclosure.json as parsed, gives the table. Throws an Error where a row is not of the form. */
export function parseDisclosure(json: Json): Disclosure {
  const rows = isJsonObject(json) && Array.isArray(json['rows']) ? json['rows'].map(parseRow) : []
  if (rows.length === 0) throw new Error('disclosure.json has no rows')
  return Map.groupBy(rows, ({ type }) => type)
}

/**
 * Gives each member of a body that some role is not told, wherever it stands, empty or not. A list of the table's members is
 * walked once for each, so it is meant for a body that its schema accepts: there lists have an end.
 */
export function findUntold(disclosure: Disclosure, type: string, body: Json): readonly Untold[] {
  return (disclosure.get(type) ?? []).flatMap(({ to, title, members }) =>
    members.flatMap((member) =>
      [...pointersOf({ body }, member, '')].map((pointer) => ({
        role: to,
        fault: { pointer, keyword: 'disclosure', message: title.en, messageFr: title.fr },
      })),
    ),
  )
}

/**
 * Of what was found, what a recipient is not told: what each of the roles forbids in which it may be sent this message. One
 * that needs to know it is enough; without any role nobody needs it.
 */
export function untoldTo(found: readonly Untold[], roles: readonly string[]): readonly Fault[] {
  const forbids = (role: string, pointer: string): boolean =>
    found.some((one) => one.role === role && `${pointer}/`.startsWith(`${one.fault.pointer}/`))
  const forbidden = found.filter(
    ({ role, fault }) =>
      (roles.length === 0 || roles.includes(role)) && roles.every((each) => forbids(each, fault.pointer)),
  )
  return [...new Map(forbidden.map(({ fault }) => [fault.pointer, fault])).values()]
}

/** The places that a pointer names in a value; `*` is each item of an array. */
function* pointersOf(value: Json, path: readonly string[], at: string): Generator<string> {
  const [name, ...rest] = path
  if (name === undefined) yield at
  else if (name === '*' && Array.isArray(value))
    for (const [index, item] of (value as readonly Json[]).entries()) yield* pointersOf(item, rest, `${at}/${index}`)
  else if (isJsonObject(value) && Object.hasOwn(value, name))
    yield* pointersOf(value[name] ?? null, rest, `${at}/${name}`)
}

function parseRow(row: Json): Row & { readonly type: string } {
  const { type, to, title, members }: Readonly<Record<string, Json | undefined>> = isJsonObject(row) ? row : {}
  if (typeof type !== 'string' || typeof to !== 'string') throw new Error('disclosure.json: a row without type or to')
  if (!isText(title)) throw new Error(`disclosure.json: title of ${type} to ${to}`)
  if (!areMembers(members)) throw new Error(`disclosure.json: members of ${type} to ${to}`)
  return { type, to, title, members: members.map((member) => member.split('/').slice(1)) }
}

function isText(value: Json | undefined): value is { readonly en: string; readonly fr: string } {
  return (
    value !== undefined && isJsonObject(value) && typeof value['en'] === 'string' && typeof value['fr'] === 'string'
  )
}

/** Pointers into the body, of names and `*`: the table needs no escapes. */
function areMembers(value: Json | undefined): value is readonly string[] {
  const isMember = (one: Json): boolean => typeof one === 'string' && /^\/body(?:\/(?:\w+|\*))+$/.test(one)
  return Array.isArray(value) && value.length > 0 && value.every(isMember)
}

/**
 * Gives the child's age in whole years from a body, for the desks' `ages` (section 7), or undefined where it states none.
 * It reads `/body/child/age/years`, else `/body/child/ageYears`. An adapter may read no other pointer of a body (rule 12 of
 * the schemas), so this is the only way in: the rest is between the sender and the recipient.
 */
export function ageOf(body: Json): number | undefined {
  const child = member(body, 'child')
  const years = member(member(child, 'age'), 'years') ?? member(child, 'ageYears')
  return typeof years === 'number' ? years : undefined
}

/** A member of a value that may be no object. */
export function member(value: Json | undefined, name: string): Json | undefined {
  return value !== undefined && isJsonObject(value) ? value[name] : undefined
}
