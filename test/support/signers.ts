// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
import 'reflect-metadata'
import { KeyObject, webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import { type Certificate, parseCertificate } from '../../gateway/identity/certificate.ts'
import type { Algorithm } from '../../gateway/protocol/jws.ts'
import type { Signer } from '../../gateway/protocol/signature.ts'

const suites = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  EdDSA: { name: 'Ed25519' },
  PS256: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
} as const

export const algorithms = ['ES256', 'ES384', 'PS256', 'EdDSA'] as const satisfies readonly Algorithm[]

/** A fresh key and a self-signed certificate of it: all that a signature needs. */
export async function makeSigner(alg: Algorithm): Promise<Signer<Certificate>> {
  const suite = suites[alg]
  const keys = await webcrypto.subtle.generateKey(suite, true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new TypeError('a key pair was asked for')
  const issued = await X509CertificateGenerator.createSelfSigned({ name: 'CN=test', keys, signingAlgorithm: suite })
  return { alg, key: KeyObject.from(keys.privateKey), certificate: parseCertificate(issued.toString('pem')) }
}
