import type { Text } from '../../gateway/base/text.ts'
import { html } from '../../gateway/http/console/html.ts'
import { listAnchor, openFields, prose } from './fields.ts'
import { inBoth, type Page } from './page.ts'
import type { Tree } from './tree.ts'

const words = {
  title: { en: 'Code lists', fr: 'Listes de codes' },
  means: {
    en: 'Each code that a message may bear, and what it means in both languages.',
    fr: 'Chaque code qu’un message peut porter, et son sens dans les deux langues.',
  },
  code: { en: 'Code', fr: 'Code' },
  english: { en: 'In English', fr: 'En anglais' },
  french: { en: 'In French', fr: 'En français' },
} as const satisfies Record<string, Text>

/** All code lists of the newest release. */
export function codePages({ schemas }: Tree): readonly Page[] {
  const lists = Object.entries(schemas).filter(([name]) => name.startsWith('codes/'))
  return inBoth('codes', (language) => {
    const fields = openFields(language, { shared: {}, schemas, codes: '' })
    const other = language === 'en' ? 'fr' : 'en'
    const parts = lists.map(([path, schema]) => {
      const name = path.slice('codes/'.length)
      const rows = (schema.enum ?? []).map((code) => {
        const titles = schema['x-enumTitles']?.[String(code)]
        return html`<tr class="govuk-table__row"><th scope="row" class="govuk-table__header"><code>${String(code)}</code></th><td class="govuk-table__cell">${titles?.[language]}</td><td class="govuk-table__cell" lang="${other}">${titles?.[other]}</td></tr>
`
      })
      const [first, second] = language === 'en' ? [words.english, words.french] : [words.french, words.english]
      return html`<h2 class="govuk-heading-m" id="${listAnchor(name)}">${fields.title(schema)} <code>${name}</code></h2>
<p class="govuk-body">${prose(fields.description(schema))}</p>
<div class="docs-scroll" tabindex="0"><table class="govuk-table"><thead class="govuk-table__head"><tr class="govuk-table__row"><th scope="col" class="govuk-table__header">${words.code[language]}</th><th scope="col" class="govuk-table__header">${first[language]}</th><th scope="col" class="govuk-table__header">${second[language]}</th></tr></thead>
<tbody class="govuk-table__body">
${rows}</tbody></table></div>
`
    })
    return {
      title: words.title[language],
      description: words.means[language],
      content: String(html`<p class="govuk-body">${words.means[language]}</p>${parts}`),
    }
  })
}
