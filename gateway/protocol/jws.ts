import { hash } from 'node:crypto'
import { Problem } from './problems.ts'
import { isThumbprint } from './forms.ts'
import { isJsonObject, JsonFault, type JsonObject, parseJson } from './json.ts'
import {
  headerFaults as faults,
  malformed,
  MAX_CERTIFICATE_BYTES,
  MAX_CHAIN,
  type PartOfJws,
  strangeMembers,
  wrongEncoding,
  wrongParts,
  wrongThumbprint,
  wrongTime,
  wrongType,
} from './jws-faults.ts'

export type Algorithm = 'ES256' | 'ES384' | 'PS256' | 'EdDSA'

export type MediaType =
  | 'safeguarding-message+jws'
  | 'safeguarding-acknowledgement+jws'
  | 'delivery-receipt+jws'
  | 'registry-entry+jws'
  | 'operator-act+jws'

export type Header = {
  readonly alg: Algorithm
  readonly typ: MediaType
  readonly cty: 'json'
  readonly iat: number
  /** `x5t#S256` */
  readonly thumbprint: string
  /** `x5c`: certificates in DER, leaf first; none where the header has none. */
  readonly chain: readonly Buffer[]
}

/** A compact JWS whose form and header obey section 3; its signature has not been verified. */
export type Jws = {
  readonly bytes: Buffer
  readonly header: Header
  readonly payload: Buffer
  readonly signingInput: Buffer
  readonly signature: Buffer
  /** SHA-256 of `bytes`. */
  readonly digest: Buffer
}

const ALGORITHMS: ReadonlySet<string> = new Set<Algorithm>(['ES256', 'ES384', 'PS256', 'EdDSA'])
const MEMBERS: ReadonlySet<string> = new Set(['alg', 'typ', 'cty', 'iat', 'x5t#S256', 'x5c'])
/** Section 3: how far `iat` may be from the gateway's clock, either way. */
export const FRESHNESS_SECONDS = 300
const DOT = 0x2e

/**
 * Takes the bytes of a compact serialization (RFC 7515, section 7.1), gives its parts. A header that breaks section 3 in
 * several ways is malformed-message; only where `alg` alone is wrong is it unsupported-algorithm. An empty signature part is
 * the form of an unsecured JWS (RFC 7515, appendix A.5), which only an `alg` such as `none` has.
 * Throws Problem malformed-message or unsupported-algorithm.
 */
export function parseJws(bytes: Buffer, typ: MediaType): Jws {
  const first = bytes.indexOf(DOT)
  const second = bytes.indexOf(DOT, first + 1)
  if (first < 1 || second < first + 2 || bytes.indexOf(DOT, second + 1) !== -1) throw wrongParts(bytes)
  const header = parseHeader(decode(bytes, 0, first, 0), typ)
  const payload = decode(bytes, first + 1, second, 1)
  const signature = decode(bytes, second + 1, bytes.length, 2)
  if (!isAlgorithm(header.alg)) throw new Problem('unsupported-algorithm', unknownAlgorithm)
  if (signature.length === 0) throw wrongParts(bytes)
  return {
    bytes,
    header: { ...header, alg: header.alg },
    payload,
    signingInput: bytes.subarray(0, second),
    signature,
    digest: hash('sha256', bytes, 'buffer'),
  }
}

/** Whether a message was signed within 300 s of now (protocol section 3). */
export function isFresh({ header }: Pick<Jws, 'header'>, now: Date): boolean {
  return Math.abs(now.getTime() / 1000 - header.iat) <= FRESHNESS_SECONDS
}

const unknownAlgorithm = {
  en: '`alg` is not ES256, ES384, PS256 or EdDSA: sign with the one of your key.',
  fr: '`alg` n’est ni ES256, ni ES384, ni PS256, ni EdDSA\u00a0: signez avec celui de votre clé.',
}

function isAlgorithm(alg: string): alg is Algorithm {
  return ALGORITHMS.has(alg)
}

/** Node's decoder forgives white space, padding, the other alphabet and stray bits; encoding again tells whether it did. */
function decode(bytes: Buffer, from: number, to: number, part: PartOfJws): Buffer {
  const text = bytes.toString('latin1', from, to)
  const decoded = Buffer.from(text, 'base64url')
  if (decoded.toString('base64url') !== text) throw wrongEncoding(text, part)
  return decoded
}

function parseHeader(bytes: Buffer, typ: MediaType): Omit<Header, 'alg'> & { readonly alg: string } {
  const members = parseMembers(bytes)
  const strange = Object.keys(members).filter((name) => !MEMBERS.has(name))
  if (strange.length > 0) throw strangeMembers(strange)
  const { alg, cty, iat, 'x5t#S256': thumbprint } = members
  if (typeof alg !== 'string') throw malformed(faults.alg)
  if (members['typ'] !== typ) throw wrongType(members['typ'], typ)
  if (cty !== 'json') throw malformed(faults.cty)
  // 1.0 and 1e3 are integers too (RFC 8259 has one kind of number); a negative one is well-formed, and merely stale
  if (typeof iat !== 'number' || !Number.isInteger(iat) || iat >= 2 ** 53) throw wrongTime(iat)
  if (!isThumbprint(thumbprint)) throw wrongThumbprint(thumbprint)
  return { alg, typ, cty, iat, thumbprint, chain: parseChain(members, thumbprint) }
}

function parseMembers(bytes: Buffer): JsonObject {
  try {
    const value = parseJson(bytes)
    if (isJsonObject(value)) return value
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    throw malformed({
      en: `The header is refused: ${error.reason.en}.`,
      fr: `L’en-tête est refusé : ${error.reason.fr}.`,
    })
  }
  throw malformed(faults.object)
}

function parseChain(members: JsonObject, thumbprint: string): readonly Buffer[] {
  if (!Object.hasOwn(members, 'x5c')) return []
  const value = members['x5c']
  if (!Array.isArray(value) || value.length < 1 || value.length > MAX_CHAIN) throw malformed(faults.chain)
  const chain = value.map(decodeCertificate)
  const leaf = chain[0]
  if (leaf === undefined || hash('sha256', leaf, 'base64url') !== thumbprint) throw malformed(faults.leaf)
  return chain
}

function decodeCertificate(text: unknown): Buffer {
  if (typeof text !== 'string' || text === '') throw malformed(faults.chain)
  const der = Buffer.from(text, 'base64')
  if (der.toString('base64') !== text || der.length > MAX_CERTIFICATE_BYTES) throw malformed(faults.chain)
  return der
}
