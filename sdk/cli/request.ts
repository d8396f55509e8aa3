import type { webcrypto } from 'node:crypto'
import type { Algorithm } from '../jws.ts'
import { loadX509 } from './x509.ts'

/** A new key and the request for its certificate, both PEM; `spki` is the SHA-256 of the public key, to be compared by telephone. */
export type Requested = { readonly key: string; readonly request: string; readonly spki: string }

const parameters: Readonly<Record<Algorithm, webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams>> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]) },
  EdDSA: { name: 'Ed25519', namedCurve: 'Ed25519' },
}

/** Takes what the certificate is for and whose; gives a new key and a PKCS#10 request (RFC 2986) that asks for what section 1 of the protocol wants. */
export async function request(use: 'tls' | 'signing', agency: string, algorithm: Algorithm): Promise<Requested> {
  const x509 = await loadX509()
  const keys = await crypto.subtle.generateKey(parameters[algorithm], true, ['sign', 'verify'])
  const { digitalSignature, nonRepudiation } = x509.KeyUsageFlags
  const usage = use === 'tls' ? digitalSignature : digitalSignature | nonRepudiation
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${use === 'tls' ? agency : `${agency} signing`}, O=${agency}, C=${agency.slice(0, 2).toUpperCase()}`,
    keys,
    signingAlgorithm: { ...parameters[algorithm], hash: algorithm === 'ES384' ? 'SHA-384' : 'SHA-256', saltLength: 32 },
    extensions: [
      new x509.KeyUsagesExtension(usage, true),
      ...(use === 'tls' ? [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])] : []),
    ],
  })
  const spki = Buffer.from(await crypto.subtle.digest('SHA-256', await crypto.subtle.exportKey('spki', keys.publicKey)))
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  return { key: toPem('PRIVATE KEY', key), request: `${made.toString('pem')}\n`, spki: spki.toString('hex') }
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}
