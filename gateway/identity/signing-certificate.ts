/** How CMS (RFC 5652, RFC 5035) says by which certificate something was signed. */
import { createHash } from 'node:crypto'
import type { Certificate } from './certificate.ts'
import { childrenOf, type Element, expectAt, hexOf, makeElement, tags } from './der.ts'

type Encoded = Pick<Certificate, 'der'>

/** IssuerAndSerialNumber (RFC 5652, 10.2.4), DER, as both stand in the certificate. */
export function issuerAndSerial({ der }: Encoded): Buffer {
  const outer = expectAt(der, tags.SEQUENCE, 0)
  const fields = childrenOf(der, expectAt(der, tags.SEQUENCE, outer.content, outer.end))
  // The version is the one that may be absent.
  const [serial, , issuer] = fields[0]?.tag === tags.CONTEXT_0 ? fields.slice(1) : fields
  const whole = [issuer, serial].map((field) => der.subarray(field?.at, field?.end))
  return makeElement(tags.SEQUENCE, ...whole)
}

/** The value of the attribute signing-certificate-v2 (RFC 5035, 3), DER: the certificate by its SHA-256. */
export function signingCertificateV2({ der }: Encoded): Buffer {
  const hash = makeElement(tags.OCTET_STRING, createHash('sha256').update(der).digest())
  const ids = makeElement(tags.SEQUENCE, makeElement(tags.SEQUENCE, hash))
  return makeElement(tags.SEQUENCE, ids)
}

/** Hashes by which that attribute may name a certificate; one that names none means SHA-256. */
const hashes: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
}

/** Whether the value of that attribute names this certificate, as the one that signed. @throws CertificateFault where it is not DER */
export function namesCertificate(value: Uint8Array, { der }: Encoded): boolean {
  const [first, second] = childrenOf(value, firstId(value))
  const [algorithm, hash] = first?.tag === tags.SEQUENCE ? [first, second] : [undefined, first]
  const name = algorithm && hashes[hexOf(value, expectAt(value, tags.OID, algorithm.content, algorithm.end))]
  if (hash?.tag !== tags.OCTET_STRING || (algorithm && name === undefined)) return false
  const digest = createHash(name ?? 'sha256')
    .update(der)
    .digest()
  return digest.equals(value.subarray(hash.content, hash.end))
}

/**
 * The same of the attribute signing-certificate (RFC 2634, 5.4), which names it by SHA-1: enough to say which of those it is that are good
 * in themselves, and to prove nothing else. @throws CertificateFault where it is not DER
 */
export function namesCertificateBySha1(value: Uint8Array, { der }: Encoded): boolean {
  const id = firstId(value)
  const hash = expectAt(value, tags.OCTET_STRING, id.content, id.end)
  return createHash('sha1').update(der).digest().equals(value.subarray(hash.content, hash.end))
}

/** The first of the ids, which is the signer's. */
function firstId(value: Uint8Array): Element {
  const ids = expectAt(value, tags.SEQUENCE, expectAt(value, tags.SEQUENCE, 0).content)
  return expectAt(value, tags.SEQUENCE, ids.content, ids.end)
}
