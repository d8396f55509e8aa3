/** X.509 certificates (RFC 5280), read once into plain records. Sole user of @peculiar/x509. */
import 'reflect-metadata'
import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { createRecent } from '../base/base.ts'
import type { KeyKind } from '../protocol/protocol.ts'
import { childrenOf, type Element, expectAt, notDer, tags } from './der.ts'
import { canonicalName } from './name.ts'
import { CertificateFault, derBlocks, toPem } from './der-blocks.ts'
import { readSignatureAlgorithm } from './signature-algorithm.ts'

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
  /** Both names in the form in which they are compared (RFC 5280 7.1). */
  readonly subjectName: string
  readonly issuerName: string
  /** Lower-case hex without leading zeros. */
  readonly serial: string
  /** Whether it may sign certificates: basicConstraints and, where present, keyUsage (RFC 5280 4.2.1.9, 4.2.1.3). */
  readonly isAuthority: boolean
  readonly pathLength?: number
  readonly maySignCrls: boolean
  /** Whether it may sign messages: digitalSignature or nonRepudiation, where keyUsage is present. */
  readonly maySign: boolean
  /** Whether a client may show it in TLS: clientAuth and digitalSignature, where it says for what it is (RFC 5280 4.2.1.3, 4.2.1.12). */
  readonly mayTalk: boolean
  /** Whether it may sign time stamps: it says so, critically, and nothing else (RFC 3161, 2.3). */
  readonly mayStamp: boolean
  readonly selfSigned: boolean
  /** False where its signature is by an algorithm that proves nothing: SHA-1 and older. */
  readonly wellSigned: boolean
  /** False where a critical extension is not understood: then it counts for nothing (RFC 5280 4.2). */
  readonly understood: boolean
  readonly x509: X509Certificate
}

const MIN_RSA_BITS = 2048
/** Checking a signature by RSA-16384 takes 4 ms, forty times as long as by this. */
const MAX_RSA_BITS = 4096
const LEAST_RECENT = 1000

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

/** What a client's certificate may be for: TLS clients, or anything. */
const client: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.3.2', '2.5.29.37.0'])
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'

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

/** Whether the key is strong enough to count: RSA of at least 2048 bits, or a curve of protocol section 3. */
export function isStrong(certificate: Certificate): boolean {
  if (certificate.kind === 'RSA') return (certificate.rsaBits ?? 0) >= MIN_RSA_BITS
  return certificate.kind !== 'other'
}

/** Whether checking a signature by its key takes so long that nobody is let in with it. */
export function isHeavy({ publicKey }: Pick<Certificate, 'publicKey'>): boolean {
  return (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) > MAX_RSA_BITS
}

/** @throws CertificateFault for a key of more bits than what is pinned or trusted may have */
export function refuseHeavy(certificates: readonly Certificate[]): void {
  if (certificates.some(isHeavy)) throw new CertificateFault(`has a key of more than ${MAX_RSA_BITS} bits`)
}

/** Of what authorities sign with, beside RSA of 2048 to 4096 bits: RFC 5480 and RFC 5639 curves of 256 bits and more, EdDSA, ML-DSA. */
const authorityKeys: ReadonlySet<string> = new Set([
  'prime256v1',
  'secp384r1',
  'secp521r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
  'ed25519',
  'ed448',
  'ml-dsa-44',
  'ml-dsa-65',
  'ml-dsa-87',
])

/** Whether an authority's key is strong enough for its signatures to count. */
export function mayVouch(authority: Certificate): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = authority.publicKey
  if (type === 'rsa' || type === 'rsa-pss') return (details?.modulusLength ?? 0) >= MIN_RSA_BITS && !isHeavy(authority)
  return authorityKeys.has((type === 'ec' ? details?.namedCurve : type) ?? '')
}

/**
 * Whether `issuer` signed `certificate`: names, keyUsage, basicConstraints and the signature; SHA-1 and MD5 prove nothing. Key
 * identifiers are no condition: they only help to find it (RFC 5280 4.2.1.1).
 */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!issuer.isAuthority || certificate.issuerName !== issuer.subjectName || !certificate.wellSigned) return false
  return mayVouch(issuer) && certificate.x509.verify(issuer.publicKey)
}

/** Reading one takes a millisecond and the same few come with every message, so those asked for last are kept; they never change. */
const recent = createRecent<Certificate>(LEAST_RECENT)

function recall(der: Buffer): Certificate {
  const thumbprint = sha256(der)
  const certificate = recent.get(thumbprint) ?? readOrFault('certificate', () => readCertificate(der, thumbprint))
  recent.set(thumbprint, certificate)
  return certificate
}

function readCertificate(der: Buffer, thumbprint: string): Certificate {
  const parsed = new X509Certificate(der)
  if (!parsed.raw.equals(der)) throw new CertificateFault('has bytes after the certificate')
  const fields = new x509.X509Certificate(der)
  const constraints = fields.getExtension(x509.BasicConstraintsExtension)
  const usage = fields.getExtension(x509.KeyUsagesExtension)?.usages
  const may = (...flags: x509.KeyUsageFlags[]): boolean =>
    usage === undefined || flags.some((flag) => (usage & flag) !== 0)
  const { publicKey } = parsed
  const extended = fields.getExtension(x509.ExtendedKeyUsageExtension)
  const purposes = extended?.usages
  const maySign = may(x509.KeyUsageFlags.digitalSignature, x509.KeyUsageFlags.nonRepudiation)
  const names = readNames(der)
  const rsaBits = publicKey.asymmetricKeyType === 'rsa' ? publicKey.asymmetricKeyDetails?.modulusLength : undefined
  return {
    der,
    pem: toPem(der, 'CERTIFICATE'),
    thumbprint,
    publicKey,
    keyThumbprint: sha256(publicKey.export({ type: 'spki', format: 'der' })),
    kind: kindOf(publicKey),
    ...(rsaBits === undefined ? {} : { rsaBits }),
    notBefore: parsed.validFromDate,
    notAfter: parsed.validToDate,
    subject: fields.subject,
    issuer: fields.issuer,
    ...names,
    serial: normalizeSerial(fields.serialNumber),
    isAuthority: constraints?.ca === true && may(x509.KeyUsageFlags.keyCertSign),
    ...(constraints?.pathLength === undefined ? {} : { pathLength: constraints.pathLength }),
    maySignCrls: may(x509.KeyUsageFlags.cRLSign),
    maySign,
    mayTalk:
      may(x509.KeyUsageFlags.digitalSignature) &&
      (purposes === undefined || purposes.some((use) => client.has(String(use)))),
    mayStamp: maySign && extended?.critical === true && String(purposes) === TIME_STAMPING,
    selfSigned: names.subjectName === names.issuerName && !isHeavy({ publicKey }) && parsed.verify(publicKey),
    understood: fields.extensions.every((extension) => !extension.critical || understood.has(extension.type)),
    x509: parsed,
  }
}

/** Subject and issuer as they are compared, and whether the signature can prove anything (RFC 5280 4.1). */
function readNames(der: Buffer): Pick<Certificate, 'subjectName' | 'issuerName' | 'wellSigned'> {
  const outer = expectAt(der, tags.SEQUENCE, 0)
  const tbs = expectAt(der, tags.SEQUENCE, outer.content, outer.end)
  const fields = childrenOf(der, tbs)
  // The version is the one that may be absent.
  const [, algorithm, issuer, , subject] = fields[0]?.tag === tags.CONTEXT_0 ? fields.slice(1) : fields
  if (algorithm?.tag !== tags.SEQUENCE || issuer?.tag !== tags.SEQUENCE || subject?.tag !== tags.SEQUENCE)
    throw notDer()
  return {
    subjectName: canonicalName(der, subject),
    issuerName: canonicalName(der, issuer),
    wellSigned: provesSomething(der, algorithm),
  }
}

function provesSomething(der: Buffer, algorithm: Element): boolean {
  try {
    readSignatureAlgorithm(der, algorithm)
    return true
  } catch {
    return false
  }
}

function kindOf(key: KeyObject): Certificate['kind'] {
  if (key.asymmetricKeyType === 'ec') return curves[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'other'
  if (key.asymmetricKeyType === 'ed25519') return 'Ed25519'
  return key.asymmetricKeyType === 'rsa' ? 'RSA' : 'other'
}

function normalizeSerial(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, '')
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
