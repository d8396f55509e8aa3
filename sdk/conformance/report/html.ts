import type { Text } from '../../problem.ts'
import type { Result, State } from '../run.ts'
import { countsOf, escape, type Report } from './report.ts'
import { STYLE } from './style.ts'
import { sections, states, verdicts, words } from './words.ts'

type Language = 'en' | 'fr'
type Say = (text: Text) => string

/** Takes a report; gives it as one page that stands by itself: nothing is loaded, and nothing in it runs. It prints on A4. */
export function toHtml(report: Report, language: Language): string {
  const say: Say = (text) => escape(text[language])
  const title = `${say(words.title)} – ${say(report.role.title)}`
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${say(words.title)}</h1>
<p class="lead">${say(words.about)}</p>
${verdictOf(report, say)}
${factsOf(report, language, say)}
<h2>${say(words.overview)}</h2>
${overviewOf(report.results, say)}
<h2>${say(words.mend)}</h2>
${failuresOf(report.results, say)}
<h2>${say(words.cases)}</h2>
${bySection(report.results)
  .map(([section, results]) => tableOf(section, results, say))
  .join('\n')}
<footer><p>${say(words.read)}</p><p>${say(words.self)}</p></footer>
</main>
</body>
</html>
`
}

function verdictOf({ verdict, isPartial }: Report, say: Say): string {
  const { short, long } = verdicts[verdict]
  const partial = isPartial ? `<p>${say(words.partial)}</p>` : ''
  return `<section class="verdict ${verdict}" aria-label="${say(words.verdict)}"><strong>${say(short)}</strong><p>${say(long)}</p>${partial}</section>`
}

function factsOf({ role, at, schemas, results }: Report, language: Language, say: Say): string {
  const tried = (['client', 'endpoint'] as const).filter((on) =>
    results.some((result) => result.case.on === on && result.state !== 'not-tried'),
  )
  const when = new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(at)
  const facts: readonly (readonly [Text, string])[] = [
    [words.role, `${say(role.title)} (<code>${role.name}</code>)`],
    [words.at, `<time datetime="${at.toISOString()}">${escape(when)} UTC</time>`],
    [words.tried, tried.length === 0 ? say(words.nothing) : tried.map((on) => say(words[on])).join(', ')],
    [words.schemas, escape(schemas)],
  ]
  return `<dl class="facts">${facts.map(([name, value]) => `<dt>${say(name)}</dt><dd>${value}</dd>`).join('')}</dl>`
}

function bySection(results: readonly Result[]): readonly (readonly [number, readonly Result[]])[] {
  const numbers = [...new Set(results.map((result) => result.case.section))].toSorted((a, b) => a - b)
  return numbers.map((number) => [number, results.filter((result) => result.case.section === number)])
}

const order: readonly State[] = ['passed', 'failed', 'not-tried']

function overviewOf(results: readonly Result[], say: Say): string {
  const cells = (of: readonly Result[]) => {
    const counts = countsOf(of)
    return order.map((state) => `<td class="number">${counts[state]}</td>`).join('')
  }
  const heads = order.map((state) => `<th class="number" scope="col">${say(states[state])}</th>`).join('')
  const rows = bySection(results).map(
    ([section, of]) =>
      `<tr><th scope="row">${section}. ${say(sections[section] ?? words.section)}</th>${cells(of)}</tr>`,
  )
  return `<table class="overview"><thead><tr><th scope="col">${say(words.section)}</th>${heads}</tr></thead>
<tbody>${rows.join('\n')}</tbody>
<tfoot><tr><th scope="row">${say(words.all)}</th>${cells(results)}</tr></tfoot></table>`
}

function failuresOf(results: readonly Result[], say: Say): string {
  const failed = results.filter(({ state }) => state === 'failed')
  const ordered = [...failed.filter(isRequired), ...failed.filter((result) => !isRequired(result))]
  if (ordered.length === 0) return `<p>${say(words.none)}</p>`
  return ordered
    .map(
      ({ case: one, text }) => `<article class="failure ${one.rank}"><h3>${say(one.title)}</h3>
<p class="meta"><code>${one.id}</code> · ${say(words.section)} ${one.section} · ${say(words[one.rank])}</p>
<p class="seen">${text === undefined ? '' : say(text)}</p><p>${say(one.why)}</p></article>`,
    )
    .join('\n')
}

const isRequired = (result: Result): boolean => result.case.rank === 'required'

function tableOf(section: number, results: readonly Result[], say: Say): string {
  const rows = results.map(({ case: one, state, text }) => {
    const seen = text === undefined ? '' : `<p class="seen">${say(text)}</p>`
    return `<tr><td class="result"><span class="state ${state}"><span aria-hidden="true">${states[state].mark}</span> ${say(states[state])}</span><br><span class="meta">${say(words[one.rank])}</span></td>
<td><h3>${say(one.title)}</h3><code class="meta">${one.id}</code><p class="why">${say(one.why)}</p>${seen}</td></tr>`
  })
  return `<table class="cases"><caption>${section}. ${say(sections[section] ?? words.section)}</caption>
<thead><tr><th scope="col">${say(words.result)}</th><th scope="col">${say(words.case)}</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`
}
