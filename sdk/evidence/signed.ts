/** Compact JWS (RFC 7515) as sections 3, 6, 7 and 10 of the protocol write them. */
import { base64url } from 'jose'
import { exactly, integer, listOf, oneOf, optional, type Reader, ShapeFault, text } from '../shape.ts'
import { type Bytes, latin1, ofBase64url } from './bytes.ts'
import { type PublicKey, type Scheme, sha256, type Verify } from './public-key.ts'
import { parseStrict } from './strict-json.ts'

const algorithms = ['ES256', 'ES384', 'PS256', 'EdDSA'] as const
type Algorithm = (typeof algorithms)[number]

export type MediaType =
  | 'safeguarding-message+jws'
  | 'safeguarding-acknowledgement+jws'
  | 'delivery-receipt+jws'
  | 'registry-entry+jws'
  | 'operator-act+jws'

export type Opened<T> = {
  /** The bytes that became a leaf, or of which receipts have the digest. */
  readonly bytes: Bytes
  readonly alg: Algorithm
  readonly thumbprint: string
  readonly signedAt: Date
  readonly payload: T
  readonly signed: Bytes
  readonly signature: Bytes
}

const LARGEST_JWS = 4 * 1024 * 1024

/** Base64url in its one spelling: else one signature would have several texts. */
function decode(part: string): Bytes {
  const bytes = ofBase64url(part)
  if (part === '' || bytes === undefined) throw new ShapeFault('', 'canonical base64url')
  return bytes
}

/** Takes a compact JWS, its `typ` and the reader of its payload; gives it opened, NOT yet verified. Throws ShapeFault. */
export function open<T>(compact: string, typ: MediaType, payloadOf: Reader<T>): Opened<T> {
  const [header = '', payload = '', signature = '', ...more] = compact.split('.')
  if (more.length > 0 || compact.length > LARGEST_JWS) throw new ShapeFault('', 'a compact JWS')
  const { alg, iat, 'x5t#S256': thumbprint } = headerOf(typ)(parseStrict(decode(header)), '')
  return {
    bytes: latin1(compact),
    alg,
    thumbprint,
    signedAt: new Date(iat * 1000),
    payload: payloadOf(parseStrict(decode(payload)), ''),
    signed: latin1(`${header}.${payload}`),
    signature: decode(signature),
  }
}

const headerOf = (typ: MediaType) =>
  exactly({
    alg: oneOf(...algorithms),
    typ: oneOf(typ),
    cty: oneOf('json'),
    iat: integer,
    'x5t#S256': text,
    x5c: optional(listOf(text)),
  })

const fitting: Readonly<Partial<Record<PublicKey['kind'], Algorithm>>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  Ed25519: 'EdDSA',
  rsa: 'PS256',
}

/** The algorithm of section 3 that fits a key, or undefined. */
export const algorithmFor = ({ kind }: PublicKey): Algorithm | undefined => fitting[kind]

/** Whether a key has made the signature, which has exactly the length of its algorithm (section 3). */
export async function isSigned(
  { alg, signed, signature }: Opened<unknown>,
  key: PublicKey,
  verify: Verify,
): Promise<boolean> {
  const { length, ...scheme } = schemes[alg](key.bits)
  return signature.length === length && (await verify(scheme, key, signed, signature))
}

const schemes: Readonly<Record<Algorithm, (rsaBits: number) => Scheme & { readonly length: number }>> = {
  ES256: () => ({ hash: 'SHA-256', length: 64 }),
  ES384: () => ({ hash: 'SHA-384', length: 96 }),
  EdDSA: () => ({ length: 64 }),
  // The salt is as long as the hash (RFC 7518, 3.5).
  PS256: (rsaBits) => ({ hash: 'SHA-256', length: rsaBits / 8, pssSalt: 32 }),
}

/** `sha-256:<base64url>` of bytes, as section 6 writes digests. */
export const digestOf = async (bytes: Uint8Array): Promise<string> => `sha-256:${base64url.encode(await sha256(bytes))}`
