import { nextAttempt } from '../core/retry.ts'
import type { Outcome } from '../delivery/push.ts'
import { transaction } from '../store/database.ts'
import { conclude, consign, type Due, insertAttempts } from '../store/deliveries.ts'
import { appendLeaves, type Leaf } from '../store/leaves.ts'
import { findMessage } from '../store/messages.ts'
import { type Acknowledging, verifyAcknowledgement, type Word } from './acknowledge.ts'
import type { Parts } from './parts.ts'
import { readMessage } from './read.ts'
import { receiptContent } from './receipts.ts'

/** A message leased to this worker for one attempt at an endpoint. */
export type Push = {
  readonly due: Due
  readonly desk: string | undefined
  readonly target: { readonly url: string; readonly trustAnchors: string }
  readonly attempt: number
}

export type Pushing = Parts & { readonly acknowledge: Acknowledging }

/** Hands one message to its endpoint and writes what came of it: attempt, state, receipt and leaf in one transaction. */
export async function pushOne(parts: Pushing, push: Push): Promise<void> {
  const { due, target, attempt } = push
  const at = parts.now()
  const bytes = await read(parts, due)
  const outcome: Outcome =
    bytes === undefined
      ? { kind: 'retry', detail: 'unreadable' }
      : await parts.pusher.push(target, { id: due.id, from: due.sender, attempt, bytes })
  const now = parts.now()
  const conclusion = decide(parts, push, outcome, now)
  await write(parts, push, { outcome, conclusion, at, now })
  parts.metrics.attempts.inc({ outcome: conclusion.outcome })
  if (conclusion.event !== undefined) parts.wakes.wake([`receipts:${due.sender}`, `inbox:${due.recipient}`])
  if (outcome.kind === 'taken' && outcome.acknowledgement) await takeAnswer(parts, push, outcome.acknowledgement, now)
}

/** What cannot be read now is an attempt that failed, not a lane that stops. */
async function read(parts: Parts, due: Due): Promise<Buffer | undefined> {
  try {
    return await readMessage(parts, parts.database, due)
  } catch (error) {
    parts.log.error({ err: error, messageId: due.id, from: due.sender }, 'a message could not be read')
    return undefined
  }
}

type Conclusion =
  | {
      readonly outcome: 'consigned'
      readonly state: 'consigned'
      readonly event: 'ContentConsignment'
      readonly dueAt?: undefined
    }
  | { readonly outcome: 'retry'; readonly state: 'accepted'; readonly event?: undefined; readonly dueAt: Date }
  | {
      readonly outcome: 'refused' | 'given-up'
      readonly state: 'dead-lettered'
      readonly event: 'ContentConsignmentFailure'
      readonly dueAt?: undefined
    }

function decide(parts: Parts, { due, attempt }: Push, outcome: Outcome, now: Date): Conclusion {
  if (outcome.kind === 'taken') return { outcome: 'consigned', state: 'consigned', event: 'ContentConsignment' }
  if (outcome.kind === 'refused')
    return { outcome: 'refused', state: 'dead-lettered', event: 'ContentConsignmentFailure' }
  const deadline = due.deadline ?? new Date(now.getTime() + parts.config.deliveryHorizonMs)
  const { retryAfterMs } = outcome
  const dueAt = nextAttempt({
    attempt: attempt - due.spent,
    now,
    deadline,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    random: Math.random,
  })
  if (dueAt === undefined) return { outcome: 'given-up', state: 'dead-lettered', event: 'ContentConsignmentFailure' }
  return { outcome: 'retry', state: 'accepted', dueAt }
}

async function write(
  parts: Parts,
  { due, desk, target, attempt }: Push,
  { outcome, conclusion, at, now }: { outcome: Outcome; conclusion: Conclusion; at: Date; now: Date },
): Promise<void> {
  const detail = outcome.kind === 'taken' ? 'taken' : outcome.detail
  const receipt =
    conclusion.event && (await sign(parts, due, { desk, attempt, now, event: conclusion.event, code: detail }))
  await transaction(parts.database, async (tx) => {
    const row = { messageNo: due.no, attempt, desk, at, detail, outcome: conclusion.outcome, status: outcome.status }
    await insertAttempts(tx, [{ ...row, endpoint: new URL(target.url).host, durationMs: now.getTime() - at.getTime() }])
    const { state, dueAt } = conclusion
    const still = await conclude(tx, { messageNo: due.no, attempt, state, ...(dueAt && { dueAt }) })
    // An acknowledgement, an operator or another worker was first: the attempt is told, and nothing else changes.
    if (!still || receipt === undefined) return { result: undefined }
    const appended = appendLeaves(tx, [receipt])
    if (state !== 'consigned') return { result: undefined, pending: [appended] }
    return { result: undefined, pending: [appended, consign(tx, [{ messageNo: due.no, attempt, desk }])] }
  })
}

async function sign(
  parts: Parts,
  due: Due,
  what: {
    desk: string | undefined
    attempt: number
    now: Date
    event: 'ContentConsignment' | 'ContentConsignmentFailure'
    code: string
  },
): Promise<Leaf> {
  const { desk, attempt, now, event, code } = what
  const reason = event === 'ContentConsignmentFailure' ? { reason: { code } } : {}
  const receipt = await parts.issuer.receipt({ event, ...receiptContent(due, attempt, desk), ...reason }, now)
  return { ...receipt, messageNo: due.no, feed: due.sender }
}

/** A 2xx whose body is an acknowledgement is both at once; an invalid one is told to the operators and otherwise ignored. */
async function takeAnswer(parts: Pushing, { due, desk }: Push, bytes: Buffer, now: Date): Promise<void> {
  const recipient = parts.registry().agencies.get(due.recipient)
  const message = await findMessage(parts.database, due.sender, due.id)
  if (recipient === undefined || message === undefined) return
  let word: Word
  try {
    word = await verifyAcknowledgement(parts, recipient, message, bytes, now)
  } catch (error) {
    parts.metrics.invalidAnswers.inc({ agency: due.recipient })
    parts.log.warn(
      { err: error, agency: due.recipient, desk, messageId: due.id },
      'an endpoint answered with an invalid acknowledgement',
    )
    return
  }
  await parts.acknowledge(message, word, now)
}
