/** CMS SignedData (RFC 5652, 5) by one signer, with signed attributes, as time-stamping authorities make it; strict DER. */
import { constants, createHash, verify } from 'node:crypto'
import { type Certificate, parseCertificate } from './certificate.ts'
import { childrenOf, elementAt, type Element, expectAt, hexOf, makeElement, notDer, tags } from './der.ts'
import { CertificateFault } from './der-blocks.ts'
import { readSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.ts'

/** What was signed, by what, and the certificates that came along. Object identifiers are their octets in hex. */
export type SignedData = {
  readonly contentType: string
  readonly content: Buffer
  readonly certificates: readonly Certificate[]
  /** SignerIdentifier, DER. */
  readonly signer: Buffer
  /** The one value of each signed attribute, DER. */
  readonly attributes: ReadonlyMap<string, Buffer>
  readonly digest: string
  readonly algorithm: SignatureAlgorithm
  /** Over these bytes. */
  readonly input: Buffer
  readonly signature: Buffer
}

const ids = {
  signedData: '2a864886f70d010702',
  contentType: '2a864886f70d010903',
  messageDigest: '2a864886f70d010904',
  rsaEncryption: '2a864886f70d010101',
} as const
const digests: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
}
/** More come along with nobody's signature. */
const MOST_CERTIFICATES = 10

/**
 * Reads a ContentInfo of SignedData. Its signature has not been verified.
 * @throws CertificateFault where it is none, or not of this form
 */
export function readSignedData(der: Buffer): SignedData {
  const outer = expectAt(der, tags.SEQUENCE, 0)
  if (outer.end !== der.length) throw notDer()
  const type = expectAt(der, tags.OID, outer.content, outer.end)
  if (hexOf(der, type) !== ids.signedData) throw new CertificateFault('is no signed data')
  const explicit = expectAt(der, tags.CONTEXT_0, type.end, outer.end)
  const [, digestAlgorithms, encapsulated, ...others] = childrenOf(
    der,
    expectAt(der, tags.SEQUENCE, explicit.content, explicit.end),
  )
  const signerInfos = others.at(-1)
  if (digestAlgorithms?.tag !== tags.SET || encapsulated?.tag !== tags.SEQUENCE || signerInfos?.tag !== tags.SET)
    throw notDer()
  const [signerInfo, ...more] = childrenOf(der, signerInfos)
  if (signerInfo?.tag !== tags.SEQUENCE || more.length > 0) throw new CertificateFault('is not by one signer')
  const certificates = others.find(({ tag }) => tag === tags.CONTEXT_0)
  return {
    ...readContent(der, encapsulated),
    certificates: certificates === undefined ? [] : readCertificates(der, certificates),
    ...readSigner(der, signerInfo),
  }
}

function readContent(der: Buffer, encapsulated: Element): Pick<SignedData, 'contentType' | 'content'> {
  const type = expectAt(der, tags.OID, encapsulated.content, encapsulated.end)
  const explicit = expectAt(der, tags.CONTEXT_0, type.end, encapsulated.end)
  const octets = expectAt(der, tags.OCTET_STRING, explicit.content, explicit.end)
  return { contentType: hexOf(der, type), content: der.subarray(octets.content, octets.end) }
}

function readCertificates(der: Buffer, set: Element): readonly Certificate[] {
  const elements = childrenOf(der, set).filter(({ tag }) => tag === tags.SEQUENCE)
  if (elements.length > MOST_CERTIFICATES) throw new CertificateFault('has too many certificates')
  return elements.map(({ at, end }) => parseCertificate(der.subarray(at, end)))
}

type OfSigner = Pick<SignedData, 'signer' | 'attributes' | 'digest' | 'algorithm' | 'input' | 'signature'>

function readSigner(der: Buffer, info: Element): OfSigner {
  const [, signer, digestAlgorithm, signed, algorithm, signature] = childrenOf(der, info)
  if (
    signer === undefined ||
    digestAlgorithm?.tag !== tags.SEQUENCE ||
    signed?.tag !== tags.CONTEXT_0 ||
    algorithm?.tag !== tags.SEQUENCE ||
    signature?.tag !== tags.OCTET_STRING
  )
    throw new CertificateFault('has no signed attributes')
  const digest = digests[nameOf(der, digestAlgorithm)]
  if (digest === undefined) throw new CertificateFault('is over a hash that proves nothing')
  return {
    signer: der.subarray(signer.at, signer.end),
    attributes: readAttributes(der, signed),
    digest,
    // PKCS #1 v1.5 over the digest that is named beside it (RFC 3370, 3.2).
    algorithm: nameOf(der, algorithm) === ids.rsaEncryption ? { digest } : readSignatureAlgorithm(der, algorithm),
    // Signed as the SET that they are, and not under the tag that they have here (RFC 5652, 5.4).
    input: makeElement(tags.SET, der.subarray(signed.content, signed.end)),
    signature: der.subarray(signature.content, signature.end),
  }
}

const nameOf = (der: Buffer, identifier: Element): string =>
  hexOf(der, expectAt(der, tags.OID, identifier.content, identifier.end))

function readAttributes(der: Buffer, signed: Element): ReadonlyMap<string, Buffer> {
  const attributes = new Map<string, Buffer>()
  for (const attribute of childrenOf(der, signed)) {
    if (attribute.tag !== tags.SEQUENCE) throw notDer()
    const type = expectAt(der, tags.OID, attribute.content, attribute.end)
    const value = elementAt(der, expectAt(der, tags.SET, type.end, attribute.end).content, attribute.end)
    const name = hexOf(der, type)
    if (attributes.has(name) || value.end !== attribute.end) throw new CertificateFault('has an attribute twice')
    attributes.set(name, der.subarray(value.at, value.end))
  }
  return attributes
}

/** Whether a certificate's key has signed it: the attributes, and by them the type and the digest of the content (RFC 5652, 5.6). */
export function isSignedBy(signed: SignedData, { publicKey }: Pick<Certificate, 'publicKey'>): boolean {
  const { contentType, content, attributes, digest, algorithm, input, signature } = signed
  const type = makeElement(tags.OID, Buffer.from(contentType, 'hex'))
  const hash = makeElement(tags.OCTET_STRING, createHash(digest).update(content).digest())
  if (attributes.get(ids.contentType)?.equals(type) !== true) return false
  if (attributes.get(ids.messageDigest)?.equals(hash) !== true) return false
  const padding = algorithm.pss && publicKey.asymmetricKeyType === 'rsa' ? constants.RSA_PKCS1_PSS_PADDING : undefined
  try {
    return verify(algorithm.digest, input, { key: publicKey, ...(padding !== undefined && { padding }) }, signature)
  } catch {
    // OpenSSL reports some signatures that cannot be as errors.
    return false
  }
}
