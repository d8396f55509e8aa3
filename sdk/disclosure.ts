import type { Directory } from './answers.ts'
import type { AnyEnvelope } from './message.ts'
import type { Fault } from './problem.ts'
import { isObject, listOf, oneOf, optional, type Reader, record, text } from './shape.ts'

const words = record({ en: text, fr: text })
const roles = listOf(text)
const anybody = oneOf('any', 'participant')
const parties: Reader<readonly string[] | 'any' | 'participant'> = (value, pointer) =>
  typeof value === 'string' ? anybody(value, pointer) : roles(value, pointer)

/** What is not told to whom, as `/schemas/disclosure.json` gives it (section 8). */
export const disclosure = record({
  rows: listOf(record({ type: text, to: text, title: words, members: listOf(text) })),
})
/** Who may send what to whom, as `/schemas/pathway.json` gives it (section 5). */
export const pathway = record({
  rows: listOf(
    record({ type: text, from: parties, to: parties, also: optional(listOf(record({ from: roles, to: roles }))) }),
  ),
})

/** What it takes to tell whether a message tells too much; the client's `rules` reads it. */
export type Rules = {
  readonly disclosure: ReturnType<typeof disclosure>
  readonly pathway: ReturnType<typeof pathway>
  readonly directory: Pick<Directory, 'agencies'>
}

/**
 * Takes an envelope and the rules; gives each member that its recipient is not told, in the form of the gateway's `errors`: the
 * gateway refuses a message that has one. A member is untold where each role in which the recipient may be sent the message
 * forbids it, or the recipient has no role. Nothing is said of an agency that the directory does not have.
 */
export function untold(envelope: Pick<AnyEnvelope, 'type' | 'from' | 'to' | 'body'>, rules: Rules): readonly Fault[] {
  const rolesOf = (id: string) => rules.directory.agencies.find((each) => each.id === id)?.roles
  const recipient = rolesOf(envelope.to)
  if (recipient === undefined) return []
  const receiving = recipient.filter((role) => receives(rules, envelope.type, rolesOf(envelope.from) ?? [], role))
  const found = rules.disclosure.rows
    .filter(({ type }) => type === envelope.type)
    .flatMap(({ to, title, members }) =>
      members
        .flatMap((member) => places({ body: envelope.body }, member.split('/').slice(1)))
        .map((path) => ({
          to,
          fault: { pointer: `/${path.join('/')}`, keyword: 'disclosure', message: title.en, messageFr: title.fr },
        })),
    )
  const isForbidden = (role: string, pointer: string) =>
    found.some(({ to, fault }) => to === role && (pointer === fault.pointer || pointer.startsWith(`${fault.pointer}/`)))
  const forbidden = found.filter(
    ({ to, fault }) =>
      recipient.length === 0 || (receiving.includes(to) && receiving.every((role) => isForbidden(role, fault.pointer))),
  )
  return [...new Map(forbidden.map(({ fault }) => [fault.pointer, fault])).values()]
}

function receives({ pathway: { rows } }: Rules, type: string, from: readonly string[], role: string): boolean {
  const row = rows.find((one) => one.type === type)
  const pairs = row === undefined ? [] : [row, ...(row.also ?? [])]
  return pairs.some(
    (pair) =>
      (typeof pair.from === 'string' || pair.from.some((one) => from.includes(one))) &&
      (typeof pair.to === 'string' || pair.to.includes(role)),
  )
}

/** Where a pointer, in which `*` is each item of an array, leads. */
function places(value: unknown, [name, ...rest]: readonly string[]): readonly (readonly string[])[] {
  if (name === undefined) return [[]]
  const under = (key: string, inner: unknown) => places(inner, rest).map((path) => [key, ...path])
  if (name === '*') return Array.isArray(value) ? value.flatMap((item: unknown, at) => under(String(at), item)) : []
  return isObject(value) && Object.hasOwn(value, name) ? under(name, value[name]) : []
}
