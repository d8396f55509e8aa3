import type { AnyEnvelope, Attachment } from '../../sdk/browser.ts'

/**
 * The outbox, as rules without a clock or a line: what is to be done next with a message that is to go out, and what comes of what was done. A message has its id
 * before its first byte leaves, and the gateway accepts an id of a sender once: so whatever is cut, killed or begun twice, it never becomes two. It is in the
 * outbox until its acceptance is kept: so it is never lost.
 */

/** A picture that goes with a message, and what the envelope says of it. */
export type Enclosed = { readonly picture: string; readonly attachment: Attachment }

/** A signature over the envelope: these bytes and no others go out until they are too old. */
export type Signature = { readonly message: string; readonly digest: string; readonly at: string }

/** What went wrong last, in words that were chosen when it did. */
export type Trouble = { readonly kind: 'no-line' | 'busy' | 'clock' | 'no-key' | 'stranger' }

/** A message on its way out. */
export type Waiting = {
  /** The draft's: who sends a draft twice finds it here. */
  readonly id: string
  /** Of the draft that it becomes again where it is refused. */
  readonly back: string
  readonly draft: unknown
  readonly envelope: AnyEnvelope
  readonly enclosed: readonly Enclosed[]
  /** Digests of the attachments that the gateway has. */
  readonly put: readonly string[]
  readonly signed: Signature
  /** Digests of all bytes that were signed under this id: the gateway may have accepted any of them. */
  readonly digests: readonly string[]
  /** Whether a byte of any of them may have left. */
  readonly left: boolean
  readonly since: string
  readonly failures: number
  readonly nextAt?: string
  readonly trouble?: Trouble
}

/** What is to be done next. */
export type Step =
  | { readonly do: 'wait'; readonly until: Date }
  | { readonly do: 'put'; readonly enclosed: Enclosed }
  | { readonly do: 'ask' }
  | { readonly do: 'sign' }
  | { readonly do: 'post' }

/** What came of it. */
export type Outcome =
  | { readonly is: 'put'; readonly digest: string }
  | { readonly is: 'signed'; readonly signed: Signature }
  /** The gateway has the message, with its receipts; `digest` is of the bytes that it took. */
  | { readonly is: 'accepted'; readonly digest: string }
  /** The gateway has no message of this id. */
  | { readonly is: 'unknown' }
  /** Nothing is known: no line, no answer, or one that may pass. */
  | { readonly is: 'failed'; readonly trouble: Trouble; readonly afterMs?: number | undefined }
  | { readonly is: 'refused'; readonly code: string }

/** What becomes of a message in the outbox. */
export type Next =
  | { readonly is: 'waiting'; readonly waiting: Waiting }
  | { readonly is: 'done' }
  | { readonly is: 'refused' }

/**
 * So old bytes may be that go out: the gateway takes a signature for 300 s (protocol section 3), one attempt takes a minute, and two clocks differ by some seconds.
 */
export const FRESH_MS = 210_000
const FIRST_DELAY_MS = 2_000
const LONGEST_DELAY_MS = 120_000

const isFresh = ({ at }: Signature, now: Date): boolean => {
  const age = now.getTime() - new Date(at).getTime()
  // A clock that was set back says nothing of how old they are.
  return age >= 0 && age < FRESH_MS
}

/**
 * Says what to do next. Old bytes are never sent: where some may have left the gateway is asked whether it has the message, and only where it has not, or nothing ever left,
 * the same envelope is signed anew, under the same id. Were the first bytes on their way all the same, the gateway refuses one of the two (`id-conflict`).
 */
export function stepOf(waiting: Waiting, now: Date): Step {
  const { nextAt, enclosed, put, signed, left } = waiting
  if (nextAt !== undefined && now < new Date(nextAt)) return { do: 'wait', until: new Date(nextAt) }
  const next = enclosed.find(({ attachment }) => !put.includes(attachment.digest))
  if (next !== undefined) return { do: 'put', enclosed: next }
  if (isFresh(signed, now)) return { do: 'post' }
  return left ? { do: 'ask' } : { do: 'sign' }
}

/** What is to be kept before a step is taken: that bytes may have left is noted before they do. */
export function before(waiting: Waiting, step: Step): Waiting {
  return step.do === 'post' ? { ...waiting, left: true } : waiting
}

/** Takes what was done and what came of it; gives what becomes of the message. */
export function afterStep(waiting: Waiting, step: Step, outcome: Outcome, now: Date): Next {
  const { nextAt: _, trouble: __, ...rest } = waiting
  const on = (more: Partial<Waiting>): Next => ({ is: 'waiting', waiting: { ...rest, ...more } })
  switch (outcome.is) {
    case 'put':
      return on({ put: [...waiting.put, outcome.digest], failures: 0 })
    case 'signed':
      return on({ signed: outcome.signed, digests: [...waiting.digests, outcome.signed.digest], left: false })
    case 'accepted':
      // Another message of this id can only be one that this desk did not sign: it is not this one.
      return waiting.digests.includes(outcome.digest) ? { is: 'done' } : { is: 'refused' }
    case 'unknown':
      return on({ left: false })
    case 'failed':
      return on({
        trouble: outcome.trouble,
        failures: waiting.failures + 1,
        nextAt: new Date(now.getTime() + (outcome.afterMs ?? delayOf(waiting.failures))).toISOString(),
      })
    case 'refused':
  }
  return afterRefusal(waiting, step, outcome.code, now)
}

function afterRefusal(waiting: Waiting, step: Step, code: string, now: Date): Next {
  const { nextAt: _, ...rest } = waiting
  const again = (more: Partial<Waiting>, afterMs: number): Next => ({
    is: 'waiting',
    waiting: {
      ...rest,
      ...more,
      failures: waiting.failures + 1,
      nextAt: new Date(now.getTime() + afterMs).toISOString(),
    },
  })
  // Who may not ask learns nothing of what was accepted: a draft of it could become a second message.
  if (step.do === 'ask' || code === 'unknown-agency')
    return again({ trouble: { kind: 'stranger' } }, delayOf(waiting.failures))
  if (step.do !== 'post') return { is: 'refused' }
  // It has accepted other bytes of this id: these were an earlier signature, or it is another message. To be asked.
  if (code === 'id-conflict')
    return again(
      { signed: { ...waiting.signed, at: LONG_AGO }, left: true },
      waiting.failures === 0 ? 0 : delayOf(waiting.failures),
    )
  // Fresh by this device's clock and not by the gateway's: the clock is wrong. Nothing was accepted, and it is asked before anything is signed anew.
  if (code === 'stale-message')
    return again(
      { trouble: { kind: 'clock' }, signed: { ...waiting.signed, at: LONG_AGO }, left: true },
      delayOf(waiting.failures),
    )
  // What is put and not named in time is deleted (section 9): it is put again, a few times.
  if (code === 'attachment-missing' && waiting.enclosed.length > 0 && waiting.failures < MOST_PUTTING)
    return again({ put: [], left: true }, delayOf(waiting.failures))
  return { is: 'refused' }
}

const LONG_AGO = new Date(0).toISOString()
const MOST_PUTTING = 3

/** Doubles from two seconds to two minutes. */
export const delayOf = (failures: number): number =>
  Math.min(FIRST_DELAY_MS * 2 ** Math.min(failures, 10), LONGEST_DELAY_MS)

const RANK = { immediate: 0, urgent: 1, routine: 2 } as const

/** In which order messages go out: immediate first, then the oldest. */
export function inOrder(all: readonly Waiting[]): readonly Waiting[] {
  return all.toSorted(
    (one, other) => RANK[one.envelope.priority] - RANK[other.envelope.priority] || one.since.localeCompare(other.since),
  )
}

/** Tries at once what waits only for the line, when the line is back or somebody asks for it. */
export function hurried(waiting: Waiting): Waiting {
  const { nextAt: _, ...rest } = waiting
  return rest
}
