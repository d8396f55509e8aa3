import { cases } from '../../sdk/conformance/cases.ts'
import { sections, words } from '../../sdk/conformance/report/words.ts'

export const PAGES = { en: 'docs/conformance.md', fr: 'docs/conformance.fr.md' } as const
/** What is behind this line is made of the code. */
export const MARKS = '<!-- made by scripts/list-conformance.ts -->'

/** All cases in one language, as tables of Markdown, one for each section of the protocol. */
export function listed(language: 'en' | 'fr'): string {
  const numbers = [...new Set(cases.map(({ section }) => section))].toSorted((a, b) => a - b)
  const head = {
    en: '| case | | what a partner’s system does |',
    fr: '| cas | | ce que fait le système d’un partenaire |',
  }
  return numbers
    .map((section) => {
      const rows = cases
        .filter((one) => one.section === section)
        .map(
          ({ id, rank, title, why }) =>
            `| \`${id}\` | ${words[rank][language]} | **${title[language]}.** ${why[language]} |`,
        )
      const title = `### ${section}. ${sections[section]?.[language] ?? ''}`
      return [title, '', head[language], '| --- | --- | --- |', ...rows, ''].join('\n')
    })
    .join('\n')
}
