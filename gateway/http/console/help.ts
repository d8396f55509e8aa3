import { problems } from '../../protocol/protocol.ts'
import type { Server } from '../server.ts'
import type { Show } from './show.ts'
import { html } from './html.ts'
import { sections } from './layout.ts'

const words = {
  machines: { en: 'For programs', fr: 'Pour les programmes' },
  api: { en: 'Description of the interface (OpenAPI)', fr: 'Description de l’interface (OpenAPI)' },
  schemas: { en: 'Schemas and code lists', fr: 'Schémas et listes de codes' },
  metrics: { en: 'Metrics', fr: 'Métriques' },
  refusals: { en: 'What each refusal means', fr: 'Ce que signifie chaque refus' },
} as const

/** Where to read what things mean. */
export function helpPages(server: Server, show: Show): void {
  server.get(
    '/help',
    { config: { access: 'operator' }, schema: { hide: true } },
    show(({ say }) => ({
      section: '/help',
      title: say(sections['/help']),
      content: html`<h2 class="govuk-heading-m">${say(words.refusals)}</h2>
<ul class="govuk-list">${Object.entries(problems).map(
        ([code, { title }]) => html`<li><a class="govuk-link" href="/problems/${code}">${say(title)}</a></li>\n`,
      )}</ul>
<h2 class="govuk-heading-m">${say(words.machines)}</h2>
<ul class="govuk-list">
<li><a class="govuk-link" href="/openapi.json">${say(words.api)}</a></li>
<li><a class="govuk-link" href="/schemas">${say(words.schemas)}</a></li>
<li><a class="govuk-link" href="/metrics">${say(words.metrics)}</a></li>
</ul>`,
    })),
  )
}
