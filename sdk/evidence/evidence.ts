/** What @passerelle/sdk/evidence offers: evidence bundles (protocol section 10), verified off line. */
import type { EvidenceTrust } from './proven.ts'
import { type Evidence, evidenceOf } from './telling.ts'
import { verifyUnderNode } from './under-node.ts'

export { type EvidenceCode, EvidenceFault, faults as evidenceFaults } from './faults.ts'
export type { EvidenceTrust, Proven, ProvenEvent, SignedBy } from './proven.ts'
export type { Evidence } from './telling.ts'

/**
 * Verifies an evidence bundle off line: no network, and no trust in the gateway or in whoever hands it over.
 * @param bundle its text or bytes as the gateway gave them, or what JSON.parse makes of these
 * @param trust whom to believe: anchors, keys of the log and of witnesses, and how many of these it takes
 * @returns who sent what to whom, when it was recorded, consigned and acknowledged, and by what that is proven
 * @throws EvidenceFault with a code of `docs/evidence.md` and the place, for a bundle that proves nothing; SdkFault `ml-dsa-not-supported`
 * for a key of ML-DSA-44 on a Node without OpenSSL 3.5; TypeError or another error of its own for anchors or keys that cannot be read
 */
export function verifyBundle(bundle: unknown, trust: EvidenceTrust): Promise<Evidence> {
  return evidenceOf(bundle, trust, verifyUnderNode)
}
