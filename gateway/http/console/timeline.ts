import { html, type Html, type Piece } from './html.ts'
import type { View } from './view.ts'

/** Something that happened at a time; `state`: since then the message is in another state. */
export type Moment = {
  readonly at: Date
  readonly what: string
  readonly detail: Piece
  readonly kind: 'state' | 'trouble' | undefined
}

/** What happened, in the order of its times. */
export function timeline({ time }: View, moments: readonly Moment[]): Html {
  const inOrder = moments.toSorted((one, other) => one.at.getTime() - other.at.getTime())
  return html`<ol class="console-timeline">${inOrder.map(
    ({ at, what, detail, kind }) =>
      html`<li class="console-timeline__step ${kind && `console-timeline__step--${kind}`}"><p class="console-timeline__what">${what}</p>
<p class="console-timeline__when">${time(at)} ${detail}</p></li>\n`,
  )}</ol>`
}
