import type { EvidenceTrust } from './proven.ts'
import { type MlDsa, openVerify } from './public-key.ts'
import { type Evidence, evidenceOf } from './telling.ts'

/**
 * Verifies an evidence bundle off line, as `verifyBundle` does under Node, by WebCrypto.
 * @param mlDsa verifies ML-DSA (FIPS 204), such as @noble/post-quantum does: without it the browser's own must, and where that does not know it a log that
 * signs so has no good signature
 * @throws EvidenceFault, as under Node
 */
export function verifyBundle(bundle: unknown, trust: EvidenceTrust, mlDsa?: MlDsa): Promise<Evidence> {
  return evidenceOf(bundle, trust, openVerify(mlDsa))
}
