import { base64url, compactVerify, importX509 } from 'jose'
import { readCertificate } from './certificate.ts'
import { sha256 } from './hash.ts'
import { SdkFault } from './problem.ts'
import { exactly, integer, listOf, oneOf, optional, parseJson, type Reader, ShapeFault, text } from './shape.ts'

export type Algorithm = 'ES256' | 'ES384' | 'PS256' | 'EdDSA'
export type MediaType = 'safeguarding-message+jws' | 'safeguarding-acknowledgement+jws' | 'delivery-receipt+jws'

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
  /** The certificates that it brings along, in padded base64, the signer's first. */
  readonly x5c?: readonly string[]
}

/** Base64url as RFC 7515 wants it and no other spelling of the same bytes: else one signature would have several texts. */
function decode(part: string): Uint8Array {
  try {
    const bytes = base64url.decode(part)
    if (base64url.encode(bytes) === part) return bytes
  } catch {
    // As wrong as another spelling.
  }
  throw new ShapeFault('', 'canonical base64url')
}

/**
 * Takes a compact JWS, its expected `typ` and the reader of its payload; gives it opened, NOT yet verified: the payload says whose
 * certificates to look among. Throws SdkFault `not-a-signed-document` unless the header is exactly section 3's.
 */
export function openJws<T>(source: string | Uint8Array, typ: MediaType, payloadOf: Reader<T>): Opened<T> {
  const compact = typeof source === 'string' ? source : new TextDecoder('latin1').decode(source)
  try {
    const [protectedHeader, payload, signature, ...more] = compact.split('.')
    if (!protectedHeader || !payload || !signature || more.length > 0) throw new ShapeFault('', 'a compact JWS')
    decode(signature)
    const header = headerOf(parseJson(decode(protectedHeader)), '')
    if (header.typ !== typ) throw new ShapeFault('/typ', typ)
    return {
      compact,
      alg: header.alg,
      signedAt: new Date(header.iat * 1000),
      thumbprint: header['x5t#S256'],
      payload: payloadOf(parseJson(decode(payload)), ''),
      ...(header.x5c !== undefined && { x5c: header.x5c }),
    }
  } catch (cause) {
    throw notSigned(cause)
  }
}

function notSigned(cause: unknown): SdkFault {
  return new SdkFault('not-a-signed-document', { cause, ...(cause instanceof ShapeFault && { detail: cause.message }) })
}

export type PublishedCertificate = { readonly pem: string; readonly thumbprint: string; readonly revokedAt?: string }

/**
 * Takes an opened JWS and the certificates published for its supposed signer, past ones included; resolves where one of them signed it
 * while it was good. Throws SdkFault `not-a-signed-document` where `x5c` begins with another certificate than the header names,
 * `unknown-signer`, `certificate-not-valid` or `invalid-signature`. The chain is the gateway's check (section 4); who wants to judge it
 * again has the evidence bundle (section 10).
 */
export async function verifySigned(jws: Opened<unknown>, published: readonly PublishedCertificate[]): Promise<void> {
  if (jws.x5c !== undefined && (await thumbprintOfBase64(jws.x5c[0] ?? '')) !== jws.thumbprint)
    throw notSigned(new ShapeFault('/x5c', 'led by x5t#S256'))
  const listed = published.find((each) => each.thumbprint === jws.thumbprint)
  if (listed === undefined) throw new SdkFault('unknown-signer')
  const { der, pem, notBefore, notAfter } = readCertificate(listed.pem)
  if ((await sha256(der)) !== jws.thumbprint) throw new SdkFault('unknown-signer')
  const revoked = listed.revokedAt !== undefined && jws.signedAt >= new Date(listed.revokedAt)
  if (revoked || jws.signedAt < notBefore || jws.signedAt > notAfter) throw new SdkFault('certificate-not-valid')
  try {
    // A key of another kind than the algorithm's is not imported.
    const key = await importX509(pem, jws.alg)
    await compactVerify(jws.compact, key, { algorithms: [jws.alg] })
  } catch (cause) {
    throw new SdkFault('invalid-signature', { cause })
  }
}

function thumbprintOfBase64(certificate: string): Promise<string> {
  try {
    return sha256(Uint8Array.from(atob(certificate), (character) => character.charCodeAt(0)))
  } catch {
    return Promise.resolve('')
  }
}
