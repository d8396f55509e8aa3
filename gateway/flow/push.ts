import type { Delivery } from '../core/agency.ts'
import { nextAttempt } from '../core/retry.ts'
import type { Outcome } from '../delivery/push.ts'
import { transaction } from '../store/database.ts'
import { conclude, consign, type Due, insertAttempts, type Lane } from '../store/deliveries.ts'
import { appendLeaves, type Leaf } from '../store/leaves.ts'
import { findMessage } from '../store/messages.ts'
import { type Acknowledging, verifyAcknowledgement, type Word } from './acknowledge.ts'
import type { Parts } from './parts.ts'
import { readMessage } from './read.ts'
import { receiptContent } from './receipts.ts'

/** A message leased to this worker for one attempt at an endpoint. */
export type Push = {
  readonly lane: Lane
  readonly due: Due
  readonly desk: string | undefined
  readonly target: { readonly url: string; readonly trustAnchors: string }
  readonly attempt: number
}

export type Pushing = Parts & { readonly acknowledge: Acknowledging }

/** The pushes of this process that are under way. */
export type Pushes = {
  /** Of what is ready, what may be taken now: each desk that pushes has its own few places, so a hanging one fills only those. */
  fit<Ready extends Routed>(ready: readonly Ready[]): readonly Ready[]
  start(push: Push): void
  /** Resolves when none is under way any more. */
  settle(): Promise<void>
}

type Routed = { readonly due: Due; readonly desk: string | undefined; readonly delivery: Delivery }

/** To one desk with one priority at once; each holds a message in memory. */
const PLACES = 8

/** Opens the places. Whenever one becomes free its lane is called again: more may wait. */
export function openPushes(parts: Pushing): Pushes {
  const under = new Map<string, number>()
  const running = new Set<Promise<void>>()
  const keyOf = ({ due, desk }: Pick<Push, 'due' | 'desk'>): string => `${due.recipient}/${due.priority}/${desk ?? ''}`
  return {
    fit(ready) {
      const taken = new Map(under)
      return ready.filter((one) => {
        if (one.delivery.mode !== 'push') return true
        const count = (taken.get(keyOf(one)) ?? 0) + 1
        if (count > PLACES) return false
        taken.set(keyOf(one), count)
        return true
      })
    },
    start(push) {
      const key = keyOf(push)
      under.set(key, (under.get(key) ?? 0) + 1)
      const run = pushOne(parts, push)
        .catch((error: unknown) => {
          // Its lease ends by itself, and the sweep finds it again.
          parts.log.error(
            { err: error, messageId: push.due.id, from: push.due.sender },
            'an attempt could not be recorded',
          )
        })
        .finally(() => {
          running.delete(run)
          const left = (under.get(key) ?? 1) - 1
          if (left === 0) under.delete(key)
          else under.set(key, left)
          parts.enqueue(push.lane)
        })
      running.add(run)
    },
    async settle() {
      await Promise.all(running)
    },
  }
}

/** Hands one message to its endpoint and writes what came of it: attempt, state, receipt and leaf in one transaction. */
async function pushOne(parts: Pushing, push: Push): Promise<void> {
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
  if (conclusion.dueAt !== undefined) parts.enqueue(push.lane, conclusion.dueAt)
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
