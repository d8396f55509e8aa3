/** Reading JSON that somebody else wrote: one description of each answer gives both its check and its type. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [name: string]: Json }

/** An answer or a document that does not have the form that the protocol gives it; `pointer` is a JSON Pointer. */
export class ShapeFault extends Error {
  readonly pointer: string
  constructor(pointer: string, expected: string) {
    super(`${pointer === '' ? 'the document' : pointer} is not ${expected}`)
    this.name = 'ShapeFault'
    this.pointer = pointer
  }
}

export type Reader<T> = (value: unknown, pointer: string) => T
type OptionalReader<T> = Reader<T> & { readonly optional: true }
type Members = { readonly [name: string]: Reader<unknown> }
type Simplify<T> = { readonly [K in keyof T]: T[K] }
/** What `record(members)` gives: optional members may be absent, all others are there. */
export type Read<M extends Members> = Simplify<
  { [K in keyof M as M[K] extends { optional: true } ? never : K]: ReturnType<M[K]> } & {
    [K in keyof M as M[K] extends { optional: true } ? K : never]?: ReturnType<M[K]>
  }
>

export const text: Reader<string> = (value, pointer) => {
  if (typeof value !== 'string') throw new ShapeFault(pointer, 'a string')
  return value
}

export const integer: Reader<number> = (value, pointer) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new ShapeFault(pointer, 'an integer')
  return value
}

export const flag: Reader<boolean> = (value, pointer) => {
  if (typeof value !== 'boolean') throw new ShapeFault(pointer, 'true or false')
  return value
}

/** Takes a pattern and what to call it; gives a reader of strings that match. */
export function matching(pattern: RegExp, expected: string): Reader<string> {
  return (value, pointer) => {
    if (typeof value !== 'string' || !pattern.test(value)) throw new ShapeFault(pointer, expected)
    return value
  }
}

/** Takes the allowed strings; gives a reader of one of them. */
export function oneOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
  return (value, pointer) => {
    const found = allowed.find((each) => each === value)
    if (found === undefined) throw new ShapeFault(pointer, `one of ${allowed.join(', ')}`)
    return found
  }
}

export function listOf<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, pointer) => {
    if (!Array.isArray(value)) throw new ShapeFault(pointer, 'an array')
    return value.map((each: unknown, index) => item(each, `${pointer}/${index}`))
  }
}

export function optional<T>(reader: Reader<T>): OptionalReader<T> {
  return Object.assign((value: unknown, pointer: string) => reader(value, pointer), { optional: true as const })
}

export function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Any JSON object, taken as it is: the body of a message, whose form is its schema's business. */
export const anyObject: Reader<JsonObject> = (value, pointer) => {
  if (!isObject(value)) throw new ShapeFault(pointer, 'an object')
  return value as JsonObject // JSON.parse makes nothing but Json
}

/** Takes readers by name; gives a reader of such objects. Members it does not know are left out: a later gateway may add some. */
export function record<M extends Members>(members: M): Reader<Read<M>> {
  return (value, pointer) => {
    if (!isObject(value)) throw new ShapeFault(pointer, 'an object')
    const entries: [string, unknown][] = []
    for (const [name, reader] of Object.entries(members)) {
      if (!Object.hasOwn(value, name) && 'optional' in reader) continue
      entries.push([name, reader(Object.hasOwn(value, name) ? value[name] : undefined, `${pointer}/${name}`)])
    }
    return Object.fromEntries(entries) as Read<M> // made member by member from `members`, as `Read` says
  }
}

/** As `record`, but an unknown member is a fault: for what a signature covers. */
export function exactly<M extends Members>(members: M): Reader<Read<M>> {
  const read = record(members)
  return (value, pointer) => {
    const known = read(value, pointer)
    const stranger = isObject(value) ? Object.keys(value).find((name) => !Object.hasOwn(members, name)) : undefined
    if (stranger !== undefined) throw new ShapeFault(pointer, 'free of unknown members')
    return known
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Takes UTF-8 bytes; gives the JSON value in them. Throws ShapeFault where they hold none (RFC 8259), and where an object has two members of
 * one name: another parser would take the other one, and what is signed would say two things.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const { text, value } = readJson(bytes)
  if (countWritten(text) !== countKept(value)) throw new ShapeFault('', 'no two members of one name')
  return value
}

function readJson(bytes: Uint8Array): { readonly text: string; readonly value: unknown } {
  try {
    const text = utf8.decode(bytes)
    return { text, value: JSON.parse(text) }
  } catch {
    throw new ShapeFault('', 'JSON in UTF-8')
  }
}

/** A string of JSON, and the colon that makes a name of it. */
const STRING = /"(?:[^"\\]|\\.)*"([ \t\r\n]*:)?/g

function countWritten(text: string): number {
  let names = 0
  for (const [, colon] of text.matchAll(STRING)) if (colon !== undefined) names++
  return names
}

function countKept(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const members = Object.values(value)
  let kept = Array.isArray(value) ? 0 : members.length
  for (const member of members) kept += countKept(member)
  return kept
}
