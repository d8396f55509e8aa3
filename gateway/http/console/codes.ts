import type { Text } from '../../base/base.ts'
import type { Priority, ReceiptEvent, State } from '../../protocol/protocol.ts'
import { html, type Html } from './html.ts'
import type { View } from './view.ts'

/** Words for the codes that stand in the record, and the colour of each where it is a state. */

type Tagged = Text & { readonly colour: 'grey' | 'yellow' | 'green' | 'orange' | 'red' | 'purple' | 'teal' }

export const states = {
  accepted: { en: 'On its way', fr: 'En cours de remise', colour: 'yellow' },
  consigned: { en: 'In the mailbox', fr: 'Dans la boîte aux lettres', colour: 'teal' },
  'handed-over': { en: 'Handed over', fr: 'Remis', colour: 'green' },
  refused: { en: 'Refused by the recipient', fr: 'Refusé par le destinataire', colour: 'orange' },
  'dead-lettered': { en: 'Dead letter', fr: 'En échec', colour: 'red' },
  discarded: { en: 'Discarded', fr: 'Abandonné', colour: 'grey' },
} as const satisfies Record<State, Tagged>

export const priorityWords = {
  immediate: { en: 'Immediate', fr: 'À traiter immédiatement', colour: 'red' },
  urgent: { en: 'Urgent', fr: 'À traiter dans la journée', colour: 'orange' },
  routine: { en: 'Routine', fr: 'Sans urgence', colour: 'grey' },
} as const satisfies Record<Priority, Tagged>

export const events = {
  SubmissionAcceptance: { en: 'Accepted from the sender', fr: 'Dépôt accepté' },
  SubmissionRejection: { en: 'Submission rejected', fr: 'Dépôt refusé' },
  ContentConsignment: { en: 'Put at the recipient’s disposal', fr: 'Mis à la disposition du destinataire' },
  ContentConsignmentFailure: { en: 'Became a dead letter', fr: 'Mis en échec' },
  ContentHandover: { en: 'Acknowledged by the recipient', fr: 'Accusé de réception du destinataire' },
  ConsignmentRejection: { en: 'Refused by the recipient', fr: 'Refusé par le destinataire' },
  AcceptanceRejectionExpiry: { en: 'Unread for too long', fr: 'Non lu depuis trop longtemps' },
  DeliveryResumed: { en: 'Put back by an operator', fr: 'Relancé par un opérateur' },
  MessageDiscarded: { en: 'Given up by two operators', fr: 'Abandonné par deux opérateurs' },
  ResponseOverdue: { en: 'Its answer is overdue', fr: 'La réponse est en retard' },
} as const satisfies Record<ReceiptEvent, Text>

/** What an attempt came to. */
export const outcomes: Readonly<Record<string, Text>> = {
  consigned: { en: 'Consigned', fr: 'Consigné' },
  retry: { en: 'To be tried again', fr: 'Nouvelle tentative prévue' },
  refused: { en: 'Refused by the endpoint', fr: 'Refusé par le point d’accès' },
  'given-up': { en: 'Given up', fr: 'Tentatives arrêtées' },
}

/** The words of a code; a code that has none stands for itself. */
export const wordsOf = ({ say }: View, table: Readonly<Record<string, Text>>, code: string): string => {
  const words = Object.hasOwn(table, code) ? table[code] : undefined
  return words === undefined ? code : say(words)
}

export const stateTag = (view: View, state: State): Html => tag(view, states[state])
export const priorityTag = (view: View, priority: Priority): Html => tag(view, priorityWords[priority])

/** Colour says nothing that the words do not. */
const tag = ({ say }: View, words: Tagged): Html =>
  html`<strong class="govuk-tag govuk-tag--${words.colour} console-tag">${say(words)}</strong>`

/** An id, in letters of one width; it may be broken anywhere. */
export const code = (text: string): Html => html`<code class="console-code">${text}</code>`
