import type { Text } from '../../base/base.ts'
import type { Registry } from '../../identity/identity.ts'
import type { Priority } from '../../protocol/protocol.ts'
import { html, type Html, type Piece } from './html.ts'
import { colon } from './layout.ts'
import type { View } from './view.ts'

const words = {
  moment: { en: 'under a minute', fr: 'moins d’une minute' },
  days: { en: 'days', fr: 'jours' },
  day: { en: 'day', fr: 'jour' },
} as const satisfies Record<string, Text>

export const priorityWords: Readonly<Record<Priority, Text>> = {
  immediate: { en: 'Immediate', fr: 'Immédiat' },
  urgent: { en: 'Urgent', fr: 'Urgent' },
  routine: { en: 'Routine', fr: 'Courant' },
}

const MINUTE_S = 60
const HOUR_S = 3_600
const DAY_S = 86_400

/** How long something lasts, in words as short as can be read. */
export function lasting({ say }: Pick<View, 'say'>, seconds: number): string {
  if (seconds < MINUTE_S) return say(words.moment)
  const minutes = Math.floor((seconds % HOUR_S) / MINUTE_S)
  const hours = Math.floor(seconds / HOUR_S)
  if (hours === 0) return `${minutes}\u00A0min`
  if (seconds < 2 * DAY_S) return minutes === 0 ? `${hours}\u00A0h` : `${hours}\u00A0h\u00A0${minutes}\u00A0min`
  return inDays({ say }, Math.floor(seconds / DAY_S))
}

/** A number of days; in French the plural begins at two. */
export const inDays = ({ say }: Pick<View, 'say'>, days: number): string =>
  `${days}\u00A0${say(Math.abs(days) === 1 ? words.day : words.days)}`

export const secondsSince = (at: Date, now: Date): number =>
  Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1000))

/** An agency's name in the reader's language, or its id where the registry has it no more. */
export const agencyName = ({ say }: Pick<View, 'say'>, registry: Registry, id: string): string => {
  const name = registry.agencies.get(id)?.name
  return name === undefined ? id : say(name)
}

/** An agency's name, leading to its page. */
export const agencyLink = (view: View, registry: Registry, id: string): Html =>
  html`<a class="govuk-link" href="/agencies/${id}">${agencyName(view, registry, id)}</a>`

/** A telephone number that a telephone dials. */
export const telephone = (number: string): Html =>
  html`<a class="govuk-link console-telephone" href="tel:${number}">${number}</a>`

/** A message, leading to its page: ids alone say nothing of anybody. */
export const messageLink = ({ sender, id }: { readonly sender: string; readonly id: string }): Html =>
  html`<a class="govuk-link console-id" href="/messages/${sender}/${id}">${id}</a>`

export type Column = { readonly head: string; readonly isNumber?: boolean }

/** A table that can be scrolled with the keyboard where the window is narrow; its first column names the row. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Piece[])[]): Html {
  const kind = (at: number): string => (columns[at]?.isNumber ? ' console-number' : '')
  return html`<div class="console-scroll" tabindex="0" role="region" aria-label="${caption}">
<table class="govuk-table">
<caption class="govuk-visually-hidden">${caption}</caption>
<thead class="govuk-table__head"><tr class="govuk-table__row">${columns.map(
    ({ head }, at) => html`<th scope="col" class="govuk-table__header${kind(at)}">${head}</th>`,
  )}</tr></thead>
<tbody class="govuk-table__body">${rows.map(
    (cells) =>
      html`<tr class="govuk-table__row">${cells.map((cell, at) =>
        at === 0
          ? html`<th scope="row" class="govuk-table__header console-row-head">${cell}</th>`
          : html`<td class="govuk-table__cell${kind(at)}">${cell}</td>`,
      )}</tr>\n`,
  )}</tbody>
</table>
</div>`
}

/** What is known of one thing, as a list of names and values. */
export function summary(rows: readonly (readonly [string, Piece])[]): Html {
  return html`<dl class="govuk-summary-list">${rows.map(
    ([key, value]) => html`<div class="govuk-summary-list__row">
<dt class="govuk-summary-list__key">${key}</dt>
<dd class="govuk-summary-list__value">${value}</dd>
</div>`,
  )}</dl>`
}

/** A word and what belongs to it. */
export const labelled = (view: View, label: string, value: Piece): Html => html`${label}${colon(view)} ${value}`

/** A link that looks like a button, as it leads to where something is done. */
export const button = (href: string, label: string, kind: '' | 'secondary' | 'warning' = ''): Html =>
  html`<a class="govuk-button${kind && ` govuk-button--${kind}`}" href="${href}" role="button" draggable="false">${label}</a>`

export const paragraph = (content: Piece): Html => html`<p class="govuk-body">${content}</p>`
export const heading = (content: Piece): Html => html`<h2 class="govuk-heading-m">${content}</h2>`
/** That there is nothing, said so. */
export const nothing = (content: string): Html => html`<p class="govuk-body console-nothing">${content}</p>`
