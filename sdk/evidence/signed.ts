/** Compact JWS (RFC 7515) as sections 3, 6, 7 and 10 of the protocol write them. */
import { constants, createHash, type KeyObject, verify, type VerifyKeyObjectInput } from 'node:crypto'
import { exactly, integer, listOf, oneOf, optional, type Reader, ShapeFault, text } from '../shape.ts'
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
  readonly bytes: Buffer
  readonly alg: Algorithm
  readonly thumbprint: string
  readonly signedAt: Date
  readonly payload: T
  readonly signed: Buffer
  readonly signature: Buffer
}

const LARGEST_JWS = 4 * 1024 * 1024

/** Base64url in its one spelling: else one signature would have several texts. */
function decode(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (part === '' || bytes.toString('base64url') !== part) throw new ShapeFault('', 'canonical base64url')
  return bytes
}

/** Takes a compact JWS, its `typ` and the reader of its payload; gives it opened, NOT yet verified. Throws ShapeFault. */
export function open<T>(compact: string, typ: MediaType, payloadOf: Reader<T>): Opened<T> {
  const [header = '', payload = '', signature = '', ...more] = compact.split('.')
  if (more.length > 0 || compact.length > LARGEST_JWS) throw new ShapeFault('', 'a compact JWS')
  const { alg, iat, 'x5t#S256': thumbprint } = headerOf(typ)(parseStrict(decode(header)), '')
  return {
    bytes: Buffer.from(compact, 'latin1'),
    alg,
    thumbprint,
    signedAt: new Date(iat * 1000),
    payload: payloadOf(parseStrict(decode(payload)), ''),
    signed: Buffer.from(`${header}.${payload}`, 'latin1'),
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

/** The algorithm of section 3 that fits a key, or undefined. */
export function algorithmFor({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject) {
  if (type === 'ec') {
    if (details?.namedCurve === 'prime256v1') return 'ES256'
    return details?.namedCurve === 'secp384r1' ? 'ES384' : undefined
  }
  if (type === 'ed25519') return 'EdDSA'
  return type === 'rsa' ? 'PS256' : undefined
}

/** Whether a key has made the signature, which has exactly the length of its algorithm (section 3). */
export function isSigned({ alg, signed, signature }: Opened<unknown>, key: KeyObject): boolean {
  const { hash, length, ...more } = schemes[alg](key.asymmetricKeyDetails?.modulusLength ?? 0)
  return signature.length === length && verify(hash, signed, { key, ...more }, signature)
}

type Scheme = Omit<VerifyKeyObjectInput, 'key'> & { readonly hash: string | null; readonly length: number }

const schemes: Readonly<Record<Algorithm, (rsaBits: number) => Scheme>> = {
  ES256: () => ({ hash: 'sha256', length: 64, dsaEncoding: 'ieee-p1363' }),
  ES384: () => ({ hash: 'sha384', length: 96, dsaEncoding: 'ieee-p1363' }),
  EdDSA: () => ({ hash: null, length: 64 }),
  PS256: (rsaBits) => ({
    hash: 'sha256',
    length: rsaBits / 8,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  }),
}

/** `sha-256:<base64url>` of bytes, as section 6 writes digests. */
export const digestOf = (bytes: Uint8Array): string =>
  `sha-256:${createHash('sha256').update(bytes).digest('base64url')}`
