import { hash } from 'node:crypto'
import { Problem } from './problems.ts'
import type { Text } from '../base/base.ts'
import { isThumbprint } from './forms.ts'
import { isJsonObject, JsonFault, type JsonObject, parseJson } from './json.ts'

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
/** Leaf, intermediates and anchor. The sender chooses what stands here: no choice of it may cost more than this. */
const MAX_CHAIN = 5
const MAX_CERTIFICATE_BYTES = 4 * 1024
/** Section 3: how far `iat` may be from the gateway's clock, either way. */
const FRESHNESS_SECONDS = 300
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
  if (first < 1 || second < first + 2 || bytes.indexOf(DOT, second + 1) !== -1) throw malformed(faults.parts)
  const header = parseHeader(decode(bytes, 0, first), typ)
  const payload = decode(bytes, first + 1, second)
  const signature = decode(bytes, second + 1, bytes.length)
  if (!isAlgorithm(header.alg)) throw new Problem('unsupported-algorithm')
  if (signature.length === 0) throw malformed(faults.parts)
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

const faults = {
  parts: {
    en: 'The body is not three parts in base64url joined by dots.',
    fr: 'Le corps n’est pas fait de trois parties en base64url jointes par des points.',
  },
  base64url: {
    en: 'A part is not canonical base64url: no padding, no white space, unused bits zero.',
    fr: 'Une partie n’est pas du base64url canonique : ni remplissage, ni espace, bits inutilisés à zéro.',
  },
  object: { en: 'The header is not a JSON object.', fr: 'L’en-tête n’est pas un objet JSON.' },
  member: {
    en: 'The header has a member other than alg, typ, cty, iat, x5t#S256 and x5c.',
    fr: 'L’en-tête comporte un membre autre que alg, typ, cty, iat, x5t#S256 et x5c.',
  },
  alg: { en: 'alg is missing or not a string.', fr: 'alg est absent ou n’est pas une chaîne.' },
  cty: { en: 'cty is not json.', fr: 'cty n’est pas json.' },
  iat: { en: 'iat is not an integer below 2^53.', fr: 'iat n’est pas un entier inférieur à 2^53.' },
  thumbprint: {
    en: 'x5t#S256 is not the canonical base64url of 32 bytes.',
    fr: 'x5t#S256 n’est pas le base64url canonique de 32 octets.',
  },
  chain: {
    en: `x5c is not an array of 1 to ${MAX_CHAIN} certificates in padded base64 (RFC 7515, 4.1.6), of ${MAX_CERTIFICATE_BYTES} bytes each at most.`,
    fr: `x5c n’est pas un tableau de 1 à ${MAX_CHAIN} certificats en base64 avec remplissage (RFC 7515, 4.1.6), de ${MAX_CERTIFICATE_BYTES} octets chacun au plus.`,
  },
  leaf: {
    en: 'The first certificate of x5c is not the one that x5t#S256 names.',
    fr: 'Le premier certificat de x5c n’est pas celui que désigne x5t#S256.',
  },
} satisfies Record<string, Text>

function malformed(detail: Text): Problem {
  return new Problem('malformed-message', detail)
}

function isAlgorithm(alg: string): alg is Algorithm {
  return ALGORITHMS.has(alg)
}

/** Node's decoder forgives white space, padding, the other alphabet and stray bits; encoding again tells whether it did. */
function decode(bytes: Buffer, from: number, to: number): Buffer {
  const text = bytes.toString('latin1', from, to)
  const decoded = Buffer.from(text, 'base64url')
  if (decoded.toString('base64url') !== text) throw malformed(faults.base64url)
  return decoded
}

function parseHeader(bytes: Buffer, typ: MediaType): Omit<Header, 'alg'> & { readonly alg: string } {
  const members = parseMembers(bytes)
  if (Object.keys(members).some((name) => !MEMBERS.has(name))) throw malformed(faults.member)
  const { alg, cty, iat, 'x5t#S256': thumbprint } = members
  if (typeof alg !== 'string') throw malformed(faults.alg)
  if (members['typ'] !== typ) throw malformed({ en: `typ is not ${typ}.`, fr: `typ n’est pas ${typ}.` })
  if (cty !== 'json') throw malformed(faults.cty)
  // 1.0 and 1e3 are integers too (RFC 8259 has one kind of number); a negative one is well-formed, and merely stale
  if (typeof iat !== 'number' || !Number.isInteger(iat) || iat >= 2 ** 53) throw malformed(faults.iat)
  if (!isThumbprint(thumbprint)) throw malformed(faults.thumbprint)
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
