/** Certificate revocation lists (RFC 5280 5) as evidence needs them. */
import { base64url } from 'jose'
import { type Bytes, isEqual } from './bytes.ts'
import { type Certificate, readPem } from './certificate.ts'
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
import { sha256, type Verify } from './public-key.ts'

export type Crl = {
  readonly der: Bytes
  /** `sha-256:<base64url>` of the DER, as a receipt names it (protocol section 6). */
  readonly digest: string
  /** The issuer's name in DER. */
  readonly issuerDer: Bytes
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  readonly entries: Der | undefined
  readonly signed: Bytes
  readonly algorithm: SignatureAlgorithm
  readonly signature: Bytes
}

/** Takes a list in PEM; gives it read. Throws DerFault where it is none, or one that cannot say that a certificate is good. */
export async function readCrl(pem: string): Promise<Crl> {
  const der = readPem(pem, 'X509 CRL')
  const outer = derAt(der, 0, der.length, tag.sequence)
  const [tbs, algorithm, value] = derChildren(der, outer)
  if (outer.end !== der.length || tbs?.tag !== tag.sequence || algorithm === undefined || value?.tag !== tag.bitString)
    throw new DerFault('is no list')
  const known = signatureAlgorithm(der, algorithm)
  const all = derChildren(der, tbs)
  const [inner, issuer, thisUpdate, nextUpdate, ...more] = all[0]?.tag === tag.integer ? all.slice(1) : all
  if (inner === undefined || issuer?.tag !== tag.sequence || thisUpdate === undefined || nextUpdate === undefined)
    throw new DerFault('is no list')
  if (known === undefined || !isEqual(derBytes(der, inner), derBytes(der, algorithm)))
    throw new DerFault('is signed by nothing that proves anything')
  const extensions = more.find(({ tag: kind }) => kind === tag.context0)
  if (extensions) refuseCritical(der, extensions)
  return {
    der,
    digest: `sha-256:${base64url.encode(await sha256(der))}`,
    issuerDer: derBytes(der, issuer),
    thisUpdate: derTime(der, thisUpdate),
    nextUpdate: derTime(der, nextUpdate),
    entries: more.find(({ tag: kind }) => kind === tag.sequence),
    signed: derBytes(der, tbs),
    algorithm: known,
    signature: der.slice(value.content + 1, value.end),
  }
}

/** A list for a part of the certificates, or of changes only, says so in a critical extension (RFC 5280 5.2.4, 5.2.5). */
function refuseCritical(der: Bytes, wrapper: Der): void {
  for (const extension of derChildren(der, derAt(der, wrapper.content, wrapper.end, tag.sequence))) {
    const second = derChildren(der, extension)[1]
    if (second?.tag === tag.boolean && der[second.content] !== 0) throw new DerFault('has a critical extension')
  }
}

/** Whether the list bears the name of an authority, by the certificate that this one has. */
export const isNamedBy = (crl: Crl, issuer: Certificate): boolean => isEqual(crl.issuerDer, issuer.subjectDer)

/** Whether an authority has signed the list, and may. */
export async function isSignedBy(
  { signed, signature, algorithm }: Crl,
  { publicKey, maySignLists }: Certificate,
  verify: Verify,
): Promise<boolean> {
  return maySignLists && (await verify({ ...algorithm, isDer: true }, publicKey, signed, signature))
}

/** Takes a serial number in lower-case hex; gives since when the list revokes it, or undefined where it does not. */
export function revokedSince({ der, entries }: Crl, serial: string): Date | undefined {
  if (entries === undefined) return undefined
  for (let at = entries.content; at < entries.end; ) {
    const entry = derAt(der, at, entries.end, tag.sequence)
    const number = derAt(der, entry.content, entry.end, tag.integer)
    if (derHex(der, number).endsWith(serial) && derNumber(der, number) === serial)
      return derTime(der, derAt(der, number.end, entry.end))
    at = entry.end
  }
  return undefined
}
