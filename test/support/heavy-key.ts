// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 wants it loaded first
import 'reflect-metadata'
import { createPublicKey, randomBytes, webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'
import { type Issuer, toPem } from '../../certs-dev/pki.ts'

/** A certificate of an RSA key of so many bits, PEM. Nobody has its private key: to make one would take a minute. */
export async function makeHeavyCertificate(issuer: Issuer, bits: number): Promise<string> {
  const { notBefore, notAfter } = issuer.certificate
  const modulus = randomBytes(bits / 8)
  modulus[0] = 0xc1
  modulus.writeUInt8(modulus.readUInt8(modulus.length - 1) | 1, modulus.length - 1)
  const key = createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' } })
  const publicKey = await webcrypto.subtle.importKey(
    'spki',
    key.export({ type: 'spki', format: 'der' }),
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    true,
    ['verify'],
  )
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=heavy',
    issuer: issuer.certificate.subjectName,
    notBefore,
    notAfter,
    publicKey,
    signingKey: issuer.key,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  })
  return toPem(certificate)
}
