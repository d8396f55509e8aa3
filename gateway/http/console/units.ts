import type { Text } from '../../base/base.ts'
import type { Registry } from '../../identity/identity.ts'
import { html, type Html, type Piece } from './html.ts'
import { colon } from './layout.ts'
import { span } from './span.ts'
import { type Column, table } from './table.ts'
import type { View } from './view.ts'

/** How long something lasts, in words as short as can be read. */
export const lasting = ({ say }: Pick<View, 'say'>, seconds: number): string => say(span(seconds * 1000))

const days = { one: { en: 'day', fr: 'jour' }, many: { en: 'days', fr: 'jours' } } as const satisfies Record<
  string,
  Text
>

/** A number of days, whole. */
export const inDays = ({ say }: Pick<View, 'say'>, count: number): string =>
  `${count}\u00A0${say(Math.abs(count) === 1 ? days.one : days.many)}`

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

/** A table below a heading that says what it lists. */
export const listing = (caption: string, columns: readonly Column[], rows: readonly (readonly Piece[])[]): Html =>
  table({ caption, hideCaption: true, columns, rows })

/** A table of many columns: it can be scrolled, with the keyboard as well, where the window is too narrow for it. */
export const wideListing = (caption: string, columns: readonly Column[], rows: readonly (readonly Piece[])[]): Html =>
  html`<div class="console-wide" tabindex="0" role="region" aria-label="${caption}">${listing(caption, columns, rows)}</div>`

/** A word and what belongs to it. */
export const labelled = (view: View, label: string, value: Piece): Html => html`${label}${colon(view)} ${value}`

/** A link that looks like a button, as it leads to where something is done. */
export const button = (href: string, label: string, kind: '' | 'secondary' | 'warning' = ''): Html =>
  html`<a class="govuk-button${kind && ` govuk-button--${kind}`}" href="${href}" role="button" draggable="false">${label}</a>`

/** That there is nothing, said so. */
export const nothing = (content: string): Html => html`<p class="govuk-body console-nothing">${content}</p>`
