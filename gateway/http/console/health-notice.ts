import type { Text } from '../../base/base.ts'
import type { Reason } from '../../operations/operations.ts'
import { html, type Html } from './html.ts'
import type { View } from './view.ts'

const title: Text = { en: 'The gateway cannot work as it should', fr: 'La passerelle ne fonctionne pas normalement' }

/** What each reason means for who looks at a page. */
export const healthWords = {
  'record-unreachable': {
    en: 'The record does not answer: nothing is accepted, and nothing can be shown.',
    fr: 'Le registre des messages ne répond pas : rien n’est accepté et rien ne peut être affiché.',
  },
  'record-read-only': {
    en: 'The record can be read and not written to: nothing is accepted or delivered, and no act can be done. What is shown here is right.',
    fr: 'Le registre des messages est en lecture seule : rien n’est accepté ni remis, et aucun acte n’est possible. Ce qui est affiché ici est exact.',
  },
  'record-full': {
    en: 'The disk of the record is full: nothing is accepted or delivered. Make room at once.',
    fr: 'Le disque du registre des messages est plein : rien n’est accepté ni remis. Libérez de la place immédiatement.',
  },
  'queue-unreachable': {
    en: 'The queue does not answer: deliveries go on by the sweep, more slowly.',
    fr: 'La file ne répond pas : les remises se poursuivent par le balayage, plus lentement.',
  },
  'queue-read-only': {
    en: 'The queue takes no writes, for this Redis is a replica: deliveries go on by the sweep, more slowly.',
    fr: 'La file n’accepte aucune écriture, car ce Redis est une réplique : les remises se poursuivent par le balayage, plus lentement.',
  },
  'queue-full': {
    en: 'The queue has no memory left: deliveries go on by the sweep, more slowly.',
    fr: 'La file n’a plus de mémoire : les remises se poursuivent par le balayage, plus lentement.',
  },
  'queue-not-saving': {
    en: 'Redis cannot save the queue to its disk: look at its disk.',
    fr: 'Redis ne peut pas enregistrer la file sur son disque : vérifiez ce disque.',
  },
  'queue-without-replicas': {
    en: 'Redis has too few replicas, and takes no writes: deliveries go on by the sweep, more slowly.',
    fr: 'Redis n’a pas assez de répliques et n’accepte aucune écriture : les remises se poursuivent par le balayage, plus lentement.',
  },
  stopping: { en: 'This process is stopping.', fr: 'Ce processus est en cours d’arrêt.' },
} as const satisfies Record<Reason, Text>

/** Says on every page what keeps the gateway from working. */
export function healthNotice({ say }: View, reasons: readonly Reason[]): Html | undefined {
  if (reasons.length === 0) return undefined
  return html`<section class="govuk-inset-text console-health" aria-label="${say(title)}">
<p class="govuk-body govuk-!-font-weight-bold console-health__item">${say(title)}</p>
${reasons.map((reason) => html`<p class="govuk-body console-health__item">${say(healthWords[reason])}</p>\n`)}</section>`
}
