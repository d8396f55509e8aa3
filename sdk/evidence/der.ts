/** As much of DER (X.690) as certificates and revocation lists need. */
import { type Bytes, fromLatin1, toHex } from './bytes.ts'

export type Der = { readonly tag: number; readonly start: number; readonly content: number; readonly end: number }

export const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context2: 0xa2,
  context3: 0xa3,
} as const

/** Something that is no DER of the kind that was expected. */
export class DerFault extends Error {
  override readonly name = 'DerFault'
}

/** Lengths above this make no sense in what a bundle may hold. */
const MOST_LENGTH_OCTETS = 4

/** Takes bytes and a place; gives the element there, which ends at or before `limit`. Throws DerFault. */
export function derAt(bytes: Uint8Array, start: number, limit: number, expected?: number): Der {
  const found = bytes[start]
  let length = bytes[start + 1]
  if (found === undefined || length === undefined || start + 2 > limit) throw new DerFault('ends too early')
  if (expected !== undefined && found !== expected) throw new DerFault('has another tag')
  let content = start + 2
  if (length >= 0x80) {
    const octets = length - 0x80
    if (octets === 0 || octets > MOST_LENGTH_OCTETS) throw new DerFault('has no definite length')
    length = 0
    for (const end = content + octets; content < end; content++) length = length * 0x100 + (bytes[content] ?? 0)
  }
  if (content + length > limit) throw new DerFault('ends too early')
  return { tag: found, start, content, end: content + length }
}

/** Takes an element that holds others; gives these. Throws DerFault. */
export function derChildren(bytes: Uint8Array, { content, end }: Der): readonly Der[] {
  const children: Der[] = []
  for (let at = content; at < end; ) {
    const child = derAt(bytes, at, end)
    children.push(child)
    at = child.end
  }
  return children
}

/** The bytes of an element, tag and length with them. */
export const derBytes = (bytes: Uint8Array, { start, end }: Der): Bytes => Uint8Array.from(bytes.subarray(start, end))

/** What an element holds, in lower-case hex. */
export const derHex = (bytes: Uint8Array, { content, end }: Der): string => toHex(bytes.subarray(content, end))

/** An INTEGER as lower-case hex without leading zeros: how serial numbers are compared. */
export const derNumber = (bytes: Uint8Array, element: Der): string => derHex(bytes, element).replace(/^0+(?=.)/, '')

/** UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 writes them. Throws DerFault. */
export function derTime(bytes: Uint8Array, { tag: kind, content, end }: Der): Date {
  const text = fromLatin1(bytes.subarray(content, end))
  const isShort = kind === tag.utcTime
  if (!isShort && kind !== tag.generalizedTime) throw new DerFault('is no time')
  const [, year = '', month, day, hour, minute, second] =
    /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text) ?? []
  if (year.length !== (isShort ? 2 : 4)) throw new DerFault('is no time')
  const century = isShort ? (Number(year) < 50 ? '20' : '19') : ''
  const time = new Date(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(time.getTime())) throw new DerFault('is no time')
  return time
}

/** A certificate's or list's signature algorithm: the hash that it signs over, where it names one. */
export type SignatureAlgorithm = { readonly hash?: Hash; readonly pssSalt?: number }
export type Hash = 'SHA-256' | 'SHA-384' | 'SHA-512'

const PSS = '2a864886f70d01010a'
/** ECDSA and RSA over SHA-2, EdDSA, ML-DSA; what is not here, SHA-1 and MD5 above all, proves nothing. */
const algorithms: Readonly<Record<string, Hash | null>> = {
  '2a8648ce3d040302': 'SHA-256',
  '2a8648ce3d040303': 'SHA-384',
  '2a8648ce3d040304': 'SHA-512',
  '2a864886f70d01010b': 'SHA-256',
  '2a864886f70d01010c': 'SHA-384',
  '2a864886f70d01010d': 'SHA-512',
  '2b6570': null,
  '2b6571': null,
  '608648016503040311': null,
  '608648016503040312': null,
  '608648016503040313': null,
}
const hashes: Readonly<Record<string, Hash>> = {
  '608648016503040201': 'SHA-256',
  '608648016503040202': 'SHA-384',
  '608648016503040203': 'SHA-512',
}

/** Takes an AlgorithmIdentifier; gives the algorithm, or undefined for one that proves nothing. Throws DerFault. */
export function signatureAlgorithm(bytes: Uint8Array, element: Der): SignatureAlgorithm | undefined {
  const [oid, parameters] = derChildren(bytes, element)
  if (oid?.tag !== tag.oid) throw new DerFault('names no algorithm')
  const name = derHex(bytes, oid)
  if (name !== PSS) {
    const hash = algorithms[name]
    if (hash === undefined) return undefined
    return hash === null ? {} : { hash }
  }
  // RFC 4055 3.1: without a hash it would be SHA-1.
  const all = parameters?.tag === tag.sequence ? derChildren(bytes, parameters) : []
  const first = all[0]
  if (first?.tag !== tag.context0) return undefined
  const [hashOid] = derChildren(bytes, derAt(bytes, first.content, first.end, tag.sequence))
  const hash = hashOid && hashes[derHex(bytes, hashOid)]
  return hash === undefined ? undefined : { hash, pssSalt: saltOf(bytes, all) }
}

/** RFC 4055 3.1: 20 octets where it is not said. */
function saltOf(bytes: Uint8Array, parameters: readonly Der[]): number {
  const given = parameters.find(({ tag: kind }) => kind === tag.context2)
  if (given === undefined) return 20
  return Number(`0x${derNumber(bytes, derAt(bytes, given.content, given.end, tag.integer))}`)
}
