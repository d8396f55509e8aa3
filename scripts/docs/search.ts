import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Text } from '../../gateway/base/text.ts'
import { html } from '../../gateway/http/console/html.ts'
import { inBoth, LANGUAGES, type Page } from './page.ts'

const words = {
  title: { en: 'Search', fr: 'Rechercher' },
  means: {
    en: 'Search the whole documentation, or look through all pages.',
    fr: 'Rechercher dans toute la documentation, ou parcourir toutes les pages.',
  },
  all: { en: 'All pages', fr: 'Toutes les pages' },
  found: { en: 'Found', fr: 'Résultats' },
  nothing: { en: 'Nothing was found.', fr: 'Aucun résultat.' },
} as const satisfies Record<string, Text>

/** Stands where the list of all pages goes, once they are all built. */
const ALL = '<!-- all pages -->'

/** The page that the search leads to. Without a script it lists all pages. */
export const searchPages = (): readonly Page[] =>
  inBoth('search', (language) => ({
    title: words.title[language],
    description: words.means[language],
    content:
      String(html`<p class="govuk-body">${words.means[language]}</p>
<div id="found" aria-live="polite" data-found="${words.found[language]}" data-nothing="${words.nothing[language]}"></div>
<h2 class="govuk-heading-l" id="all">${words.all[language]}</h2>
`) + ALL,
  }))

/** A part of a page that can be found: what stands under one heading. */
type Part = {
  readonly id: number
  readonly at: string
  readonly page: string
  readonly heading: string
  readonly text: string
}

/** A heading with an anchor, and all until the next. */
const PARTS = /<h[1-3](?:[^>]*\bid="([^"]+)")?[^>]*>(.*?)<\/h[1-3]>(.*?)(?=<h[1-3][ >]|<\/main>)/gs
/** Of one part no more is kept; what is longer is tables, whose first rows say what they are. */
const LONGEST = 3_000
/** The whole protocol is the partner's edition over again. */
const PASSED_OVER = new Set(['search.html', 'protocol-whole.html'])

/**
 * Makes the index of each language, and the list of all pages, of the pages as they were built.
 * @param folder where the site stands
 */
export async function searchFiles(folder: string): Promise<readonly (readonly [path: string, text: string])[]> {
  const files = await Promise.all(
    LANGUAGES.map(async (language) => {
      const pages = await readPages(join(folder, language))
      const parts = pages.filter(({ path }) => !PASSED_OVER.has(path)).flatMap(partsOf)
      const index = parts.map((part, id): Part => ({ id, ...part }))
      const list = pages
        .toSorted((a, b) => a.title.localeCompare(b.title, language))
        .map(({ path, title }) => html`<li><a class="govuk-link" href="${path}">${title}</a></li>\n`)
      const search = await readFile(join(folder, language, 'search.html'), 'utf8')
      return [
        [`assets/index-${language}.js`, `globalThis.documentation = ${JSON.stringify(index)}\n`] as const,
        [
          `${language}/search.html`,
          search.replace(ALL, String(html`<ul class="govuk-list docs-all">${list}</ul>`)),
        ] as const,
      ]
    }),
  )
  return files.flat()
}

type Built = { readonly path: string; readonly title: string; readonly main: string }

async function readPages(folder: string): Promise<readonly Built[]> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.html')).toSorted()
  return await Promise.all(
    paths.map(async (path) => {
      const page = await readFile(join(folder, path), 'utf8')
      const main = page.slice(page.indexOf('<main'), page.indexOf('</main>') + '</main>'.length)
      return { path, title: plain(/<h1[^>]*>(.*?)<\/h1>/s.exec(main)?.[1] ?? ''), main }
    }),
  )
}

function partsOf({ path, title, main }: Built): readonly Omit<Part, 'id'>[] {
  return [...main.replace(/<details.*?<\/details>/s, '').matchAll(PARTS)].map(
    ([, anchor, heading = '', rest = '']) => ({
      at: anchor === undefined ? path : `${path}#${anchor}`,
      page: title,
      heading: plain(heading),
      text: plain(rest).slice(0, LONGEST),
    }),
  )
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** The words of HTML that this project has made. */
const plain = (markup: string): string =>
  markup
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
