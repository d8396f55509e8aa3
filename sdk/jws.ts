import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { compactVerify } from 'jose'
import { SdkFault } from './problem.ts'
import { exactly, integer, listOf, oneOf, optional, parseJson, type Reader, ShapeFault, text } from './shape.ts'

export type Algorithm = 'ES256' | 'ES384' | 'PS256' | 'EdDSA'
export type MediaType = 'safeguarding-message+jws' | 'safeguarding-acknowledgement+jws' | 'delivery-receipt+jws'

/** Below this, RSA is refused (section 1). */
const LEAST_RSA_BITS = 2048

const headerOf = exactly({
  alg: oneOf('ES256', 'ES384', 'PS256', 'EdDSA'),
  typ: oneOf('safeguarding-message+jws', 'safeguarding-acknowledgement+jws', 'delivery-receipt+jws'),
  cty: oneOf('json'),
  iat: integer,
  'x5t#S256': text,
  x5c: optional(listOf(text)),
})

export type Opened<T> = {
  readonly compact: string
  readonly alg: Algorithm
  readonly signedAt: Date
  readonly thumbprint: string
  readonly payload: T
}

/** Takes the bytes of a message as signed; gives their digest as receipts and acknowledgements write it (section 6). */
export function digestOf(bytes: string | Uint8Array): string {
  return `sha-256:${createHash('sha256').update(bytes).digest('base64url')}`
}

/** Takes a certificate; gives its `x5t#S256`. */
export function thumbprintOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('base64url')
}

/** Takes a key, public or private; gives the one algorithm of section 3 that fits it. Throws SdkFault `key-not-supported`. */
export function algorithmOf(key: KeyObject): Algorithm {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA'
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256'
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'secp384r1') return 'ES384'
  if (key.asymmetricKeyType === 'rsa' && (modulusLength ?? 0) >= LEAST_RSA_BITS) return 'PS256'
  throw new SdkFault('key-not-supported')
}

/** Base64url as RFC 7515 wants it and no other spelling of the same bytes: else one signature would have several texts. */
function decode(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.toString('base64url') !== part) throw new ShapeFault('', 'canonical base64url')
  return bytes
}

/**
 * Takes a compact JWS, its expected `typ` and the reader of its payload; gives it opened, NOT yet verified: the payload says whose
 * certificates to look among. Throws SdkFault `not-a-signed-document` unless the header is exactly section 3's.
 */
export function openJws<T>(source: string | Uint8Array, typ: MediaType, payloadOf: Reader<T>): Opened<T> {
  const compact = typeof source === 'string' ? source : Buffer.from(source).toString('latin1')
  try {
    const [protectedHeader, payload, signature, ...more] = compact.split('.')
    if (!protectedHeader || !payload || !signature || more.length > 0) throw new ShapeFault('', 'a compact JWS')
    decode(signature)
    const header = headerOf(parseJson(decode(protectedHeader)), '')
    if (header.typ !== typ) throw new ShapeFault('/typ', typ)
    const leaf = header.x5c?.[0]
    const named = leaf === undefined ? undefined : digestOf(Buffer.from(leaf, 'base64')).slice('sha-256:'.length)
    if (header.x5c !== undefined && named !== header['x5t#S256']) throw new ShapeFault('/x5c', 'led by x5t#S256')
    return {
      compact,
      alg: header.alg,
      signedAt: new Date(header.iat * 1000),
      thumbprint: header['x5t#S256'],
      payload: payloadOf(parseJson(decode(payload)), ''),
    }
  } catch (cause) {
    throw new SdkFault('not-a-signed-document', {
      cause,
      ...(cause instanceof ShapeFault && { detail: cause.message }),
    })
  }
}

export type PublishedCertificate = { readonly pem: string; readonly thumbprint: string; readonly revokedAt?: string }

/**
 * Takes an opened JWS and the certificates published for its supposed signer, past ones included; resolves where one of them signed it
 * while it was good. Throws SdkFault `unknown-signer`, `certificate-not-valid` or `invalid-signature`. The chain is the gateway's check
 * (section 4); who wants to judge it again has the evidence bundle (section 10).
 */
export async function verifySigned(jws: Opened<unknown>, published: readonly PublishedCertificate[]): Promise<void> {
  const listed = published.find((each) => each.thumbprint === jws.thumbprint)
  if (listed === undefined) throw new SdkFault('unknown-signer')
  const certificate = new X509Certificate(listed.pem)
  if (thumbprintOf(certificate) !== jws.thumbprint) throw new SdkFault('unknown-signer')
  const revoked = listed.revokedAt !== undefined && jws.signedAt >= new Date(listed.revokedAt)
  const outside = jws.signedAt < certificate.validFromDate || jws.signedAt > certificate.validToDate
  if (revoked || outside) throw new SdkFault('certificate-not-valid')
  if (algorithmOf(certificate.publicKey) !== jws.alg) throw new SdkFault('invalid-signature')
  try {
    await compactVerify(jws.compact, certificate.publicKey, { algorithms: [jws.alg] })
  } catch (cause) {
    throw new SdkFault('invalid-signature', { cause })
  }
}
