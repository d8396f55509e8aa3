import type { Text } from '../../base/base.ts'
import { html, type Html } from './html.ts'
import type { View } from './view.ts'

const words = {
  title: { en: 'Important', fr: 'Important' },
  readOnly: {
    en: 'The record takes no writes just now. These pages can be read; acts are refused, and so are submissions, until it does.',
    fr: 'Le registre des messages n’accepte aucune écriture pour l’instant. Ces pages restent lisibles ; les actes et les dépôts sont refusés jusque-là.',
  },
  queue: {
    en: 'The queue does not work just now. Messages are accepted and kept; deliveries come late.',
    fr: 'La file ne fonctionne pas pour l’instant. Les messages sont acceptés et conservés ; les remises prennent du retard.',
  },
  stopping: { en: 'This process is stopping.', fr: 'Ce processus s’arrête.' },
} as const satisfies Record<string, Text>

/** What is wrong with the gateway itself, and what that means for whoever reads; nothing where nothing is. @param reasons as of /health/ready */
export function unwell({ say }: View, reasons: readonly string[]): Html | undefined {
  const says = new Set(
    reasons.map((reason) => {
      if (reason.startsWith('record-')) return words.readOnly
      return reason.startsWith('queue-') ? words.queue : words.stopping
    }),
  )
  if (says.size === 0) return undefined
  return html`<div class="govuk-notification-banner" role="region" aria-labelledby="unwell">
<div class="govuk-notification-banner__header"><h2 class="govuk-notification-banner__title" id="unwell">${say(words.title)}</h2></div>
<div class="govuk-notification-banner__content">
${[...says].map((one) => html`<p class="govuk-notification-banner__heading">${say(one)}</p>\n`)}
<p class="govuk-body-s console-code">${reasons.join(', ')}</p>
</div>
</div>`
}
