import type { Agency, Delivery } from '../core/agency.ts'
import { nextAttempt } from '../core/retry.ts'
import type { Outcome } from '../delivery/push.ts'
import { Problem } from '../problems.ts'
import { type Attempt, insertAttempts } from '../store/attempts.ts'
import { transaction } from '../store/database.ts'
import { type Conclusion, conclude, consign, type Due, hasten, type Lane } from '../store/deliveries.ts'
import { appendLeaves } from '../store/leaves.ts'
import { priorities } from '../store/messages.ts'
import { type Acknowledging, verifyAcknowledgement, type Word } from './acknowledge.ts'
import type { Parts } from './parts.ts'
import { openMessage } from './read.ts'
import { receiptContent } from './receipts.ts'

/** A message leased to this worker for one attempt at an endpoint. */
export type Push = {
  readonly lane: Lane
  readonly due: Due
  readonly desk: string | undefined
  readonly delivery: Delivery & { readonly mode: 'push' }
  readonly attempt: number
}

export type Pushing = Parts & { readonly acknowledge: Acknowledging }

/** The pushes of this process that are under way. */
export type Pushes = {
  /** How many deliveries of a lane it is worth looking at: no more than the free places, where all of them are pushed alike. */
  worth(agency: Agency, lane: Lane, most: number): number
  /** Of what is ready, what may be taken now: each desk that pushes has its own few places, so a hanging one fills only those. */
  fit<Ready extends Routed>(ready: readonly Ready[]): readonly Ready[]
  start(push: Push): void
  /** Resolves when none is under way any more. */
  settle(): Promise<void>
}

type Routed = { readonly due: Due; readonly desk: string | undefined; readonly delivery: Delivery }

/** To one desk with one priority at once; each holds a message in memory. */
const PLACES = 8

/** Opens the places. Whenever one becomes free the agency's lanes are called again, the most pressing first. */
export function openPushes(parts: Pushing): Pushes {
  const under = new Map<string, number>()
  const running = new Set<Promise<void>>()
  const keyOf = ({ due, desk }: Pick<Push, 'due' | 'desk'>): string => `${due.recipient}/${due.priority}/${desk ?? ''}`
  return {
    worth({ desks, delivery, id }, { priority }, most) {
      if (desks.length > 0 || delivery.mode === 'mailbox') return most
      return PLACES - (under.get(`${id}/${priority}/`) ?? 0)
    },
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
          for (const priority of priorities.keys()) parts.enqueue({ ...push.lane, priority })
        })
      running.add(run)
    },
    async settle() {
      await Promise.all(running)
    },
  }
}

/**
 * Hands one message to its endpoint and writes what came of it, with one transaction: `write` where that is an attempt's end
 * alone, `acknowledge` where the answer held the recipient's word.
 */
async function pushOne(parts: Pushing, push: Push): Promise<void> {
  const { due, desk, delivery, attempt } = push
  const at = parts.now()
  const bytes = await read(parts, due)
  const outcome: Outcome =
    bytes === undefined
      ? { kind: 'retry', detail: 'unreadable' }
      : await parts.pusher.push(
          { ...delivery, places: `${due.recipient}/${due.priority}/${desk ?? ''}` },
          { id: due.id, from: due.sender, attempt, bytes },
        )
  const now = parts.now()
  const conclusion = decide(parts, push, outcome, now)
  const told = tell(push, outcome, conclusion, { at, now })
  const answer = outcome.kind === 'taken' ? outcome.acknowledgement : undefined
  const word = answer && (await verifyAnswer(parts, push, answer, now))
  if (!(await acknowledgeAtOnce(parts, push, told, word, now))) await write(parts, push, told, conclusion, now)
  parts.metrics.attempts.inc({ outcome: told.outcome })
  if ('dueAt' in conclusion) return parts.enqueue(push.lane, conclusion.dueAt)
  parts.wakes.wake([`receipts:${due.sender}`, `inbox:${due.recipient}`])
  if (told.outcome !== 'consigned') return
  parts.tell(push.lane, [delivery])
  // After a failure it is back: what else waits for it need not wait for the end of its own delay.
  if (attempt - due.spent > 1)
    await hasten(parts.database, due.recipient, desk, now).catch((error: unknown) =>
      parts.log.warn({ err: error, agency: due.recipient, desk }, 'what backs off waits for its own time'),
    )
}

/** What cannot be read now is an attempt that failed, not a lane that stops. */
async function read(parts: Parts, due: Due): Promise<Buffer | undefined> {
  try {
    const message = await parts.lookup.content(due.sender, due.id)
    return message && openMessage(parts, message)
  } catch (error) {
    parts.log.error({ err: error, messageId: due.id, from: due.sender }, 'a message could not be read')
    return undefined
  }
}

function decide(parts: Parts, { due, attempt }: Push, outcome: Outcome, now: Date): Conclusion {
  if (outcome.kind === 'taken') return { transition: 'consign' }
  if (outcome.kind === 'refused') return { transition: 'giveUp' }
  const { retryAfterMs } = outcome
  const dueAt = nextAttempt({
    attempt: attempt - due.spent,
    now,
    deadline: due.deadline ?? new Date(now.getTime() + parts.config.deliveryHorizonMs),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    random: Math.random,
  })
  return dueAt === undefined ? { transition: 'giveUp' } : { dueAt, askedToWait: retryAfterMs !== undefined }
}

/** What the operators are told of an attempt. */
function tell(
  { due, desk, delivery, attempt }: Push,
  outcome: Outcome,
  conclusion: Conclusion,
  { at, now }: { at: Date; now: Date },
): Attempt {
  const failed = 'dueAt' in conclusion ? 'retry' : 'given-up'
  return {
    messageNo: due.no,
    attempt,
    desk,
    at,
    endpoint: new URL(delivery.url).host,
    outcome: outcome.kind === 'taken' ? 'consigned' : outcome.kind === 'refused' ? 'refused' : failed,
    status: outcome.status,
    detail: outcome.kind === 'taken' ? 'taken' : outcome.detail,
    durationMs: now.getTime() - at.getTime(),
  }
}

const events = { consign: 'ContentConsignment', giveUp: 'ContentConsignmentFailure' } as const

/** Attempt, state, receipt and leaf. */
async function write(
  parts: Parts,
  { due, desk, attempt }: Push,
  told: Attempt,
  conclusion: Conclusion,
  now: Date,
): Promise<void> {
  const receipt = 'transition' in conclusion && {
    ...(await parts.issuer.receipt(
      {
        event: events[conclusion.transition],
        ...receiptContent(due, attempt, desk),
        ...(conclusion.transition === 'giveUp' && { reason: { code: told.detail } }),
      },
      now,
    )),
    messageNo: due.no,
    feed: due.sender,
  }
  await transaction(parts.database, async (tx) => {
    await insertAttempts(tx, [told])
    const still = await conclude(tx, told, conclusion)
    // An acknowledgement, an operator or another worker was first: the attempt is told, and nothing else changes.
    if (!still || !receipt) return { result: undefined }
    const isConsigned = told.outcome === 'consigned'
    return {
      result: undefined,
      pending: [isConsigned ? consign(tx, [{ ...told, receipt }]) : appendLeaves(tx, [receipt])],
    }
  })
}

/** The word in the answer to a push. An invalid one is told to the operators and otherwise ignored (protocol section 7). */
async function verifyAnswer(parts: Parts, { due, desk }: Push, bytes: Buffer, now: Date): Promise<Word | undefined> {
  const recipient = parts.registry().agencies.get(due.recipient)
  if (recipient === undefined) return undefined
  try {
    return await verifyAcknowledgement(parts, recipient, due, bytes, now)
  } catch (error) {
    parts.metrics.invalidAnswers.inc({ agency: due.recipient })
    parts.log.warn(
      { err: error, agency: due.recipient, desk, messageId: due.id },
      'an endpoint answered with an invalid acknowledgement',
    )
    return undefined
  }
}

/**
 * A 2xx whose body is an acknowledgement is both at once, also in the record: an endpoint says its word only this once.
 * @returns whether it was recorded; false where there is none, or another one was first
 */
async function acknowledgeAtOnce(
  parts: Pushing,
  { due, desk, attempt }: Push,
  told: Attempt,
  word: Word | undefined,
  now: Date,
): Promise<boolean> {
  if (!word) return false
  try {
    await parts.acknowledge({ ...due, attempts: attempt, desk: desk ?? null }, word, now, told)
    return true
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}
