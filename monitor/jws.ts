import { createHash, type KeyObject, verify, X509Certificate } from 'node:crypto'

/** A compact JWS of the gateway or of an agency (protocol sections 3, 6 and 10), taken apart; nothing of it has been verified. */
export type Jws = {
  readonly compact: string
  readonly typ: string
  readonly payload: Readonly<Record<string, unknown>>
  /** Seconds. */
  readonly iat: number
  verifiedBy(certificates: ReadonlyMap<string, X509Certificate>): boolean
  readonly thumbprint: string
}

const algorithms: Readonly<Record<string, (key: KeyObject, data: Buffer, signature: Buffer) => boolean>> = {
  ES256: (key, data, signature) => verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
  ES384: (key, data, signature) => verify('sha384', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
  // Padding 6 is RSASSA-PSS.
  PS256: (key, data, signature) => verify('sha256', data, { key, padding: 6, saltLength: 32 }, signature),
  EdDSA: (key, data, signature) => verify(null, data, key, signature),
}

/** @returns nothing for what is no compact JWS with a JSON object in it */
export function parseJws(compact: string): Jws | undefined {
  const [head = '', body = '', tail = '', ...more] = compact.split('.')
  const [header, payload] = [parseObject(head), parseObject(body)]
  const { alg, typ, iat, 'x5t#S256': thumbprint } = header ?? {}
  if (header === undefined || payload === undefined || more.length > 0) return undefined
  if (typeof alg !== 'string' || typeof typ !== 'string' || typeof thumbprint !== 'string' || typeof iat !== 'number')
    return undefined
  return {
    compact,
    typ,
    payload,
    iat,
    thumbprint,
    verifiedBy(certificates) {
      const certificate = certificates.get(thumbprint)
      const check = Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined
      if (certificate === undefined || check === undefined) return false
      try {
        return check(certificate.publicKey, Buffer.from(`${head}.${body}`), Buffer.from(tail, 'base64url'))
      } catch {
        // A key that does not fit the algorithm.
        return false
      }
    },
  }
}

/** The thumbprint of a certificate, as `x5t#S256` and the registry's entries have it. */
export const thumbprintOf = (certificate: X509Certificate): string =>
  createHash('sha256').update(certificate.raw).digest('base64url')

/** The first certificate of a PEM text: the leaf. */
export function leafOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

export const digestOf = (bytes: string): string => `sha-256:${createHash('sha256').update(bytes).digest('base64url')}`

function parseObject(base64url: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
