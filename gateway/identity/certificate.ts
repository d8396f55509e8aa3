/** X.509 certificates and revocation lists (RFC 5280), read once into plain records. Sole user of @peculiar/x509. */
import 'reflect-metadata'
import { constants, createHash, type KeyObject, verify, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import type { KeyKind } from '../protocol/protocol.ts'

export type Certificate = {
  readonly der: Buffer
  readonly pem: string
  /** base64url SHA-256 of the DER, as in `x5t#S256`. */
  readonly thumbprint: string
  readonly publicKey: KeyObject
  /** base64url SHA-256 of the SubjectPublicKeyInfo. */
  readonly keyThumbprint: string
  readonly kind: KeyKind
  readonly rsaBits?: number
  readonly notBefore: Date
  readonly notAfter: Date
  readonly subject: string
  readonly issuer: string
  /** Lower-case hex without leading zeros. */
  readonly serial: string
  /** Whether it may sign certificates: basicConstraints and, where present, keyUsage (RFC 5280 4.2.1.9, 4.2.1.3). */
  readonly isAuthority: boolean
  readonly pathLength?: number
  readonly maySignCrls: boolean
  /** Whether it may sign messages: digitalSignature or nonRepudiation, where keyUsage is present. */
  readonly maySign: boolean
  readonly selfSigned: boolean
  /** False where a critical extension is not understood: then it counts for nothing (RFC 5280 4.2). */
  readonly understood: boolean
  readonly x509: X509Certificate
}

export type Crl = {
  readonly der: Buffer
  readonly pem: string
  /** `sha-256:<base64url>` of the DER, as receipts name it. */
  readonly digest: string
  readonly issuer: string
  readonly number?: bigint
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** Serial (as in Certificate) → since when. */
  readonly revoked: ReadonlyMap<string, Date>
  readonly signature: { readonly digest: string | null; readonly pss: boolean; readonly value: Buffer }
}

/** A certificate or a CRL that cannot be used as one; the message is for operators and quotes nothing. */
export class CertificateFault extends Error {
  override readonly name = 'CertificateFault'
}

const MIN_RSA_BITS = 2048
const MAX_RECENT = 2000

/** Section 3's algorithms, by the names OpenSSL has for their curves. */
const curves: Readonly<Record<string, 'P-256' | 'P-384'>> = { prime256v1: 'P-256', secp384r1: 'P-384' }

/**
 * Critical extensions that may be passed over or are acted on here: basicConstraints, keyUsage, extKeyUsage, subjectAltName,
 * and the four about policies, which ask nothing of whoever asks for no policy. nameConstraints is not among them: nothing here applies it.
 */
const understood: ReadonlySet<string> = new Set([
  '2.5.29.19',
  '2.5.29.15',
  '2.5.29.37',
  '2.5.29.17',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.36',
  '2.5.29.54',
])

const CRL_NUMBER = '2.5.29.20'

/** DER tags. */
const INTEGER = 0x02
const BIT_STRING = 0x03
const SEQUENCE = 0x30

/**
 * Reads one certificate: the first block of a PEM text, or a DER with nothing after it.
 * @throws CertificateFault
 */
export function parseCertificate(source: string | Buffer): Certificate {
  const [der] = derBlocks(source, 'CERTIFICATE')
  if (!der) throw new CertificateFault('holds no certificate')
  return recall(der)
}

/**
 * Reads every certificate of a PEM text, in its order, or the one of a DER; none is no fault.
 * @throws CertificateFault where one of them cannot be read
 */
export function parseCertificates(source: string | Buffer): readonly Certificate[] {
  return derBlocks(source, 'CERTIFICATE').map(recall)
}

/**
 * Reads every CRL of a PEM text, or the one of a DER. One without nextUpdate (RFC 5280 5.1.2.5) or with a critical extension (a
 * delta CRL, a CRL for a part of the certificates only) is refused: it can't say that a certificate is not revoked.
 * @throws CertificateFault where one of them cannot be read
 */
export function parseCrls(source: string | Buffer): readonly Crl[] {
  return derBlocks(source, 'X509 CRL').map((der) => readOrFault('CRL', () => readCrl(der)))
}

/**
 * Reads one CRL, the first of a PEM text or a DER.
 * @throws CertificateFault
 */
export function parseCrl(source: string | Buffer): Crl {
  const [crl] = parseCrls(source)
  if (!crl) throw new CertificateFault('holds no CRL')
  return crl
}

/** Whether the key is strong enough to count: RSA of at least 2048 bits, or a curve of protocol section 3. */
export function isStrong(certificate: Certificate): boolean {
  if (certificate.kind === 'RSA') return (certificate.rsaBits ?? 0) >= MIN_RSA_BITS
  return certificate.kind !== 'other'
}

/** Whether `issuer` signed `certificate`: names, key identifiers, keyUsage, basicConstraints and the signature; SHA-1 and MD5 prove nothing. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!issuer.isAuthority || !certificate.x509.checkIssued(issuer.x509)) return false
  if (/sha1|md[245]/i.test(certificate.x509.signatureAlgorithm ?? '')) return false
  return certificate.x509.verify(issuer.publicKey)
}

/** Whether the CRL bears the name and the signature of `issuer`, and that one may sign CRLs. */
export function isCrlOf(crl: Crl, issuer: Certificate): boolean {
  if (crl.issuer !== issuer.subject || !issuer.maySignCrls) return false
  const { digest, pss, value } = crl.signature
  const padding = pss ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {}
  return verify(digest, signedPart(crl.der), { key: issuer.publicKey, ...padding }, value)
}

/** Reading one takes a millisecond and the same few come with every message, so those asked for last are kept; they never change. */
const recent = new Map<string, Certificate>()

function recall(der: Buffer): Certificate {
  const thumbprint = sha256(der)
  const certificate = recent.get(thumbprint) ?? readOrFault('certificate', () => readCertificate(der))
  recent.delete(thumbprint)
  const [oldest] = recent.size >= MAX_RECENT ? recent.keys() : []
  if (oldest) recent.delete(oldest)
  recent.set(thumbprint, certificate)
  return certificate
}

function readCertificate(der: Buffer): Certificate {
  const parsed = new X509Certificate(der)
  if (!parsed.raw.equals(der)) throw new CertificateFault('has bytes after the certificate')
  const fields = new x509.X509Certificate(der)
  const constraints = fields.getExtension(x509.BasicConstraintsExtension)
  const usage = fields.getExtension(x509.KeyUsagesExtension)?.usages
  const may = (...flags: x509.KeyUsageFlags[]): boolean =>
    usage === undefined || flags.some((flag) => (usage & flag) !== 0)
  const { publicKey } = parsed
  const rsaBits = publicKey.asymmetricKeyType === 'rsa' ? publicKey.asymmetricKeyDetails?.modulusLength : undefined
  return {
    der,
    pem: toPem(der, 'CERTIFICATE'),
    thumbprint: sha256(der),
    publicKey,
    keyThumbprint: sha256(publicKey.export({ type: 'spki', format: 'der' })),
    kind: kindOf(publicKey),
    ...(rsaBits === undefined ? {} : { rsaBits }),
    notBefore: parsed.validFromDate,
    notAfter: parsed.validToDate,
    subject: fields.subject,
    issuer: fields.issuer,
    serial: normalizeSerial(fields.serialNumber),
    isAuthority: constraints?.ca === true && may(x509.KeyUsageFlags.keyCertSign),
    ...(constraints?.pathLength === undefined ? {} : { pathLength: constraints.pathLength }),
    maySignCrls: may(x509.KeyUsageFlags.cRLSign),
    maySign: may(x509.KeyUsageFlags.digitalSignature, x509.KeyUsageFlags.nonRepudiation),
    selfSigned: fields.subject === fields.issuer && parsed.verify(publicKey),
    understood: fields.extensions.every((extension) => !extension.critical || understood.has(extension.type)),
    x509: parsed,
  }
}

function readCrl(der: Buffer): Crl {
  const parsed = new x509.X509Crl(der)
  if (!isWhollySigned(der)) throw new CertificateFault('is not wholly signed')
  const { nextUpdate } = parsed
  // Without nextUpdate the parser also loses the list of what is revoked.
  if (!nextUpdate) throw new CertificateFault('names no next update')
  const critical = (extension: x509.Extension) => extension.critical
  if (parsed.extensions.some(critical) || parsed.entries.some((entry) => entry.extensions.some(critical))) {
    throw new CertificateFault('has a critical extension')
  }
  const number = parsed.getExtension(CRL_NUMBER)
  const { name, hash }: { name?: string; hash?: { name: string } } = parsed.signatureAlgorithm
  if (hash?.name === 'SHA-1') throw new CertificateFault('is signed over SHA-1')
  return {
    der,
    pem: toPem(der, 'X509 CRL'),
    digest: `sha-256:${sha256(der)}`,
    issuer: parsed.issuer,
    ...(number ? { number: readInteger(Buffer.from(number.value)) } : {}),
    thisUpdate: parsed.thisUpdate,
    nextUpdate,
    revoked: new Map(parsed.entries.map((entry) => [normalizeSerial(entry.serialNumber), entry.revocationDate])),
    signature: { digest: hash?.name ?? null, pss: name === 'RSA-PSS', value: Buffer.from(parsed.signature) },
  }
}

function kindOf(key: KeyObject): Certificate['kind'] {
  if (key.asymmetricKeyType === 'ec') return curves[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'other'
  if (key.asymmetricKeyType === 'ed25519') return 'Ed25519'
  return key.asymmetricKeyType === 'rsa' ? 'RSA' : 'other'
}

/** A CRL number is a DER INTEGER of at most 20 octets (RFC 5280 5.2.3). */
function readInteger(der: Buffer): bigint {
  const length = der[1] ?? 0
  if (der[0] !== INTEGER || length < 1 || length > 20 || der.length !== length + 2 || (der[2] ?? 0) > 0x7f) {
    throw new CertificateFault('has no proper CRL number')
  }
  return BigInt(`0x${der.subarray(2).toString('hex')}`)
}

function normalizeSerial(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, '')
}

/** What the issuer signs: the first element inside the outer SEQUENCE (RFC 5280 5.1.1.1), in the very bytes that came. */
function signedPart(der: Buffer): Buffer {
  const outer = elementAt(der, 0)
  return der.subarray(outer.content, elementAt(der, outer.content).end)
}

/**
 * Whether nothing of a CRL lies outside what its signature covers: the algorithm is the signed one (RFC 5280 5.1.1.2), the signature
 * is of whole octets and ends the file. Else one list would have many digests.
 */
function isWhollySigned(der: Buffer): boolean {
  const outer = elementAt(der, 0)
  const tbs = elementAt(der, outer.content)
  const algorithm = elementAt(der, tbs.end)
  const signature = elementAt(der, algorithm.end)
  const inner = der[tbs.content] === INTEGER ? elementAt(der, tbs.content).end : tbs.content
  const sameAlgorithm = der.subarray(tbs.end, algorithm.end).equals(der.subarray(inner, elementAt(der, inner).end))
  return (
    der[0] === SEQUENCE &&
    sameAlgorithm &&
    der[algorithm.end] === BIT_STRING &&
    der[signature.content] === 0 &&
    signature.end === outer.end &&
    outer.end === der.length
  )
}

/** Where a DER element's content begins and where it ends (X.690 8.1.3). */
function elementAt(der: Buffer, at: number): { content: number; end: number } {
  const first = der.readUInt8(at + 1)
  const octets = first < 0x80 ? 0 : first - 0x80
  const content = at + 2 + octets
  return { content, end: content + (octets === 0 ? first : der.readUIntBE(at + 2, octets)) }
}

function derBlocks(source: string | Buffer, label: string): Buffer[] {
  if (typeof source === 'string') return pemBlocks(source, label)
  return source.includes('-----BEGIN ') ? pemBlocks(source.toString('latin1'), label) : [source]
}

/** Splits rather than matches: a pattern would take quadratic time over a text of many openings and no end. */
function pemBlocks(text: string, label: string): Buffer[] {
  const [, ...parts] = text.split(`-----BEGIN ${label}-----`)
  return parts.map((part) => {
    const end = part.indexOf(`-----END ${label}-----`)
    const base64 = part.slice(0, Math.max(end, 0)).replaceAll(/\s/g, '')
    if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new CertificateFault('has a broken PEM block')
    return Buffer.from(base64, 'base64')
  })
}

function toPem(der: Buffer, label: string): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url')
}

/** The parsers throw errors of their own that may quote what they read; none of that leaves this file. */
function readOrFault<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof CertificateFault) throw error
    throw new CertificateFault(`is no readable ${what}`)
  }
}
