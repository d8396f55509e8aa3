import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import StaticSite, { type Configuration, type Item } from '@11ty/eleventy'
import { loadAssets } from '../../gateway/http/console/assets.ts'
import { absentDocuments, untranslated } from './documents.ts'
import { generatedPages } from './generated.ts'
import { frameOf, headingsOf } from './layout.ts'
import { openMarkdown } from './markdown.ts'
import type { Language } from './page.ts'
import { frenchBlocks } from './partner.ts'
import { problemRedirects } from './problems.ts'
import { searchFiles } from './search.ts'
import { readTree, ROOT } from './tree.ts'

const SOURCES = join(ROOT, 'docs/site')
/** Where the site stands when it was built; git does not keep it. */
export const BUILT = join(SOURCES, 'dist')
/** What browsers are given as it stands. */
const COPIED = ['assets/search.js', 'assets/icon.svg', 'index.html']
const MINISEARCH = join(dirname(createRequire(import.meta.url).resolve('minisearch')), '../umd/index.js')

/**
 * Builds the documentation site: the pages under `docs/site/en` and `docs/site/fr`, and those made of the project's documents, schemas and API
 * descriptions. It is files alone, and every link in it is relative: it can be served under any address, or opened from a disk.
 * @param output an absolute path; what stood there is gone
 * @returns what partners read in English on a French page, because nobody has translated it yet
 */
export async function buildSite(output: string = BUILT): Promise<readonly string[]> {
  const tree = await readTree()
  await rm(output, { recursive: true, force: true })
  await new StaticSite(fromHere(SOURCES), fromHere(output), { quietMode: true, config }).write()
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(output, path)), { recursive: true })
    await writeFile(join(output, path), text)
  }
  const [{ style }, own, minisearch] = await Promise.all([
    loadAssets(),
    readFile(join(SOURCES, 'assets/site.css'), 'utf8'),
    readFile(MINISEARCH, 'utf8'),
  ])
  await write('assets/site.css', `${style.text}\n${own}`)
  await write('assets/minisearch.js', minisearch.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'))
  for (const [path, text] of [...problemRedirects(), ...(await searchFiles(output))]) await write(path, text)
  for (const path of COPIED) await copyFile(join(SOURCES, path), join(output, path))
  return [...frenchBlocks(tree).missing, ...untranslated(tree)]

  function config(eleventy: Configuration): object {
    const markdown = openMarkdown(absentDocuments(tree))
    eleventy.setUseGitIgnore(false)
    eleventy.setLibrary('md', markdown)
    for (const path of [...COPIED, 'dist']) eleventy.ignores.add(fromHere(join(SOURCES, path)))
    eleventy.addGlobalData('layout', 'page.njk')
    eleventy.addGlobalData('eleventyComputed', {
      language: ({ page }: Placed) => languageOf(page.filePathStem),
      slug: ({ page }: Placed) => slugOf(page.filePathStem),
      permalink: ({ page }: Placed) => `${page.filePathStem}.html`,
    })
    eleventy.addFilter('headingsOf', headingsOf)
    eleventy.addFilter('frameOf', (items: readonly Item[], language: Language, slug: string) =>
      frameOf(items, tree.types, language, slug),
    )
    for (const { language, slug, content, ...data } of generatedPages(tree, markdown))
      eleventy.addTemplate(`${language}/${slug}.html`, content, data)
    return { markdownTemplateEngine: false, htmlTemplateEngine: false, templateFormats: ['md', 'html'] }
  }
}

type Placed = { readonly page: { readonly filePathStem: string } }

const fromHere = (path: string): string => relative(process.cwd(), path) || '.'
const languageOf = (stem: string): Language => (stem.startsWith('/fr/') ? 'fr' : 'en')
const slugOf = (stem: string): string => stem.replace(/^\/(?:en|fr)\//, '')
