import type { Text } from '../../gateway/base/text.ts'
import { html, type Html } from '../../gateway/http/console/html.ts'
import { problems, type ProblemCode } from '../../gateway/protocol/problems.ts'
import { prose } from './fields.ts'
import { inBoth, type Language, type Page } from './page.ts'
import type { Tree } from './tree.ts'

const CODES = Object.keys(problems) as ProblemCode[]

const words = {
  title: { en: 'Problems', fr: 'Problèmes' },
  means: {
    en: 'Every refusal: what it means, and what to do.',
    fr: 'Chaque refus : ce qu’il signifie, et que faire.',
  },
  intro: {
    en: 'A refusal is a problem document (RFC 9457, `application/problem+json`), in French where `Accept-Language` prefers it. Its `code` and `status` are these; its `detail` says what is wrong in this very request, `errors` point into the message, and `documentation` leads here. Quote the `Passerelle-Request-Id` to an operator.',
    fr: 'Un refus est un document de problème (RFC 9457, `application/problem+json`), en français si `Accept-Language` le préfère. Ses `code` et `status` sont les suivants ; `detail` dit ce qui ne va pas dans cette requête-ci, `errors` désigne les endroits du message, et `documentation` mène ici. Citez `Passerelle-Request-Id` à un opérateur.',
  },
  status: { en: 'Status', fr: 'Statut' },
  code: { en: 'Code', fr: 'Code' },
  problem: { en: 'Problem', fr: 'Problème' },
  meaning: { en: 'What it means', fr: 'Ce que cela signifie' },
  remedy: { en: 'What to do', fr: 'Que faire' },
  example: { en: 'An example', fr: 'Un exemple' },
  exampleMeans: {
    en: 'As the API description gives it.',
    fr: 'Tel que le donne la description de l’API ; les mots du document sont ici en anglais.',
  },
  all: { en: 'All problems', fr: 'Tous les problèmes' },
} as const satisfies Record<string, Text>

/** A page of each problem, and one that lists them. */
export function problemPages({ apis }: Tree): readonly Page[] {
  return [
    ...inBoth('problems/index', (language) => ({
      title: words.title[language],
      description: words.means[language],
      content: String(html`<p class="govuk-body">${prose(words.intro[language])}</p>${overview(language)}`),
    })),
    ...CODES.flatMap((code) =>
      inBoth(`problems/${code}`, (language) => ({
        title: problems[code].title[language],
        description: problems[code].meaning[language],
        content: String(onePage(code, language, exampleOf(code, apis))),
      })),
    ),
  ]
}

function overview(language: Language): Html {
  const rows = CODES.map((code) => {
    const { status, title, meaning } = problems[code]
    return html`<tr class="govuk-table__row"><td class="govuk-table__cell">${status}</td><th scope="row" class="govuk-table__header"><a class="govuk-link" href="${code}.html">${title[language]}</a><br><code>${code}</code></th><td class="govuk-table__cell">${prose(meaning[language])}</td></tr>
`
  })
  return html`<div class="docs-scroll" tabindex="0"><table class="govuk-table"><thead class="govuk-table__head"><tr class="govuk-table__row"><th scope="col" class="govuk-table__header">${words.status[language]}</th><th scope="col" class="govuk-table__header">${words.problem[language]}</th><th scope="col" class="govuk-table__header">${words.meaning[language]}</th></tr></thead>
<tbody class="govuk-table__body">
${rows}</tbody></table></div>`
}

function onePage(code: ProblemCode, language: Language, example: unknown): Html {
  const { status, meaning, remedy } = problems[code]
  return html`<p class="govuk-body-l"><code>${code}</code> · HTTP ${status}</p>
<h2 class="govuk-heading-l" id="meaning">${words.meaning[language]}</h2>
<p class="govuk-body">${prose(meaning[language])}</p>
<h2 class="govuk-heading-l" id="remedy">${words.remedy[language]}</h2>
<p class="govuk-body">${prose(remedy[language])}</p>
${
  example !== undefined &&
  html`<h2 class="govuk-heading-l" id="example">${words.example[language]}</h2>
<p class="govuk-body">${words.exampleMeans[language]}</p>
<pre class="docs-code" tabindex="0"><code>${JSON.stringify(example, null, 2)}</code></pre>`
}
<p class="govuk-body"><a class="govuk-link" href="index.html">${words.all[language]}</a></p>`
}

function exampleOf(code: ProblemCode, apis: Tree['apis']): unknown {
  type Api = { readonly components?: { readonly examples?: Readonly<Record<string, { readonly value?: unknown }>> } }
  return Object.values(apis).flatMap((api) => (api as Api).components?.examples?.[code]?.value ?? [])[0]
}

/**
 * What stands at `problems/<code>`, without a language, where `documentation` of a refusal leads (PASSERELLE_DOCUMENTATION_URL): the reader
 * chooses, for a file cannot.
 */
export const problemRedirects = (): readonly (readonly [path: string, text: string])[] =>
  CODES.map((code) => {
    const part = (
      language: Language,
    ): Html => html`<section lang="${language}"><h2 class="govuk-heading-l">${problems[code].title[language]}</h2>
<p class="govuk-body">${prose(problems[code].meaning[language])}</p>
<p class="govuk-body">${prose(problems[code].remedy[language])}</p>
<p class="govuk-body"><a class="govuk-link" href="../../${language}/problems/${code}.html">${words.all[language]}${language === 'fr' ? '\u00A0: ' : ': '}${problems[code].title[language]}</a></p></section>
`
    const page = html`<!doctype html>
<html lang="en" class="govuk-template">
<head><meta charset="utf-8"><title>${problems[code].title.en} – Passerelle</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="../../assets/site.css"><link rel="icon" href="../../assets/icon.svg"></head>
<body class="govuk-template__body"><main class="govuk-width-container docs-choice"><h1 class="govuk-heading-xl"><code>${code}</code></h1>
${(['en', 'fr'] as const).map(part)}</main></body></html>
`
    return [`problems/${code}/index.html`, String(page)] as const
  })
