import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { algorithmOf, thumbprintOf } from './keys.ts'
import { SdkFault } from './problem.ts'
import type { Signer } from './sign.ts'

/** An agency's two kinds of key (section 1): one proves who is talking, one who wrote the message. */
export type Identity = { readonly tls: { readonly cert: string; readonly key: string }; readonly signer: Signer }

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
