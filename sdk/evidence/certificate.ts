/** Certificates (RFC 5280) as evidence needs them: who they name, whom they may vouch for, when they hold. */
import { base64url } from 'jose'
import { type Bytes, isEqual, ofBase64 } from './bytes.ts'
import {
  type Der,
  derAt,
  derBytes,
  derChildren,
  DerFault,
  derHex,
  derNumber,
  derTime,
  type SignatureAlgorithm,
  signatureAlgorithm,
  tag,
} from './der.ts'
import { readName } from './name.ts'
import { type PublicKey, readPublicKey, sha256 } from './public-key.ts'

export type Certificate = {
  /** base64url SHA-256 of the DER, as in `x5t#S256`. */
  readonly thumbprint: string
  readonly publicKey: PublicKey
  readonly notBefore: Date
  readonly notAfter: Date
  /** Lower-case hex without leading zeros. */
  readonly serial: string
  /** As people read them. */
  readonly subject: string
  readonly issuer: string
  readonly commonName: string
  /** The issuer's name in DER, as a revocation list repeats it. */
  readonly subjectDer: Bytes
  readonly maySign: boolean
  readonly maySignCertificates: boolean
  readonly maySignLists: boolean
  readonly pathLength: number
  /** False where an extension that is critical is not understood here: then it counts for nothing (RFC 5280 4.2). */
  readonly isUnderstood: boolean
  /** What its issuer signed, and how; undefined where that is an algorithm that proves nothing. */
  readonly signed: Bytes
  readonly algorithm: SignatureAlgorithm | undefined
  readonly signature: Bytes
}

const BASIC_CONSTRAINTS = '551d13'
const KEY_USAGE = '551d0f'
/** basicConstraints, keyUsage, subjectAltName, extKeyUsage, and those about policies, which bind only who asks for one. */
const understood: ReadonlySet<string> = new Set([
  BASIC_CONSTRAINTS,
  KEY_USAGE,
  '551d11',
  '551d25',
  '551d20',
  '551d21',
  '551d24',
  '551d36',
])
/** Bits of keyUsage (RFC 5280 4.2.1.3), counted from the first. */
const usages = { digitalSignature: 0, nonRepudiation: 1, keyCertSign: 5, crlSign: 6 }
const LARGEST_DER = 16_384

/** Takes PEM with exactly one block of a label; gives its DER. Throws DerFault. */
export function readPem(pem: string, label: string): Bytes {
  const lines = pem.trim().split(/\r?\n/)
  const base64 = lines.slice(1, -1).join('')
  const der = ofBase64(base64)
  const isFramed = lines[0] === `-----BEGIN ${label}-----` && lines.at(-1) === `-----END ${label}-----`
  if (!isFramed || der === undefined || der.length === 0) throw new DerFault(`is no ${label} in PEM`)
  return der
}

/** Takes a certificate in PEM; gives it read. Throws DerFault where it is none. */
export async function readCertificate(pem: string): Promise<Certificate> {
  const der = readPem(pem, 'CERTIFICATE')
  if (der.length > LARGEST_DER) throw new DerFault('is too large')
  const outer = derAt(der, 0, der.length, tag.sequence)
  if (outer.end !== der.length) throw new DerFault('has bytes after it')
  const [tbs, algorithm, value, ...more] = derChildren(der, outer)
  if (tbs === undefined || algorithm === undefined || value?.tag !== tag.bitString || more.length > 0)
    throw new DerFault('is no certificate')
  const all = derChildren(der, tbs)
  const fields = all[0]?.tag === tag.context0 ? all.slice(1) : all
  const [serial, inner, issuer, validity, subject, spki] = fields
  if (serial?.tag !== tag.integer || inner === undefined || spki?.tag !== tag.sequence)
    throw new DerFault('is no certificate')
  if (issuer?.tag !== tag.sequence || validity?.tag !== tag.sequence || subject?.tag !== tag.sequence)
    throw new DerFault('is no certificate')
  const [notBefore, notAfter] = derChildren(der, validity)
  if (notBefore === undefined || notAfter === undefined) throw new DerFault('has no validity')
  const named = readName(der, subject)
  const extensions = readExtensions(
    der,
    fields.find(({ tag: kind }) => kind === tag.context3),
  )
  const constraints = readConstraints(der, extensions.get(BASIC_CONSTRAINTS)?.value)
  const usage = extensions.get(KEY_USAGE)
  const may = (...bits: readonly number[]) => usage === undefined || bits.some((bit) => hasBit(der, usage.value, bit))
  return {
    thumbprint: base64url.encode(await sha256(der)),
    publicKey: readPublicKey(derBytes(der, spki)),
    notBefore: derTime(der, notBefore),
    notAfter: derTime(der, notAfter),
    serial: derNumber(der, serial),
    subject: named.line,
    issuer: readName(der, issuer).line,
    commonName: named.commonName,
    subjectDer: derBytes(der, subject),
    maySign: may(usages.digitalSignature, usages.nonRepudiation),
    maySignCertificates: constraints.isAuthority && may(usages.keyCertSign),
    maySignLists: may(usages.crlSign),
    pathLength: constraints.pathLength,
    isUnderstood: [...extensions].every(([oid, { isCritical }]) => !isCritical || understood.has(oid)),
    signed: derBytes(der, tbs),
    algorithm: isEqual(derBytes(der, algorithm), derBytes(der, inner)) ? signatureAlgorithm(der, algorithm) : undefined,
    signature: der.slice(value.content + 1, value.end),
  }
}

type Extension = { readonly isCritical: boolean; readonly value: Der }

function readExtensions(der: Bytes, wrapper: Der | undefined): ReadonlyMap<string, Extension> {
  if (wrapper === undefined) return new Map()
  const list = derAt(der, wrapper.content, wrapper.end, tag.sequence)
  return new Map(
    derChildren(der, list).map((extension) => {
      const [oid, second, third] = derChildren(der, extension)
      const value = second?.tag === tag.boolean ? third : second
      if (oid?.tag !== tag.oid || value?.tag !== tag.octetString) throw new DerFault('has a broken extension')
      return [derHex(der, oid), { isCritical: second?.tag === tag.boolean && der[second.content] !== 0, value }]
    }),
  )
}

/** BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL } */
function readConstraints(der: Bytes, value: Der | undefined) {
  if (value === undefined) return { isAuthority: false, pathLength: 0 }
  const [authority, length] = derChildren(der, derAt(der, value.content, value.end, tag.sequence))
  const isAuthority = authority?.tag === tag.boolean && der[authority.content] !== 0
  const pathLength = length?.tag === tag.integer ? Number(`0x${derHex(der, length)}`) : Number.POSITIVE_INFINITY
  return { isAuthority, pathLength }
}

function hasBit(der: Bytes, value: Der, bit: number): boolean {
  const bits = derAt(der, value.content, value.end, tag.bitString)
  const at = bits.content + 1 + Math.floor(bit / 8)
  return at < bits.end && ((der[at] ?? 0) & (0x80 >> (bit % 8))) !== 0
}

/** Whether the key of a party or of the gateway may sign anything that counts (protocol sections 1 and 3). */
export function isStrong({ publicKey }: Certificate): boolean {
  if (publicKey.kind === 'rsa') return publicKey.bits >= 2048 && publicKey.bits <= 4096
  return publicKey.kind === 'P-256' || publicKey.kind === 'P-384' || publicKey.kind === 'Ed25519'
}

/** Whether two names are one: case and runs of spaces make no difference (RFC 5280 7.1). */
export const isSameName = (one: string, other: string): boolean => fold(one) === fold(other)
const fold = (name: string): string => name.toLowerCase().replaceAll(/ +/g, ' ')
