import type { AnyEnvelope, InboxEntry } from '../../sdk/browser.ts'
import { minutesUntil } from '../sending/moments.ts'
import { isAnswered, type PathwayRow } from './replies.ts'

/** What waits for somebody of this agency. */
export type ForMe = {
  readonly id: string
  readonly from: string
  readonly type: string
  readonly priority: AnyEnvelope['priority']
  readonly acceptedAt: string
  readonly desk?: string
  /** Until its sender is told that nobody has opened it, by the gateway's usual times; negative afterwards. */
  readonly minutesLeft: number
}

/** After so long a message that nobody has acknowledged is told to its sender (protocol section 6). */
const UNREAD_AFTER_MS = { immediate: 15 * 60_000, urgent: 24 * 3_600_000, routine: 3 * 24 * 3_600_000 } as const
const RANK = { immediate: 0, urgent: 1, routine: 2 } as const

/** Takes the inbox; gives what waits, immediate first, then by the time that is left. */
export function forMe(entries: readonly (InboxEntry & { readonly id: string })[], now: Date): readonly ForMe[] {
  return entries
    .map(({ id, from, type, priority, acceptedAt, desk }) => {
      const end = new Date(new Date(acceptedAt).getTime() + UNREAD_AFTER_MS[priority])
      return { id, from, type, priority, acceptedAt, ...(desk && { desk }), minutesLeft: minutesUntil(end, now) }
    })
    .toSorted((one, other) => RANK[one.priority] - RANK[other.priority] || one.minutesLeft - other.minutesLeft)
}

/** A message that was sent, as far as this needs it. */
type SentMessage = {
  readonly id: string
  readonly messageId: string
  readonly envelope?: AnyEnvelope
  readonly sentAt: string
}
type Reply = { readonly envelope?: Pick<AnyEnvelope, 'inReplyTo' | 'from'> }

/** Whether an answer to a message is among what was received: it names the message, and comes from whom that was sent to. */
export const hasAnswer = (received: readonly Reply[], messageId: string, to: string): boolean =>
  received.some(({ envelope }) => envelope?.inReplyTo === messageId && envelope.from === to)

/** A child about whom something was asked, and no answer has come. */
export type Unanswered<Sent> = { readonly sent: Sent; readonly minutesLeft?: number }

/**
 * Takes what was sent and what was received; gives what still waits for its answer: of the types that the pathway has answers to, the most pressing first.
 */
export function unanswered<Sent extends SentMessage>(
  sent: readonly Sent[],
  received: readonly Reply[],
  rows: readonly PathwayRow[],
  now: Date,
): readonly Unanswered<Sent>[] {
  return sent
    .filter(({ envelope }) => envelope !== undefined && isAnswered(rows, envelope.type))
    .filter(({ envelope, messageId }) => !hasAnswer(received, messageId, envelope?.to ?? ''))
    .map((one) => ({
      sent: one,
      ...(one.envelope?.respondBy !== undefined && {
        minutesLeft: minutesUntil(new Date(one.envelope.respondBy), now),
      }),
    }))
    .toSorted(
      (one, other) =>
        (one.minutesLeft ?? Infinity) - (other.minutesLeft ?? Infinity) ||
        one.sent.sentAt.localeCompare(other.sent.sentAt),
    )
}
