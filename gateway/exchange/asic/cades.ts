import { createHash } from 'node:crypto'
import { derTags as tags, issuerAndSerial, makeElement, signingCertificateV2 } from '../../identity/identity.ts'
import type { Algorithm } from '../../protocol/protocol.ts'
import type { Signing } from './signing.ts'

const sequence = (...contents: Buffer[]): Buffer => makeElement(tags.SEQUENCE, ...contents)
/** A SET OF in DER stands in the order of its elements' octets (X.690, 11.6). */
const inOrder = (elements: readonly Buffer[]): readonly Buffer[] => elements.toSorted((a, b) => Buffer.compare(a, b))
const setOf = (...elements: Buffer[]): Buffer => makeElement(tags.SET, ...inOrder(elements))
const oid = (hex: string): Buffer => makeElement(tags.OID, Buffer.from(hex, 'hex'))
const integer = (value: number): Buffer => makeElement(tags.INTEGER, Buffer.of(value))
const tagged = (number: number, ...contents: readonly Buffer[]): Buffer => makeElement(0xa0 + number, ...contents)

/** Object identifiers, as the octets that DER has for them. */
const ids = {
  data: oid('2a864886f70d010701'),
  signedData: oid('2a864886f70d010702'),
  contentType: oid('2a864886f70d010903'),
  messageDigest: oid('2a864886f70d010904'),
  signingTime: oid('2a864886f70d010905'),
  signingCertificateV2: oid('2a864886f70d010910022f'),
  ecdsaWithSha256: oid('2a8648ce3d040302'),
  ecdsaWithSha384: oid('2a8648ce3d040303'),
  rsassaPss: oid('2a864886f70d01010a'),
  mgf1: oid('2a864886f70d010108'),
  ed25519: oid('2b6570'),
}
const digests = {
  sha256: sequence(oid('608648016503040201')),
  sha384: sequence(oid('608648016503040202')),
  sha512: sequence(oid('608648016503040203')),
}
/** RFC 4055, 3.1: SHA-256, MGF1 over it, and a salt as long, which is what `PS256` means. */
const pss = sequence(tagged(0, digests.sha256), tagged(1, sequence(ids.mgf1, digests.sha256)), tagged(2, integer(32)))

/** How CMS says the algorithms of protocol section 3, and by which digest (RFC 5754, RFC 4056, RFC 8419). */
const schemes: Readonly<Record<Algorithm, { readonly digest: keyof typeof digests; readonly signature: Buffer }>> = {
  ES256: { digest: 'sha256', signature: sequence(ids.ecdsaWithSha256) },
  ES384: { digest: 'sha384', signature: sequence(ids.ecdsaWithSha384) },
  PS256: { digest: 'sha256', signature: sequence(ids.rsassaPss, pss) },
  EdDSA: { digest: 'sha512', signature: sequence(ids.ed25519) },
}

/**
 * A detached CAdES signature of level B-B (ETSI EN 319 122-1, 6.3): content type, digest, signing time and the SHA-256 of the signing
 * certificate are signed, and the certificates of signer and authorities go along. Gives a CMS SignedData (RFC 5652), DER.
 */
export async function signDetached(content: Buffer, { signer, above, work, at }: Signing): Promise<Buffer> {
  const { certificate, alg, key } = signer
  const { digest, signature } = schemes[alg]
  const attribute = (id: Buffer, value: Buffer): Buffer => sequence(id, setOf(value))
  const attributes = inOrder([
    attribute(ids.contentType, ids.data),
    attribute(ids.signingTime, timeOf(at)),
    attribute(ids.messageDigest, makeElement(tags.OCTET_STRING, createHash(digest).update(content).digest())),
    attribute(ids.signingCertificateV2, signingCertificateV2(certificate)),
  ])
  const made = Buffer.from(await work.sign({ alg, key, input: makeElement(tags.SET, ...attributes) }))
  const signerInfo = sequence(
    integer(1),
    issuerAndSerial(certificate),
    digests[digest],
    tagged(0, ...attributes),
    signature,
    makeElement(tags.OCTET_STRING, alg.startsWith('ES') ? inDer(made) : made),
  )
  const signedData = sequence(
    integer(1),
    setOf(digests[digest]),
    sequence(ids.data),
    tagged(0, ...inOrder([certificate, ...above].map(({ der }) => der))),
    setOf(signerInfo),
  )
  return sequence(ids.signedData, tagged(0, signedData))
}

/** R‖S (RFC 7518, 3.4) as Ecdsa-Sig-Value (RFC 3279, 2.2.3). */
function inDer(raw: Buffer): Buffer {
  const half = raw.length / 2
  return sequence(...[raw.subarray(0, half), raw.subarray(half)].map(positive))
}

/** INTEGER of an unsigned number, without the zeros before it and with one where it would be negative. */
function positive(octets: Buffer): Buffer {
  const first = octets.findIndex((octet) => octet !== 0)
  const shortest = octets.subarray(first === -1 ? octets.length - 1 : first)
  return makeElement(tags.INTEGER, (shortest[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), shortest]) : shortest)
}

/** UTCTime up to 2049, GeneralizedTime from then on (RFC 5652, 11.3). */
function timeOf(at: Date): Buffer {
  const digits = `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
  const isShort = at.getUTCFullYear() < 2050
  return makeElement(isShort ? tags.UTC_TIME : tags.GENERALIZED_TIME, Buffer.from(isShort ? digits.slice(2) : digits))
}
