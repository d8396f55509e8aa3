/** `node scripts/list-conformance.ts`: writes the cases of conformance into `docs/conformance.md` and its French edition. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listed, MARKS, PAGES } from './conformance/list.ts'

for (const [language, page] of Object.entries(PAGES)) {
  const path = join(import.meta.dirname, '..', page)
  const [before = ''] = (await readFile(path, 'utf8')).split(MARKS)
  await writeFile(path, `${before}${MARKS}\n\n${listed(language === 'fr' ? 'fr' : 'en')}`)
}
