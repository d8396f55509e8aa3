import type { Text } from '../problem.ts'
import { toHtml, toPlain } from './html.ts'
import type { EvidenceTrust, Proven } from './proven.ts'
import type { Verify } from './public-key.ts'
import { tell } from './story.ts'
import { prove } from './verify.ts'

/** What a bundle proves, as data, as text and as a page that stands by itself. */
export type Evidence = Proven & { readonly story: Text; readonly html: Text }

/** Takes a bundle, whom to believe and what verifies signatures; gives what it proves. Throws EvidenceFault. */
export async function evidenceOf(bundle: unknown, trust: EvidenceTrust, verify: Verify): Promise<Evidence> {
  const proven = await prove(bundle, trust, verify)
  const chapters = tell(proven)
  return {
    ...proven,
    story: { en: toPlain(chapters, 'en'), fr: toPlain(chapters, 'fr') },
    html: { en: toHtml(chapters, 'en'), fr: toHtml(chapters, 'fr') },
  }
}
