import type { Text } from '../../gateway/base/text.ts'

export type Language = keyof Text
export const LANGUAGES = ['en', 'fr'] as const satisfies readonly Language[]

/** A page of the site in one language. It stands at `<language>/<slug>.html`, and in the other language under the same slug. */
export type Page = {
  readonly language: Language
  /** Where it stands, without an ending: `types/referral`. */
  readonly slug: string
  readonly title: string
  /** Its title where room is short. */
  readonly short?: string
  /** One sentence, for lists and search engines. */
  readonly description: string
  /** HTML, without the heading of the page. */
  readonly content: string
  /** The language of its headings, where that is not the page's. */
  readonly contentLanguage?: Language
}

/** Makes a page in each language. @param make gives the rest of it */
export const inBoth = (slug: string, make: (language: Language) => Omit<Page, 'language' | 'slug'>): readonly Page[] =>
  LANGUAGES.map((language) => ({ language, slug, ...make(language) }))

/** What leads from a page to the folder of its language: `../` for each folder that it stands in. */
export const upFrom = (slug: string): string => '../'.repeat(slug.split('/').length - 1)
