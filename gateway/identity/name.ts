/** Distinguished names in one form, to be compared (RFC 5280 7.1, with the string preparation of RFC 4518). */
import { childrenOf, type Element, expectAt, hexOf, notDer, tags } from './der.ts'

/** How each string type of X.520 is read; what has none of them is compared by its very bytes. */
const readers: Readonly<Record<number, (bytes: Buffer) => string>> = {
  0x0c: (bytes) => bytes.toString('utf8'), // UTF8String
  0x12: (bytes) => bytes.toString('latin1'), // NumericString
  0x13: (bytes) => bytes.toString('latin1'), // PrintableString
  0x14: (bytes) => bytes.toString('latin1'), // TeletexString, as everybody writes it
  0x16: (bytes) => bytes.toString('latin1'), // IA5String
  0x1a: (bytes) => bytes.toString('latin1'), // VisibleString
  0x1c: (bytes) => String.fromCodePoint(...codePoints(bytes)), // UniversalString
  0x1e: (bytes) => whole(bytes, 2).swap16().toString('utf16le'), // BMPString
}

/**
 * A name (the DER of an RDNSequence) in a form that is the same for every name that matches it: case, string type, spaces
 * that mean nothing and the order within a multi-valued RDN make no difference.
 * @throws CertificateFault
 */
export function canonicalName(der: Uint8Array, name: Element): string {
  const rdns = childrenOf(der, name).map((rdn) => {
    if (rdn.tag !== tags.SET) throw notDer()
    return childrenOf(der, rdn)
      .map((attribute) => describeAttribute(der, attribute))
      .toSorted()
  })
  return JSON.stringify(rdns)
}

function describeAttribute(der: Uint8Array, attribute: Element): string {
  if (attribute.tag !== tags.SEQUENCE) throw notDer()
  const type = expectAt(der, tags.OID, attribute.content, attribute.end)
  const [value, ...more] = childrenOf(der, { content: type.end, end: attribute.end })
  if (value === undefined || more.length > 0) throw notDer()
  const read = readers[value.tag]
  const bytes = Buffer.from(der.subarray(value.content, value.end))
  return `${hexOf(der, type)}${read ? `=${prepare(read(bytes))}` : `#${bytes.toString('hex')}`}`
}

/** RFC 4518 section 2: map, normalize, and of spaces only those between words count, as one. */
function prepare(text: string): string {
  return text
    .replaceAll(/[\t\n\v\f\r\u0085]/g, ' ')
    .replaceAll(/\p{Cc}|\p{Cf}|\p{Variation_Selector}|\u034f|\u1806|\ufffc/gu, '')
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll(/[\p{Z}]+/gu, ' ')
    .trim()
}

/** A copy, where it is of whole characters. */
function whole(bytes: Buffer, octets: number): Buffer {
  if (bytes.length % octets !== 0) throw notDer()
  return Buffer.from(bytes)
}

function codePoints(bytes: Buffer): readonly number[] {
  const points = Array.from({ length: whole(bytes, 4).length / 4 }, (_, place) => bytes.readUInt32BE(place * 4))
  if (points.some((point) => point > 0x10ffff)) throw notDer()
  return points
}
