import { type Lane, nextAttempt, Problem } from '../protocol/protocol.ts'
import type { Outcome, Pusher } from './push.ts'
import {
  appendLeaves,
  type Attempt,
  conclude,
  type Conclusion,
  consign,
  type Database,
  type Due,
  hasten,
  insertAttempts,
  transaction,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import { type Acknowledging, type Lookup, observeSince, openMessage, stepOf, type Word } from '../exchange/exchange.ts'
import { type Issuer, receiptContent } from '../log/log.ts'
import type { Config, Log, Metrics, Tracing } from '../base/base.ts'
import { placeOf } from './places.ts'
import type { Leased } from './route.ts'
import type { Registry } from '../identity/identity.ts'
import type { Notifying } from './notifications.ts'
import { lookAt } from './unread.ts'

type Needs = {
  readonly config: Pick<Config, 'deliveryHorizonMs' | 'unreadAfterMs'>
  readonly log: Log
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly lookup: Lookup
  readonly issuer: Issuer
  readonly pusher: Pusher
  readonly words: Acknowledging
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly now: () => Date
  readonly tell: Notifying
  /** Calls a worker to drain a lane, now or at a time. A lost call is made good by the sweep. */
  readonly enqueue: (lane: Lane, at?: Date) => void
}

/**
 * Hands one message to its endpoint and writes what came of it, with one transaction: `write` where that is an attempt's end
 * alone, the recipient's word with it where the answer held one.
 */
export async function attempt(needs: Needs, push: Leased): Promise<void> {
  const at = needs.now()
  const began = performance.now()
  const outcome = await send(needs, push)
  const durationMs = Math.round(performance.now() - began)
  const now = needs.now()
  const conclusion = decide(needs, push, outcome, now)
  const told = tell(push, outcome, conclusion, { at, durationMs })
  let receiptId: string | undefined
  if (!(await acknowledgeAtOnce(needs, push, told, outcome, now))) {
    receiptId = await write(needs, push, told, conclusion, now)
    if (told.outcome === 'consigned') observeSince(needs.metrics.consigningSeconds, push.due, now)
  }
  needs.metrics.attempts.inc({ outcome: told.outcome })
  follow(needs, push, told, receiptId)
  if ('dueAt' in conclusion) needs.enqueue(push.lane, conclusion.dueAt)
  else await announce(needs, push, told, now)
}

function follow({ tracing, now }: Needs, { due }: Leased, told: Attempt, receiptId: string | undefined): void {
  const { attempt: number, desk, endpoint, outcome, status, detail, at } = told
  const said = { attempt: number, desk, endpoint, outcome, status, detail, receiptId }
  tracing.step({ step: 'push', began: at, ended: now(), ...stepOf(due, said) })
}

async function send(needs: Needs, push: Leased): Promise<Outcome> {
  const { due, delivery, attempt: number } = push
  const bytes = await read(needs, due)
  if (bytes === undefined) return { kind: 'retry', detail: 'unreadable' }
  if (bytes === 'erased') return { kind: 'refused', detail: 'erased' }
  const target = { ...delivery, places: placeOf(push) }
  const { id, sender: from, request_id: requestId } = due
  return await needs.pusher.push(target, { id, from, attempt: number, bytes, requestId })
}

/** What is over is told to who waits; an endpoint that is back gets at once what backs off from it. */
async function announce(needs: Needs, push: Leased, told: Attempt, now: Date): Promise<void> {
  const { due, desk, lane } = push
  needs.wakes.wake([`receipts:${due.sender}`, `inbox:${due.recipient}`])
  if (told.outcome !== 'consigned') return
  needs.tell(lane, [push])
  // After a failure it is back: what else waits for it need not wait for the end of its own delay.
  if (push.attempt - due.spent > 1)
    await hasten(needs.database, due.recipient, desk, now).catch((error: unknown) =>
      needs.log.warn({ err: error, agency: due.recipient, desk }, 'what backs off waits for its own time'),
    )
}

/**
 * What cannot be read now is an attempt that failed, not a lane that stops. What was erased after the backup that this record was
 * restored from never can be.
 */
async function read(needs: Needs, due: Due): Promise<Buffer | 'erased' | undefined> {
  try {
    const message = await needs.lookup.content(due.sender, due.id, due.recipient)
    return message && openMessage(needs, message)
  } catch (error) {
    if (error instanceof Problem && error.code === 'erased') return 'erased'
    needs.log.error({ err: error, messageId: due.id, from: due.sender }, 'a message could not be read')
    return undefined
  }
}

function decide(needs: Needs, { due, attempt: number }: Leased, outcome: Outcome, now: Date): Conclusion {
  if (outcome.kind === 'taken') return { transition: 'consign' }
  if (outcome.kind === 'refused') return { transition: 'giveUp' }
  const { retryAfterMs } = outcome
  const dueAt = nextAttempt({
    attempt: number - due.spent,
    now,
    deadline: due.deadline ?? new Date(now.getTime() + needs.config.deliveryHorizonMs),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    random: Math.random,
  })
  return dueAt === undefined ? { transition: 'giveUp' } : { dueAt, askedToWait: retryAfterMs !== undefined }
}

/** What the operators are told of an attempt. */
function tell(
  { due, desk, delivery, attempt: number }: Leased,
  outcome: Outcome,
  conclusion: Conclusion,
  { at, durationMs }: Pick<Attempt, 'at' | 'durationMs'>,
): Attempt {
  const failed = 'dueAt' in conclusion ? 'retry' : 'given-up'
  return {
    messageNo: due.no,
    attempt: number,
    desk,
    at,
    endpoint: new URL(delivery.url).host,
    outcome: outcome.kind === 'taken' ? 'consigned' : outcome.kind === 'refused' ? 'refused' : failed,
    status: outcome.status,
    detail: outcome.kind === 'taken' ? 'taken' : outcome.detail,
    durationMs,
  }
}

const events = { consign: 'ContentConsignment', giveUp: 'ContentConsignmentFailure' } as const

/** Attempt, state, receipt and leaf. @returns the receipt's id, where there is one and it still counted */
async function write(
  needs: Needs,
  { due, desk, lane, attempt: number }: Leased,
  told: Attempt,
  conclusion: Conclusion,
  now: Date,
): Promise<string | undefined> {
  const receipt = 'transition' in conclusion && {
    ...(await needs.issuer.receipt(
      {
        event: events[conclusion.transition],
        ...receiptContent(due, number, desk),
        ...(conclusion.transition === 'giveUp' && { reason: { code: told.detail } }),
      },
      now,
    )),
    messageNo: due.no,
    feed: due.sender,
  }
  return await transaction(needs.database, async (tx) => {
    await insertAttempts(tx, [told])
    const still = await conclude(tx, told, conclusion)
    // An acknowledgement, an operator or another worker was first: the attempt is told, and nothing else changes.
    if (!still || !receipt) return { result: undefined }
    const isConsigned = told.outcome === 'consigned'
    const written = isConsigned
      ? consign(tx, [{ ...told, receipt }], lookAt(needs.config, lane, now))
      : appendLeaves(tx, [receipt])
    return { result: receipt.id, pending: [written] }
  })
}

/**
 * A 2xx whose body is an acknowledgement is both at once, also in the record: an endpoint says its word only this once.
 * @returns whether it was recorded; false where there is none, or another one was first
 */
async function acknowledgeAtOnce(
  needs: Needs,
  push: Leased,
  told: Attempt,
  outcome: Outcome,
  now: Date,
): Promise<boolean> {
  const answer = outcome.kind === 'taken' ? outcome.acknowledgement : undefined
  const word = answer && (await verifyAnswer(needs, push, answer, now))
  if (word === undefined) return false
  const { due, desk, attempt: attempts } = push
  try {
    await needs.words.record({ ...due, attempts, desk: desk ?? null }, word, now, { attempt: told })
    return true
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}

/** The word in the answer to a push. An invalid one is told to the operators and otherwise ignored (protocol section 7). */
async function verifyAnswer(needs: Needs, { due, desk }: Leased, bytes: Buffer, now: Date): Promise<Word | undefined> {
  const recipient = needs.registry().agencies.get(due.recipient)
  if (recipient === undefined) return undefined
  try {
    return await needs.words.verify(recipient, due, bytes, now)
  } catch (error) {
    needs.metrics.invalidAnswers.inc({ agency: due.recipient })
    needs.log.warn(
      { err: error, agency: due.recipient, desk, messageId: due.id },
      'an endpoint answered with an invalid acknowledgement',
    )
    return undefined
  }
}
