/**
 * Certificate revocation lists (RFC 5280 5), of a million entries if need be: the list stays the bytes that it is, beside a table
 * of where each serial number stands in them.
 */
import { constants, createHash, verify } from 'node:crypto'
import { digestText } from '../protocol/protocol.ts'
import { promisify } from 'node:util'
import type { Certificate } from './certificate.ts'
import { type Element, elementAt, expectAt, hexOf, notDer, tags } from './der.ts'
import { canonicalName } from './name.ts'
import { CertificateFault, derBlocks } from './der-blocks.ts'
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts'

/** Plain data, so that a thread can hand it to another. */
export type Crl = {
  readonly der: Uint8Array
  /** `sha-256:<base64url>` of the DER, as receipts name it. */
  readonly digest: string
  /** In canonical form. */
  readonly issuer: string
  readonly number?: bigint
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** How many it revokes. */
  readonly size: number
  /** By the hash of a serial number, open to the next free place: where in the DER its entry's content begins; 0 where none does. */
  readonly table: Uint32Array<ArrayBuffer>
  /** What the signature covers, in the very bytes that came. */
  readonly signed: { readonly from: number; readonly to: number }
  readonly signature: SignatureAlgorithm & { readonly value: Uint8Array }
}

const CRL_NUMBER = '551d14'
const MOST_NUMBER_OCTETS = 20
/** Two places for each entry: a look-up then takes two or three steps, whatever the size. */
const PLACES_FOR_EACH = 2
/** RFC 5280 5.1.2.1 */
const VERSION_2 = 1

/**
 * Reads every CRL of a PEM text, or the one of a DER. One without nextUpdate (RFC 5280 5.1.2.5) or with a critical extension (a
 * delta CRL, a CRL for a part of the certificates only) is refused: it can't say that a certificate is not revoked.
 * @throws CertificateFault where one of them cannot be read
 */
export function parseCrls(source: string | Buffer): readonly Crl[] {
  return derBlocks(source, 'X509 CRL').map(readOrFault)
}

/** Reads one CRL: the first block of a PEM text, or a DER. @throws CertificateFault */
export function parseCrl(source: string | Buffer): Crl {
  const [crl] = parseCrls(source)
  if (!crl) throw new CertificateFault('holds no CRL')
  return crl
}

/** Since when a serial number (lower-case hex without leading zeros) is on the list; undefined where it is not. */
export function revokedSince({ der, table, digest }: Crl, serial: string): Date | undefined {
  const bytes = Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex')
  const at = table[placeOf(der, table, { bytes, from: 0, to: bytes.length }, seedOf(digest))] ?? 0
  return at === 0 ? undefined : readTime(der, elementAt(der, elementAt(der, at).end))
}

/** Whether the CRL bears the name and the signature of `issuer`, and that one may sign CRLs. */
export function isCrlOf(crl: Crl, issuer: Certificate): boolean {
  if (!mayBeOf(crl, issuer)) return false
  const { data, key } = signatureWork(crl, issuer)
  return verify(crl.signature.digest, data, key, crl.signature.value)
}

const verifyAside = promisify(verify)

/** The same, off the main thread: over 40 MB the hash alone takes a while. */
export async function checkCrl(crl: Crl, issuer: Certificate): Promise<boolean> {
  if (!mayBeOf(crl, issuer)) return false
  const { data, key } = signatureWork(crl, issuer)
  return await verifyAside(crl.signature.digest, data, key, crl.signature.value)
}

function mayBeOf(crl: Crl, issuer: Certificate): boolean {
  return crl.issuer === issuer.subjectName && issuer.maySignCrls
}

function signatureWork({ der, signed, signature }: Crl, { publicKey }: Certificate) {
  const padding = signature.pss && publicKey.asymmetricKeyType === 'rsa' ? constants.RSA_PKCS1_PSS_PADDING : undefined
  return {
    data: der.subarray(signed.from, signed.to),
    key: { key: publicKey, ...(padding === undefined ? {} : { padding }) },
  }
}

/** CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue }, and nothing after it. */
function readCrl(der: Buffer): Crl {
  const outer = expectAt(der, tags.SEQUENCE, 0)
  if (outer.end !== der.length) throw new CertificateFault('has bytes after the CRL')
  const tbs = expectAt(der, tags.SEQUENCE, outer.content, outer.end)
  const algorithm = expectAt(der, tags.SEQUENCE, tbs.end, outer.end)
  const value = expectAt(der, tags.BIT_STRING, algorithm.end, outer.end)
  // Whole octets that end the file, else one list would have many digests.
  if (value.end !== outer.end || der[value.content] !== 0) throw new CertificateFault('is not wholly signed')
  const signature = readSignatureAlgorithm(der, algorithm)
  if (signature.pss?.sameMask === false) throw new CertificateFault('is signed over two hashes')
  const digest = createHash('sha256').update(der).digest()
  const named = digestText(digest)
  return {
    der,
    digest: named,
    ...readTbs(der, tbs, der.subarray(algorithm.at, algorithm.end), seedOf(named)),
    signed: { from: tbs.at, to: tbs.end },
    signature: { ...signature, value: der.subarray(value.content + 1, value.end) },
  }
}

type TbsList = Pick<Crl, 'issuer' | 'number' | 'thisUpdate' | 'nextUpdate' | 'size' | 'table'>

/** TBSCertList (RFC 5280 5.1.2): each member in its place, and no other. */
function readTbs(der: Buffer, tbs: Element, algorithm: Buffer, seed: number): TbsList {
  const inner = expectAt(der, tags.SEQUENCE, skipVersion(der, tbs), tbs.end)
  // RFC 5280 5.1.1.2: else the algorithm would be what nobody has signed.
  if (!algorithm.equals(der.subarray(inner.at, inner.end))) throw new CertificateFault('is not wholly signed')
  const issuer = expectAt(der, tags.SEQUENCE, inner.end, tbs.end)
  const thisUpdate = elementAt(der, issuer.end, tbs.end)
  const nextUpdate = thisUpdate.end < tbs.end ? elementAt(der, thisUpdate.end, tbs.end) : undefined
  if (nextUpdate === undefined || !isTime(nextUpdate)) throw new CertificateFault('names no next update')
  let at = nextUpdate.end
  const entries = at < tbs.end && der[at] === tags.SEQUENCE ? elementAt(der, at, tbs.end) : undefined
  if (entries) at = entries.end
  const extensions = at < tbs.end ? expectAt(der, tags.CONTEXT_0, at, tbs.end) : undefined
  if (extensions && extensions.end !== tbs.end) throw notDer()
  const found = extensions ? readExtensions(der, expectWhole(der, extensions)) : new Map<string, Element>()
  const number = found.get(CRL_NUMBER)
  return {
    issuer: canonicalName(der, issuer),
    ...(number ? { number: readNumber(der, number) } : {}),
    thisUpdate: readTime(der, thisUpdate),
    nextUpdate: readTime(der, nextUpdate),
    ...readEntries(der, entries, seed),
  }
}

/** Where what follows the version begins; one without has none of the extensions. */
function skipVersion(der: Buffer, tbs: Element): number {
  if (der[tbs.content] !== tags.INTEGER) return tbs.content
  const version = elementAt(der, tbs.content, tbs.end)
  if (version.end - version.content !== 1 || der[version.content] !== VERSION_2)
    throw new CertificateFault('is of a version that there is not')
  return version.end
}

/** Goes through the entries twice: to count them, so that the table has its size, and to enter them. */
function readEntries(der: Buffer, entries: Element | undefined, seed: number): Pick<Crl, 'size' | 'table'> {
  const { content, end } = entries ?? { content: 0, end: 0 }
  let size = 0
  for (let at = content; at < end; size++) at = checkEntry(der, expectAt(der, tags.SEQUENCE, at, end))
  let places = PLACES_FOR_EACH
  while (places < size * PLACES_FOR_EACH) places *= 2
  const table = new Uint32Array(places)
  for (let at = content; at < end; ) {
    const entry = elementAt(der, at, end)
    const place = placeOf(der, table, serialAt(der, entry.content), seed)
    // Of a number that is there twice the first counts.
    if (table[place] === 0) table[place] = entry.content
    at = entry.end
  }
  return { size, table }
}

type Octets = { readonly bytes: Uint8Array; readonly from: number; readonly to: number }

/** The place of a serial number in the table: where it stands, or the free one where it would. */
function placeOf(der: Uint8Array, table: Uint32Array, serial: Octets, seed: number): number {
  const last = table.length - 1
  let place = hashOf(serial, seed) & last
  for (let at = table[place] ?? 0; at !== 0 && !isSame(serialAt(der, at), serial); at = table[place] ?? 0)
    place = (place + 1) & last
  return place
}

/** The serial number of an entry, without leading zeros. */
function serialAt(der: Uint8Array, entry: number): Octets {
  const number = elementAt(der, entry)
  let from = number.content
  while (from < number.end - 1 && der[from] === 0) from++
  return { bytes: der, from, to: number.end }
}

function isSame(one: Octets, other: Octets): boolean {
  const length = one.to - one.from
  if (length !== other.to - other.from) return false
  for (let at = 0; at < length; at++) if (one.bytes[one.from + at] !== other.bytes[other.from + at]) return false
  return true
}

/** revokedCertificates' element: serial number, date, extensions. Gives where the next one begins. */
function checkEntry(der: Buffer, entry: Element): number {
  const number = expectAt(der, tags.INTEGER, entry.content, entry.end)
  if (number.content === number.end) throw notDer()
  const date = elementAt(der, number.end, entry.end)
  if (!isTime(date)) throw notDer()
  readTime(der, date)
  // Of an indirect CRL, whose entries are of other issuers, the extension that says so is critical (RFC 5280 5.3.3).
  if (date.end < entry.end) readExtensions(der, expectAt(der, tags.SEQUENCE, date.end, entry.end), entry.end)
  return entry.end
}

/** The extensions by OID, in hex; what each holds is its OCTET STRING. @throws CertificateFault where one is critical */
function readExtensions(der: Buffer, list: Element, end: number = list.end): ReadonlyMap<string, Element> {
  if (list.end !== end) throw notDer()
  const found = new Map<string, Element>()
  for (let at = list.content; at < list.end; ) {
    const extension = expectAt(der, tags.SEQUENCE, at, list.end)
    const oid = expectAt(der, tags.OID, extension.content, extension.end)
    const next = elementAt(der, oid.end, extension.end)
    if (next.tag === tags.BOOLEAN && der[next.content] !== 0) throw new CertificateFault('has a critical extension')
    const value = next.tag === tags.BOOLEAN ? elementAt(der, next.end, extension.end) : next
    if (value.tag !== tags.OCTET_STRING || value.end !== extension.end) throw notDer()
    found.set(hexOf(der, oid), value)
    at = extension.end
  }
  return found
}

/** What an EXPLICIT tag holds: one SEQUENCE, to its end. */
function expectWhole(der: Buffer, { content, end }: Element): Element {
  const inner = expectAt(der, tags.SEQUENCE, content, end)
  if (inner.end !== end) throw notDer()
  return inner
}

/** A CRL number is a DER INTEGER of at most 20 octets (RFC 5280 5.2.3). */
function readNumber(der: Buffer, value: Element): bigint {
  const number = expectAt(der, tags.INTEGER, value.content, value.end)
  const length = number.end - number.content
  if (number.end !== value.end || length < 1 || length > MOST_NUMBER_OCTETS || (der[number.content] ?? 0x80) > 0x7f)
    throw new CertificateFault('has no proper CRL number')
  return BigInt(`0x${hexOf(der, number)}`)
}

function isTime({ tag }: Element): boolean {
  return tag === tags.UTC_TIME || tag === tags.GENERALIZED_TIME
}

/** UTCTime and GeneralizedTime as RFC 5280 4.1.2.5 has them: seconds always, a Z, no fraction. */
function readTime(der: Uint8Array, time: Element): Date {
  const yearDigits = time.tag === tags.UTC_TIME ? 2 : 4
  if (!isTime(time) || time.end - time.content !== yearDigits + 11 || der[time.end - 1] !== 0x5a) throw notDer()
  const digits = (from: number, count: number): number => {
    let number = 0
    for (let place = time.content + from; place < time.content + from + count; place++) {
      const digit = (der[place] ?? 0) - 0x30
      if (digit < 0 || digit > 9) throw notDer()
      number = number * 10 + digit
    }
    return number
  }
  const written = digits(0, yearDigits)
  const year = yearDigits === 4 ? written : written + (written < 50 ? 2000 : 1900)
  const rest = [0, 2, 4, 6, 8].map((from) => digits(yearDigits + from, 2))
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = rest
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  if (year < 100) date.setUTCFullYear(year)
  // 31 February, and whatever else the calendar would make another day of.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59)
    throw notDer()
  return date
}

/** Of the list's own digest: nobody can choose serial numbers that all fall on one place. */
function seedOf(digest: string): number {
  return Buffer.from(digest.slice(-43), 'base64url').readUInt32LE()
}

/** FNV-1a over the octets, its bits mixed as MurmurHash3 does, for serial numbers that follow each other differ in few. */
function hashOf({ bytes, from, to }: Octets, seed: number): number {
  let hash = seed
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** What the reader throws otherwise may quote what it read; none of that leaves this file. */
function readOrFault(der: Buffer): Crl {
  try {
    return readCrl(der)
  } catch (error) {
    if (error instanceof CertificateFault) throw error
    throw new CertificateFault('is no readable CRL')
  }
}
