import { importPKCS8 } from 'jose'
import { readCertificate } from './certificate.ts'
import { sha256 } from './hash.ts'
import type { Algorithm } from './jws.ts'
import { SdkFault } from './problem.ts'
import type { Signer } from './sign.ts'

/** In the order in which a key is tried: it fits one of them. */
const ALGORITHMS: readonly Algorithm[] = ['ES256', 'ES384', 'EdDSA', 'PS256']

/**
 * Takes the signing certificate (PEM, leaf first) and its private key (PKCS#8 PEM); gives the signer, by WebCrypto; the key cannot be taken out again.
 * Throws SdkFault `key-not-supported`.
 */
export async function makeSigner(certificatePem: string, keyPem: string): Promise<Signer> {
  const thumbprint = await sha256(readCertificate(certificatePem).der)
  for (const alg of ALGORITHMS) {
    const key = await importPKCS8(keyPem, alg).catch(() => undefined)
    if (key !== undefined) return { alg, key, thumbprint }
  }
  throw new SdkFault('key-not-supported')
}
