import { Type } from 'typebox'
import { codeText, describeShown, tableTexts } from '../../operations/operations.ts'
import type { Catalogue, Cell, Tables } from '../../protocol/protocol.ts'
import type { FrozenStatistic } from '../../record/record.ts'
import { query } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { html, type Html } from './html.ts'
import { sections } from './layout.ts'
import { type Bar, plotBars } from './plot.ts'
import type { Show } from './show.ts'
import type { View } from './view.ts'

const words = {
  none: {
    en: 'No quarter has ended since the first message. Figures are given of whole quarters and years.',
    fr: 'Aucun trimestre n’est échu depuis le premier message. Les chiffres portent sur des trimestres et des années entiers.',
  },
  period: { en: 'Quarter or year', fr: 'Trimestre ou année' },
  choose: { en: 'Show', fr: 'Afficher' },
  csv: { en: 'Download as CSV', fr: 'Télécharger en CSV' },
  referrals: { en: 'Children referred', fr: 'Saisines' },
  median: {
    en: 'Median hours from referral to safeguarding confirmation',
    fr: 'Médiane des heures entre la saisine et la confirmation de protection',
  },
  few: { en: 'not published: fewer than 10 cases', fr: 'non publié : moins de 10 dossiers' },
  frozen: { en: 'Frozen', fr: 'Arrêtés' },
  hidden: {
    en: 'A number under 5 is not told, nor is another from which it could be worked out. What nobody has may be left out.',
    fr: 'Un nombre inférieur à 5 n’est pas indiqué, ni un autre qui permettrait de le calculer. Ce que personne n’a peut être omis.',
  },
  nothing: {
    en: 'Nothing can be told of so few children.',
    fr: 'Rien ne peut être dit d’un si petit nombre d’enfants.',
  },
  categories: { en: 'categories, each', fr: 'catégories, pour chacune' },
  code: { en: 'Category', fr: 'Catégorie' },
  count: { en: 'Children', fr: 'Enfants' },
  summary: {
    en: 'Bars; each number is in the table that follows.',
    fr: 'Barres ; chaque nombre figure dans le tableau qui suit.',
  },
} as const

/** The oversight figures as plots, each with its table (protocol section 11). */
export function figurePages(server: Server, show: Show, { operations, catalogue }: Operating): void {
  const asked = query({ period: Type.Optional(Type.String({ pattern: '^[0-9]{4}(-Q[1-4])?$' })) })
  server.get(
    '/figures',
    { config: { access: 'operator' }, schema: { hide: true, querystring: asked } },
    async (request, reply) => {
      const periods = await operations.statistics.periods()
      const name = request.query.period ?? periods.findLast((period) => period.includes('Q'))
      const frozen = name === undefined ? undefined : await operations.statistics.of(name)
      return await show((view) => ({
        section: '/figures',
        title: view.say(sections['/figures']),
        content: frozen === undefined ? nothingYet(view) : pageOf(view, periods, frozen, catalogue),
      }))(request, reply)
    },
  )
}

const nothingYet = ({ say }: View): Html => html`<p class="govuk-body">${say(words.none)}</p>`

function pageOf(view: View, periods: readonly string[], frozen: FrozenStatistic, catalogue: Catalogue): Html {
  const { say, time } = view
  const { period, frozenAt, publication } = frozen
  const { referrals, medianHours, tables } = publication
  const option = (name: string): Html =>
    html`<option value="${name}"${name === period && html` selected`}>${name}</option>`
  const row = (key: string, value: string | Html): Html =>
    html`<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">${key}</dt><dd class="govuk-summary-list__value">${value}</dd></div>`
  return html`<form method="get" action="/figures" class="console-preferences">
<label class="govuk-label" for="period">${say(words.period)}</label>
<select class="govuk-select" id="period" name="period">${[...new Set([...periods, period])].map(option)}</select>
<button class="govuk-button govuk-button--secondary" type="submit">${say(words.choose)}</button>
<a class="govuk-link" href="/api/statistics?period=${period}&amp;format=csv">${say(words.csv)}</a>
</form>
<h2 class="govuk-heading-m govuk-!-margin-top-4">${period}</h2>
<dl class="govuk-summary-list">
${row(say(words.referrals), say(describeShown(referrals)))}
${row(say(words.median), typeof medianHours === 'number' ? String(medianHours) : say(words.few))}
${row(say(words.frozen), time(frozenAt))}
</dl>
<p class="govuk-body">${say(words.hidden)}</p>
${(Object.keys(tableTexts) as (keyof Tables)[]).map((name) => figure(view, catalogue, name, tables[name]))}`
}

function figure({ say }: View, catalogue: Catalogue, name: keyof Tables, cells: readonly Cell[]): Html {
  const title = say(tableTexts[name])
  const heading = html`<h2 class="govuk-heading-m" id="${name}">${title}</h2>\n`
  if (cells.length === 0) return html`${heading}<p class="govuk-body">${say(words.nothing)}</p>\n`
  const bars = cells.map(
    ({ code, count }): Bar => ({
      label: say(codeText(catalogue, name, code)),
      value: typeof count === 'number' ? count : undefined,
      words: say(describeShown(count)),
    }),
  )
  return html`${heading}<div class="console-figure">${plotBars(`plot-${name}`, title, say(words.summary), gather(bars, say))}
<table class="govuk-table">
<caption class="govuk-visually-hidden">${title}</caption>
<thead><tr><th scope="col" class="govuk-table__header">${say(words.code)}</th><th scope="col" class="govuk-table__header console-number">${say(words.count)}</th></tr></thead>
<tbody>${bars.map(
    ({ label, words }) =>
      html`<tr><th scope="row" class="govuk-table__header">${label}</th><td class="govuk-table__cell console-number">${words}</td></tr>\n`,
  )}</tbody>
</table></div>
`
}

/** So many that are not told are easier to see as one. */
const MANY = 4

/** Puts many categories of which the same is not told into one bar behind the others. */
function gather(bars: readonly Bar[], say: View['say']): readonly Bar[] {
  const untold = Map.groupBy(
    bars.filter(({ value }) => value === undefined),
    ({ words }) => words,
  )
  const many = [...untold].filter(([, some]) => some.length >= MANY)
  const isAmong = ({ value, words }: Bar): boolean => value === undefined && many.some(([same]) => same === words)
  return [
    ...bars.filter((bar) => !isAmong(bar)),
    ...many.map(([same, some]) => ({
      label: `${some.length} ${say(words.categories)}`,
      value: undefined,
      words: same,
    })),
  ]
}
