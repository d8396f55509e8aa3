/** By what a certificate or a CRL is signed: its AlgorithmIdentifier (RFC 5280 4.1.1.2). */
import { childrenOf, elementAt, type Element, expectAt, hexOf, notDer, tags } from './der.ts'
import { CertificateFault } from './der-blocks.ts'

export type SignatureAlgorithm = {
  /** Undefined where the key says it itself (EdDSA, ML-DSA). */
  readonly digest?: string
  /** RSASSA-PSS, and whether its mask is made with the same hash. */
  readonly pss?: { readonly sameMask: boolean }
}

const RSASSA_PSS = '2a864886f70d01010a'

/** OIDs, their content in hex. SHA-1 and whatever is older prove nothing, and are not here. */
const algorithms: Readonly<Record<string, SignatureAlgorithm>> = {
  '2a864886f70d01010b': { digest: 'sha256' }, // sha256WithRSAEncryption
  '2a864886f70d01010c': { digest: 'sha384' },
  '2a864886f70d01010d': { digest: 'sha512' },
  '2a8648ce3d040302': { digest: 'sha256' }, // ecdsa-with-SHA256
  '2a8648ce3d040303': { digest: 'sha384' },
  '2a8648ce3d040304': { digest: 'sha512' },
  '2b6570': {}, // Ed25519
  '2b6571': {}, // Ed448
  '608648016503040311': {}, // ML-DSA-44
  '608648016503040312': {}, // ML-DSA-65
  '608648016503040313': {}, // ML-DSA-87
}

const hashes: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
}

/**
 * Reads an AlgorithmIdentifier. RSASSA-PSS is judged by the hash in its parameters, which is SHA-1 where there are none
 * (RFC 4055 3.1).
 * @throws CertificateFault where it is none that proves anything
 */
export function readSignatureAlgorithm(der: Uint8Array, identifier: Element): SignatureAlgorithm {
  const oid = expectAt(der, tags.OID, identifier.content, identifier.end)
  const name = hexOf(der, oid)
  if (name === RSASSA_PSS)
    return readPss(der, oid.end < identifier.end ? elementAt(der, oid.end, identifier.end) : undefined)
  const algorithm = algorithms[name]
  if (algorithm === undefined) throw weak()
  return algorithm
}

function readPss(der: Uint8Array, parameters: Element | undefined): SignatureAlgorithm {
  if (parameters?.tag !== tags.SEQUENCE) throw weak()
  const fields = childrenOf(der, parameters)
  const hash = fields.find(({ tag }) => tag === tags.CONTEXT_0)
  const mask = fields.find(({ tag }) => tag === 0xa1)
  if (hash === undefined) throw weak()
  const digest = readHash(der, hash)
  return { digest, pss: { sameMask: mask !== undefined && maskHash(der, mask) === digest } }
}

/** [0] HashAlgorithm */
function readHash(der: Uint8Array, field: Element): string {
  const identifier = expectAt(der, tags.SEQUENCE, field.content, field.end)
  const digest = hashes[hexOf(der, expectAt(der, tags.OID, identifier.content, identifier.end))]
  if (digest === undefined) throw weak()
  return digest
}

/** [1] MaskGenAlgorithm: MGF1 and the hash that it is given. */
function maskHash(der: Uint8Array, field: Element): string | undefined {
  const [, hash] = childrenOf(der, expectAt(der, tags.SEQUENCE, field.content, field.end))
  if (hash?.tag !== tags.SEQUENCE) throw notDer()
  return hashes[hexOf(der, expectAt(der, tags.OID, hash.content, hash.end))]
}

function weak(): CertificateFault {
  return new CertificateFault('is signed by an algorithm that proves nothing')
}
