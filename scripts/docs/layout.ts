import type { Item } from '@11ty/eleventy'
import type { Text } from '../../gateway/base/text.ts'
import { groupsOf } from './navigation.ts'
import { type Language, upFrom } from './page.ts'

const words = {
  skip: { en: 'Skip to main content', fr: 'Aller au contenu principal' },
  documentation: { en: 'documentation', fr: 'documentation' },
  search: { en: 'Search the documentation', fr: 'Rechercher dans la documentation' },
  go: { en: 'Search', fr: 'Rechercher' },
  /** Another language's name is given in that language (WCAG 2.2, 3.1.2). */
  other: { en: 'Français', fr: 'English' },
  groups: { en: 'Sections', fr: 'Rubriques' },
  group: { en: 'Pages of this section', fr: 'Pages de cette rubrique' },
  headings: { en: 'On this page', fr: 'Sur cette page' },
  danger: {
    en: 'A child is in danger now? Call 999 in the United Kingdom, 119 or 17 in France, and send the message as well.',
    fr: 'Un enfant est en danger en ce moment ? Appelez le 119 ou le 17 en France, le 999 au Royaume-Uni, et envoyez aussi le message.',
  },
  licence: {
    en: 'Passerelle is free software under the EUPL 1.2. Everybody in these pages’ examples is synthetic.',
    fr: 'Passerelle est un logiciel libre sous licence EUPL 1.2. Toutes les personnes des exemples sont fictives.',
  },
} as const satisfies Record<string, Text>

type Link = { readonly slug: string; readonly title: string }

/**
 * What stands around a page: words, sections, and the pages of its own section.
 * @param items all pages of the site, as Eleventy has collected them
 */
export function frameOf(items: readonly Item[], types: readonly string[], language: Language, slug: string): object {
  const titles = new Map(
    items
      .filter(({ data }) => data['language'] === language)
      .map(({ data }) => [String(data['slug']), String(data['short'] ?? data['title'])]),
  )
  const groups = groupsOf(types, new Set(titles.keys())).map(({ title, pages }) => ({
    title: title[language],
    here: pages.includes(slug) || (slug.startsWith('problems/') && pages.includes('problems/index')),
    pages: pages.map((page): Link => ({ slug: page, title: titles.get(page) ?? '' })),
  }))
  const group = groups.find(({ here }) => here)
  if (group === undefined) throw new Error(`${language}/${slug} stands in no section: scripts/docs/navigation.ts`)
  return {
    words: Object.fromEntries(Object.entries(words).map(([name, text]) => [name, text[language]])),
    groups,
    group,
    root: `../${upFrom(slug)}`,
    other: language === 'en' ? 'fr' : 'en',
  }
}

const HEADING = /<h2[^>]*\bid="([^"]+)"[^>]*>(.*?)<\/h2>/gs

/** The headings of a page's HTML, which lead through it. */
export const headingsOf = (content: string): readonly { readonly id: string; readonly text: string }[] =>
  [...content.matchAll(HEADING)].map(([, id = '', text = '']) => ({ id, text: text.replaceAll(/<\/?a\b[^>]*>/g, '') }))
