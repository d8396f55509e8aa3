import { priorityOf } from '../../protocol/protocol.ts'
import type { MessageRow } from '../../record/record.ts'
import { code, priorityTag, stateTag } from './codes.ts'
import { html, type Html } from './html.ts'
import { table } from './table.ts'
import type { TypeTitles } from './type-titles.ts'
import type { View } from './view.ts'

const words = {
  message: { en: 'Message', fr: 'Message' },
  way: { en: 'From and to', fr: 'De et à' },
  to: { en: 'To:', fr: 'À :' },
  accepted: { en: 'Accepted', fr: 'Accepté' },
  priority: { en: 'Priority', fr: 'Priorité' },
  state: { en: 'State', fr: 'État' },
  case: { en: 'Case', fr: 'Dossier' },
} as const

export const linkToMessage = ({ sender, id }: Pick<MessageRow, 'sender' | 'id'>): Html =>
  html`<a class="govuk-link" href="/messages/${sender}/${id}">${code(id)}</a>`

export const linkToCase = (caseId: string): Html =>
  html`<a class="govuk-link" href="/cases/${caseId}">${code(caseId)}</a>`

/** Messages as metadata, in the order given. Nothing of what they say is among it. */
export function messageTable(
  view: View,
  {
    caption,
    messages,
    titleOf,
    nameOf,
    ofOneCase,
  }: {
    readonly caption: string
    readonly messages: readonly MessageRow[]
    readonly titleOf: TypeTitles
    readonly nameOf: (agency: string) => string
    readonly ofOneCase?: true
  },
): Html {
  const { say, time } = view
  const columns = [words.message, words.way, words.accepted, words.priority, words.state]
  return table({
    caption,
    hideCaption: true,
    columns: columns.map((title) => ({ title: say(title) })),
    rows: messages.map((message) => [
      html`${say(titleOf(message.type))} <span class="console-aside">${linkToMessage(message)}</span>${
        ofOneCase !== true && html`<span class="console-aside">${say(words.case)} ${linkToCase(message.case_id)}</span>`
      }`,
      html`${nameOf(message.sender)} <span class="console-aside"><span aria-hidden="true">→</span> <span class="govuk-visually-hidden">${say(words.to)}</span> ${nameOf(message.recipient)}</span>`,
      time(message.accepted_at),
      priorityTag(view, priorityOf(message.priority)),
      stateTag(view, message.state),
    ]),
  })
}
