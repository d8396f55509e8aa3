/** The little of an X.509 certificate (RFC 5280) that verifying a signature needs, read without Node, so that a browser can. */

/** A certificate's bytes, itself alone in PEM, and from when to when it is good. */
export type Certificate = {
  readonly der: Uint8Array
  readonly pem: string
  readonly notBefore: Date
  readonly notAfter: Date
}

const SEQUENCE = 0x30
const VERSION = 0xa0
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18
const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----/

/** Takes the first certificate of a PEM text (RFC 7468). Throws a RangeError where there is none, or it is not DER. */
export function readCertificate(pem: string): Certificate {
  const [found, base64] = PEM.exec(pem) ?? []
  if (found === undefined || base64 === undefined) throw new RangeError('no certificate in PEM')
  const der = Uint8Array.from(atob(base64.replaceAll(/\s/g, '')), (character) => character.charCodeAt(0))
  const toBeSigned = inside(element(inside(element(der, 0), SEQUENCE), 0), SEQUENCE)
  const [first, ...rest] = elements(toBeSigned)
  // version [0] may be left out; then come serialNumber, signature, issuer, and validity.
  const validity = first?.tag === VERSION ? rest[3] : rest[2]
  const [notBefore, notAfter] = elements(inside(validity, SEQUENCE)).map(timeOf)
  if (notBefore === undefined || notAfter === undefined) throw new RangeError('no validity')
  return { der, pem: found, notBefore, notAfter }
}

type Element = { readonly tag: number; readonly content: Uint8Array; readonly end: number }

/** The element of DER (X.690) at a place. */
function element(bytes: Uint8Array, at: number): Element {
  const [tag, short] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || short === undefined) throw new RangeError('cut short')
  const lengthBytes = short < 0x80 ? 0 : short - 0x80
  if (lengthBytes > 3) throw new RangeError('too long')
  const begin = at + 2 + lengthBytes
  const length = lengthBytes === 0 ? short : bytes.subarray(at + 2, begin).reduce((sum, byte) => sum * 256 + byte, 0)
  const end = begin + length
  if (end > bytes.length) throw new RangeError('cut short')
  return { tag, content: bytes.subarray(begin, end), end }
}

function elements(bytes: Uint8Array): readonly Element[] {
  const all: Element[] = []
  for (let at = 0; at < bytes.length; at = all.at(-1)?.end ?? bytes.length) all.push(element(bytes, at))
  return all
}

function inside(found: Element | undefined, tag: number): Uint8Array {
  if (found?.tag !== tag) throw new RangeError('not a certificate')
  return found.content
}

/** `YYMMDDHHMMSSZ` of the years 1950 to 2049, or `YYYYMMDDHHMMSSZ` (RFC 5280, section 4.1.2.5). */
function timeOf({ tag, content }: Element): Date {
  const text = String.fromCharCode(...content)
  const isShort = tag === UTC_TIME
  if (!isShort && tag !== GENERALIZED_TIME) throw new RangeError('not a time')
  const [, year = '', month, day, hour, minute, second] =
    /^((?:\d\d)?\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  if (year.length !== (isShort ? 2 : 4)) throw new RangeError('not a time')
  const century = isShort ? (Number(year) < 50 ? '20' : '19') : ''
  return new Date(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}
