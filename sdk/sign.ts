import { createPrivateKey, type KeyObject, randomUUIDv7, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CompactSign } from 'jose'
import { type Algorithm, algorithmOf, type MediaType, thumbprintOf } from './jws.ts'
import type { Acknowledgement, Envelope } from './message.ts'
import { SdkFault } from './problem.ts'

/** Who signs: a private key and the certificate that the registry has pinned for it. */
export type Signer = { readonly alg: Algorithm; readonly key: KeyObject; readonly thumbprint: string }

/** An agency's two kinds of key (section 1): one proves who is talking, one who wrote the message. */
export type Identity = { readonly tls: { readonly cert: string; readonly key: string }; readonly signer: Signer }

/** Gives a new UUIDv7 (RFC 9562), for a message or a case. */
export function newId(): string {
  return randomUUIDv7()
}

/**
 * Takes the signing certificate (PEM, leaf first) and its private key (PKCS#8 PEM); gives the signer, with the algorithm that the key wants.
 * Throws SdkFault `key-not-of-certificate` or `key-not-supported`.
 */
export function makeSigner(certificatePem: string, keyPem: string): Signer {
  const certificate = new X509Certificate(certificatePem)
  const key = createPrivateKey(keyPem)
  if (!certificate.checkPrivateKey(key)) throw new SdkFault('key-not-of-certificate')
  return { alg: algorithmOf(key), key, thumbprint: thumbprintOf(certificate) }
}

/** Takes a folder with `tls.crt`, `tls.key`, `signing.crt` and `signing.key`; gives the identity in it. */
export async function readIdentity(folder: string): Promise<Identity> {
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  const [cert, key, signingCert, signingKey] = await Promise.all(
    ['tls.crt', 'tls.key', 'signing.crt', 'signing.key'].map(read),
  )
  if (cert === undefined || key === undefined || signingCert === undefined || signingKey === undefined) {
    throw new TypeError('four files were asked for')
  }
  return { tls: { cert, key }, signer: makeSigner(signingCert, signingKey) }
}

/**
 * Takes an envelope, who signs it and the time; gives the message as a compact JWS with exactly section 3's header. Keep the result: a
 * repetition sends these very bytes, for signing anew makes another message of the same `id`.
 */
export function signMessage(envelope: Envelope, signer: Signer, now: Date): Promise<string> {
  return sign('safeguarding-message+jws', envelope, signer, now)
}

/** Takes the acknowledgement of a message, the recipient's signer and the time; gives it as a compact JWS (section 7). */
export function signAcknowledgement(payload: Acknowledgement, signer: Signer, now: Date): Promise<string> {
  return sign('safeguarding-acknowledgement+jws', payload, signer, now)
}

function sign(typ: MediaType, payload: object, signer: Signer, now: Date): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000)
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: signer.alg, typ, cty: 'json', iat, 'x5t#S256': signer.thumbprint })
    .sign(signer.key)
}
