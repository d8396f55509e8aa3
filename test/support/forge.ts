import { constants, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto'
import { readPair } from './handshake.ts'
import { digestOf, makeSigner, type Signer } from '../../sdk/index.ts'
import { thumbprintOf } from '../../sdk/keys.ts'

/** A message as a sender that obeys nothing could sign it: any header, any payload. */
export type Forgery = {
  /** Members beside, or in place of, section 3's; undefined leaves one out. */
  readonly header?: { readonly [name: string]: unknown }
  /** The header as text, in place of all that. */
  readonly headerText?: string | Buffer
  readonly typ?: string
  /** An object is written as JSON; text and bytes stand as they are. */
  readonly payload: object | string | Buffer
  readonly signer: Signer
}

export type Word = {
  readonly outcome?: string
  readonly reason?: object
  /** Members beside, or in place of, those of section 7. */
  readonly change?: object
}

/** Gives an acknowledgement of these bytes, good unless the test asks for another. */
export function forgeWord(id: string, bytes: string | Buffer, signer: Signer, word: Word = {}): string {
  const { outcome = 'accepted', reason, change } = word
  const at = new Date().toISOString()
  const payload = { messageId: id, messageDigest: digestOf(bytes), at, outcome, ...(reason && { reason }), ...change }
  return forge({ typ: 'safeguarding-acknowledgement+jws', payload, signer })
}

const seconds = (): number => Math.floor(Date.now() / 1000)

/** Gives the compact JWS, its signature good over whatever was asked for. */
export function forge({ header, headerText, typ = 'safeguarding-message+jws', payload, signer }: Forgery): string {
  const members = { alg: signer.alg, typ, cty: 'json', iat: seconds(), 'x5t#S256': signer.thumbprint, ...header }
  const protectedHeader = encode(headerText ?? members)
  const input = `${protectedHeader}.${encode(payload)}`
  return `${input}.${signBytes(Buffer.from(input), signer).toString('base64url')}`
}

/** Reads `<path>.crt` and `<path>.key` of a development PKI as those of somebody who signs. */
export async function readSigner(folder: string, path: string): Promise<Signer> {
  const { cert, key } = await readPair(folder, path)
  return makeSigner(cert, key)
}

/** The signer that a pair just issued makes. */
export function signerOf({ crt, key }: { crt: string; key: string }): Signer {
  return { alg: 'ES256', key: createPrivateKey(key), thumbprint: thumbprintOf(new X509Certificate(crt)) }
}

/** The payload of a compact JWS, unverified. */
export function payloadOf(compact: string): { readonly [name: string]: unknown } {
  return JSON.parse(Buffer.from(compact.split('.')[1] ?? '', 'base64url').toString())
}

function encode(part: object | string | Buffer): string {
  if (Buffer.isBuffer(part)) return part.toString('base64url')
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')
}

function signBytes(input: Buffer, { alg, ...signer }: Signer): Buffer {
  const key = signer.key as KeyObject
  if (alg === 'EdDSA') return sign(null, input, key)
  if (alg === 'PS256') {
    const padding = constants.RSA_PKCS1_PSS_PADDING
    return sign('sha256', input, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
  }
  return sign(alg === 'ES384' ? 'sha384' : 'sha256', input, { key, dsaEncoding: 'ieee-p1363' })
}
