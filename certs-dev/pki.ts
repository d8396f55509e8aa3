/** A small certification authority (RFC 5280) for development and tests: roots, intermediates, leaves and CRLs. */
import 'reflect-metadata'
import { randomBytes, type webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** Whoever can sign certificates and CRLs; `chain` is what a leaf is sent with: the intermediates, without the root. */
export type Issuer = {
  readonly certificate: x509.X509Certificate
  readonly key: webcrypto.CryptoKey
  readonly chain: readonly x509.X509Certificate[]
}

/** A certificate with its key: `crt` is PEM, leaf first, then the intermediates; `key` is PKCS#8 PEM; `pem` the leaf alone. */
export type Issued = { readonly crt: string; readonly key: string; readonly pem: string; readonly serial: string }

export type Validity = { readonly notBefore: Date; readonly notAfter: Date }

export type KeyAlgorithm = 'ES256' | 'ES384' | 'PS256' | 'EdDSA'

export type Profile = {
  /** An RFC 4514 name. */
  readonly subject: string
  readonly validity: Validity
  readonly use: 'tls' | 'signing' | 'time-stamping'
  readonly algorithm?: KeyAlgorithm
  /** Whether it is for a server on this machine: the gateway, or an endpoint. Nobody else could pass for one of them. */
  readonly local?: boolean
  /** Of a TLS certificate; both where absent. */
  readonly purposes?: readonly ('clientAuth' | 'serverAuth')[]
}

export type Revocation = { readonly serial: string; readonly at: Date }

const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' }

const keyParameters: Readonly<Record<KeyAlgorithm, webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams>> = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]) },
  EdDSA: { name: 'Ed25519', namedCurve: 'Ed25519' },
}

/** Development machines only. */
const localNames: x509.JsonGeneralNames = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
]

const CRL_NUMBER = '2.5.29.20'

/** Makes a self-signed root. */
export async function makeRoot(subject: string, validity: Validity): Promise<Issuer> {
  const keys = await makeKeys('ES256')
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: subject,
    keys,
    serialNumber: makeSerial(),
    ...validity,
    signingAlgorithm: SIGNATURE,
    extensions: await authorityExtensions(keys.publicKey, keys.publicKey),
  })
  return { certificate, key: keys.privateKey, chain: [] }
}

/** Makes an intermediate below `parent` that signs leaves only (pathLength 0). */
export async function makeIntermediate(parent: Issuer, subject: string, validity: Validity): Promise<Issuer> {
  const keys = await makeKeys('ES256')
  const extensions = await authorityExtensions(keys.publicKey, await parent.certificate.publicKey.export(), 0)
  const certificate = await sign(parent, subject, validity, keys.publicKey, extensions)
  return { certificate, key: keys.privateKey, chain: [certificate, ...parent.chain] }
}

/** Makes a leaf with a key of its own: for TLS (as a client, and as a server where it is `local`) or for signing messages. */
export async function issue(issuer: Issuer, profile: Profile): Promise<Issued> {
  const { publicKey, privateKey } = await makeKeys(profile.algorithm ?? 'ES256')
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', privateKey)
  const key = `${x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag)}\n`
  return { ...(await certify(issuer, profile, publicKey)), key }
}

/**
 * Makes a leaf for the key of a request (PKCS#10, PEM), under the name that the authority knows, whatever the request says.
 * @throws where it is no request, or is not signed by its own key: whoever sent it does not have it
 */
export async function certifyRequest(issuer: Issuer, profile: Profile, pem: string): Promise<Omit<Issued, 'key'>> {
  const request = new x509.Pkcs10CertificateRequest(pem)
  if (!(await request.verify())) throw new Error('the request is not signed by its own key')
  return certify(issuer, profile, await request.publicKey.export())
}

async function certify(issuer: Issuer, profile: Profile, publicKey: webcrypto.CryptoKey): Promise<Omit<Issued, 'key'>> {
  const { digitalSignature, nonRepudiation } = x509.KeyUsageFlags
  const tls = profile.use === 'tls'
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(tls ? digitalSignature : digitalSignature | nonRepudiation, true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(await issuer.certificate.publicKey.export()),
  ]
  if (tls) {
    const { purposes = ['clientAuth', 'serverAuth'] } = profile
    extensions.push(new x509.ExtendedKeyUsageExtension(purposes.map((purpose) => x509.ExtendedKeyUsage[purpose])))
    if (profile.local === true) extensions.push(new x509.SubjectAlternativeNameExtension(localNames))
  }
  // RFC 3161, 2.3: critical, and nothing beside it.
  if (profile.use === 'time-stamping')
    extensions.push(new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.timeStamping], true))
  const certificate = await sign(issuer, profile.subject, profile.validity, publicKey, extensions)
  const pem = toPem(certificate)
  return { crt: [pem, ...issuer.chain.map(toPem)].join(''), pem, serial: certificate.serialNumber }
}

/** Gives an authority's key as PKCS#8 PEM. */
export async function keyOf({ key }: Issuer): Promise<string> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', key)
  return `${x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag)}\n`
}

/** Takes an intermediate's certificate and its key, both PEM; gives who signs with it. */
export async function readIssuer(crt: string, key: string): Promise<Issuer> {
  const certificate = new x509.X509Certificate(crt)
  const [pkcs8 = new ArrayBuffer()] = x509.PemConverter.decode(key)
  return {
    certificate,
    key: await crypto.subtle.importKey('pkcs8', pkcs8, keyParameters.ES256, false, ['sign']),
    chain: [certificate],
  }
}

/** Signs a CRL, as PEM. */
export async function makeCrl(
  issuer: Issuer,
  list: { number?: number; thisUpdate: Date; nextUpdate: Date; revoked: readonly Revocation[] },
): Promise<string> {
  const crl = await x509.X509CrlGenerator.create({
    issuer: issuer.certificate.subjectName,
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate,
    signingAlgorithm: SIGNATURE,
    signingKey: issuer.key,
    // A reason each: the generator writes an entry without one in a form that DER does not allow.
    entries: list.revoked.map(({ serial, at }) => ({
      serialNumber: serial,
      revocationDate: at,
      reason: x509.X509CrlReason.keyCompromise,
    })),
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(await issuer.certificate.publicKey.export()),
      ...(list.number === undefined ? [] : [new x509.Extension(CRL_NUMBER, false, derInteger(list.number))]),
    ],
  })
  // RFC 7468 section 6 names the block so; the library says «CRL», which OpenSSL does not read.
  return `${x509.PemConverter.encode(crl.rawData, 'X509 CRL')}\n`
}

export function toPem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`
}

async function authorityExtensions(own: webcrypto.CryptoKey, parent: webcrypto.CryptoKey, pathLength?: number) {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags
  return [
    new x509.BasicConstraintsExtension(true, pathLength, true),
    new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
    await x509.SubjectKeyIdentifierExtension.create(own),
    await x509.AuthorityKeyIdentifierExtension.create(parent),
  ]
}

function sign(
  issuer: Issuer,
  subject: string,
  validity: Validity,
  publicKey: webcrypto.CryptoKey,
  extensions: x509.Extension[],
): Promise<x509.X509Certificate> {
  return x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer.certificate.subjectName,
    serialNumber: makeSerial(),
    ...validity,
    publicKey,
    signingKey: issuer.key,
    signingAlgorithm: SIGNATURE,
    extensions,
  })
}

async function makeKeys(algorithm: KeyAlgorithm): Promise<webcrypto.CryptoKeyPair> {
  const keys = await crypto.subtle.generateKey(keyParameters[algorithm], true, ['sign', 'verify'])
  if (!('privateKey' in keys)) throw new Error('not a key pair')
  return keys
}

/** 127 random bits, positive and without a leading zero octet (RFC 5280 4.1.2.2). */
function makeSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

function derInteger(value: number): Uint8Array {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? `00${hex}` : `0${hex}`, 'hex')
  // A leading zero octet only where the next would make the number negative (X.690 8.3.2).
  const content = bytes[0] === 0 && (bytes[1] ?? 0x80) < 0x80 ? bytes.subarray(1) : bytes
  return Buffer.concat([Buffer.from([2, content.length]), content])
}
