/** What @passerelle/sdk/evidence offers: evidence bundles (protocol section 10), verified off line. */
import type { Text } from '../problem.ts'
import { toHtml, toPlain } from './html.ts'
import { tell } from './story.ts'
import type { EvidenceTrust, Proven } from './proven.ts'
import { prove } from './verify.ts'

export { type EvidenceCode, EvidenceFault, faults as evidenceFaults } from './faults.ts'
export type { EvidenceTrust, Proven, ProvenEvent, SignedBy } from './proven.ts'

/** What a bundle proves, as data, as text and as a page that stands by itself. */
export type Evidence = Proven & { readonly story: Text; readonly html: Text }

/**
 * Verifies an evidence bundle off line: no network, and no trust in the gateway or in whoever hands it over.
 * @param bundle its text or bytes as the gateway gave them, or what JSON.parse makes of these
 * @param trust whom to believe: anchors, keys of the log and of witnesses, and how many of these it takes
 * @returns who sent what to whom, when it was recorded, consigned and acknowledged, and by what that is proven
 * @throws EvidenceFault with a code of `docs/evidence.md` and the place, for a bundle that proves nothing; SdkFault `ml-dsa-not-supported`
 * for a key of ML-DSA-44 on a Node without OpenSSL 3.5; TypeError or another error of its own for anchors or keys that cannot be read
 */
export async function verifyBundle(bundle: unknown, trust: EvidenceTrust): Promise<Evidence> {
  const proven = await Promise.resolve().then(() => prove(bundle, trust))
  const chapters = tell(proven)
  return {
    ...proven,
    story: { en: toPlain(chapters, 'en'), fr: toPlain(chapters, 'fr') },
    html: { en: toHtml(chapters, 'en'), fr: toHtml(chapters, 'fr') },
  }
}
