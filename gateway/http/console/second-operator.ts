import type { Text } from '../../base/base.ts'
import { type ActName, type PendingAct, type ReasonCode, reasons } from '../../operations/operations.ts'
import type { Operating } from '../serving.ts'
import type { Params } from './act-subjects.ts'
import { html, type Html } from './html.ts'
import type { View } from './view.ts'

const words = {
  yours: {
    en: 'You have asked for this already: it waits for an operator of another id.',
    fr: 'Vous l’avez déjà demandé\u00A0: il faut un autre opérateur pour le confirmer.',
  },
  first: { en: 'Asked for first by', fr: 'Demandé d’abord par' },
  confirms: {
    en: 'If you ask for the same, it is done at once.',
    fr: 'Si vous demandez la même chose, c’est fait aussitôt.',
  },
  joins: {
    en: 'If you ask for the same, it does not lapse.',
    fr: 'Si vous demandez la même chose, elle ne prendra pas fin d’elle-même.',
  },
} as const satisfies Record<string, Text>

/** That somebody has asked for the same and waits for a second operator; nothing where nobody has. */
export async function secondOperator(
  { operations }: Operating,
  view: View,
  name: ActName,
  { from, id, caseId }: Params,
): Promise<Html | undefined> {
  const isSame = (one: PendingAct): boolean =>
    one.act === name &&
    (from !== undefined
      ? one.from === from && one.messageId === id
      : caseId !== undefined
        ? one.caseId === caseId
        : one.agency === id)
  const found = (await operations.pending()).find(isSame)
  if (found === undefined) return undefined
  const { say } = view
  const confirms = say(name === 'pause' ? words.joins : words.confirms)
  if (found.operator === view.operator.id) return html`<div class="govuk-inset-text">${say(words.yours)}</div>`
  return html`<div class="govuk-inset-text"><p class="govuk-body">${say(words.first)} <strong>${found.operator}</strong>, ${view.time(found.since)}</p>
${why(view, found)}<p class="govuk-body">${confirms}</p></div>`
}

/** Why somebody acted: of the list, and in their words. */
export function why(
  { say }: View,
  { code, reason }: { readonly code: string | undefined; readonly reason: string | undefined },
): Html {
  const known = code !== undefined && Object.hasOwn(reasons, code) ? say(reasons[code as ReasonCode]) : code
  return html`${known !== undefined && html`<span class="console-reason">${known}</span>`}${
    reason !== undefined && html` <span class="console-words">${reason}</span>`
  }`
}
