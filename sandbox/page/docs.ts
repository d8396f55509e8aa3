import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readSiteFiles, type SiteFiles } from '../../gateway/http/public/site-files.ts'

/** Where `npm run docs` builds the documentation. */
const SITE = join(import.meta.dirname, '../../docs/site/dist')

/** Gives the documentation as it was last built; nothing where it was not, or cannot be read. */
export function openDocs(): () => Promise<SiteFiles | undefined> {
  let kept: { readonly built: number; readonly files: SiteFiles } | undefined
  return async () => {
    try {
      const { mtimeMs: built } = await stat(join(SITE, 'index.html'))
      if (kept?.built !== built) kept = { built, files: await readSiteFiles(SITE) }
      return kept.files
    } catch {
      return undefined
    }
  }
}
