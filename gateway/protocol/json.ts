import { isUtf8 } from 'node:buffer'
import type { Text } from '../base/base.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [name: string]: Json }

/** Section 3: arrays and objects nested deeper are refused, so that no later step can be driven out of its stack. */
const MAX_DEPTH = 32

/** Bytes that are not the JSON which section 3 allows. The reason never quotes them, as JSON.parse's own would. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault'
  readonly reason: Text

  constructor(reason: Text) {
    super(reason.en)
    this.reason = reason
  }
}

const reasons = {
  utf8: { en: 'not valid UTF-8', fr: 'UTF-8 non valide' },
  byteOrderMark: { en: 'begins with a byte order mark', fr: 'commence par une marque d’ordre des octets' },
  depth: { en: `nested deeper than ${MAX_DEPTH}`, fr: `imbrication de plus de ${MAX_DEPTH} niveaux` },
  grammar: { en: 'not JSON (RFC 8259)', fr: 'non conforme à JSON (RFC 8259)' },
  duplicate: { en: 'a member name occurs twice in one object', fr: 'un nom de membre figure deux fois dans un objet' },
  surrogate: { en: 'an unpaired surrogate', fr: 'une demi-paire d’indirection isolée' },
  number: { en: 'a number too large for a double', fr: 'un nombre trop grand pour un double' },
} satisfies Record<string, Text>

/**
 * Strict RFC 8259: takes bytes, gives the value they stand for, throws JsonFault. Two parsers that read one signed
 * message differently are how a forged field slips past a check, so whatever JSON leaves open is refused (RFC 7493):
 * duplicate names (after unescaping), unpaired surrogates, invalid UTF-8, a byte order mark, numbers beyond a double.
 * A member called `__proto__` is an own member like any other.
 */
export function parseJson(bytes: Uint8Array): Json {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw new JsonFault(reasons.byteOrderMark)
  if (!isUtf8(bytes)) throw new JsonFault(reasons.utf8)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const written = countMembers(bytes)
  const value = parseGrammar(text.toString('utf8'))
  if (countKept(value) !== written) throw new JsonFault(reasons.duplicate)
  return value
}

/** Whether a value is an object: the one narrowing that every reader of a payload begins with. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseGrammar(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new JsonFault(reasons.grammar)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/**
 * Counts the members as written: the colons outside strings. JSON.parse keeps one member of each name, so a text has a
 * duplicate exactly where it keeps fewer. Bytes that are not JSON may be miscounted; the grammar refuses them anyway.
 */
function countMembers(bytes: Uint8Array): number {
  let members = 0
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) at = endOfString(bytes, at)
    else if (byte === COLON) members++
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > MAX_DEPTH) throw new JsonFault(reasons.depth)
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
  return members
}

function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

/** Counts the members that JSON.parse kept, and checks every string and number on the way. Depth is bounded by now. */
function countKept(value: Json): number {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new JsonFault(reasons.surrogate)
    return 0
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new JsonFault(reasons.number)
    return 0
  }
  if (typeof value !== 'object' || value === null) return 0
  let members = 0
  if (Array.isArray(value)) {
    for (const element of value as readonly Json[]) members += countKept(element)
    return members
  }
  const object = value as JsonObject
  // for…in, at half the cost of Object.keys: what JSON.parse made inherits nothing enumerable
  for (const name in object) {
    if (!name.isWellFormed()) throw new JsonFault(reasons.surrogate)
    members += 1 + countKept(object[name] ?? null)
  }
  return members
}
