/** Making and judging signatures without the SDK's own functions, which never make a wrong one: a false receipt must be possible. */
import { createPrivateKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto'
import type { Algorithm } from '../jws.ts'
import { isObject, parseJson } from '../shape.ts'
import type { Issued } from './pki.ts'

export type MadeHeader = { readonly [name: string]: unknown }

const SALT_BYTES = 32
const hashes: Readonly<Record<Algorithm, string | null>> = {
  ES256: 'sha256',
  ES384: 'sha384',
  PS256: 'sha256',
  EdDSA: null,
}

const encode = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** The header that section 3 gives whatever is signed. */
export function headerOf(typ: string, issued: Issued, at: Date): MadeHeader {
  const { alg, thumbprint } = issued.signer
  return { alg, typ, cty: 'json', iat: Math.floor(at.getTime() / 1000), 'x5t#S256': thumbprint }
}

/** Takes any header, the payload's exact bytes and whose key signs; gives the compact JWS. */
export function seal(header: MadeHeader, payload: string | Uint8Array, issued: Issued): string {
  const input = `${encode(JSON.stringify(header))}.${encode(payload)}`
  const key = createPrivateKey(issued.key)
  return `${input}.${encode(sign(hashes[issued.signer.alg], Buffer.from(input), optionsOf(key, issued.signer.alg)))}`
}

/** The same with no signature at all (RFC 7515's `none`). */
export function sealWithNothing(header: MadeHeader, payload: string): string {
  return `${encode(JSON.stringify({ ...header, alg: 'none' }))}.${encode(payload)}.`
}

/** A compact JWS as it came: nothing in it has been verified, and what is wrong with its form is said. */
export type Parts = {
  readonly header: MadeHeader
  readonly payload: unknown
  readonly payloadBytes: Buffer
  readonly signature: Buffer
  readonly isCanonical: boolean
}

/** Takes what a client has sent; gives its parts, or undefined where it is no compact JWS over JSON. */
export function partsOf(compact: string): Parts | undefined {
  const [first = '', second = '', third = '', ...more] = compact.split('.')
  if (first === '' || second === '' || more.length > 0) return undefined
  const [head, payloadBytes, signature] = [first, second, third].map((part) => Buffer.from(part, 'base64url'))
  if (head === undefined || payloadBytes === undefined || signature === undefined) return undefined
  try {
    const header = parseJson(head)
    if (!isObject(header)) return undefined
    const isCanonical = [head, payloadBytes, signature].map(encode).join('.') === compact
    return { header, payload: parseJson(payloadBytes), payloadBytes, signature, isCanonical }
  } catch {
    return undefined
  }
}

/** Whether the signature verifies as section 3 wants it, `der` where it does so as OpenSSL writes it, or not at all. */
export function signatureOf(compact: string, certificate: string, alg: Algorithm): 'good' | 'der' | 'bad' {
  const at = compact.lastIndexOf('.')
  const input = Buffer.from(compact.slice(0, at))
  const signature = Buffer.from(compact.slice(at + 1), 'base64url')
  const key = new X509Certificate(certificate).publicKey
  if (verify(hashes[alg], input, optionsOf(key, alg), signature)) return 'good'
  const isCurve = alg === 'ES256' || alg === 'ES384'
  return isCurve && verify(hashes[alg], input, { key, dsaEncoding: 'der' }, signature) ? 'der' : 'bad'
}

function optionsOf(key: KeyObject, alg: Algorithm) {
  if (alg === 'ES256' || alg === 'ES384') return { key, dsaEncoding: 'ieee-p1363' } as const
  // RSA_PKCS1_PSS_PADDING
  return alg === 'PS256' ? { key, padding: 6, saltLength: SALT_BYTES } : { key }
}
