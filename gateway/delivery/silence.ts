import { type Config, every, type Log, type Metrics, type Tracing } from '../base/base.ts'
import { stepOf } from '../exchange/exchange.ts'
import type { Registry } from '../identity/identity.ts'
import { type Issuer, receiptContent } from '../log/log.ts'
import { isAnswered, type Pathway, priorityOf } from '../protocol/protocol.ts'
import {
  type Addressed,
  type Database,
  endAwaiting,
  heldSince,
  lookLater,
  overdueAnswers,
  tellOverdue,
  tellUnread,
  type Told,
  type Unread,
  unreadMessages,
  type Wakes,
} from '../record/record.ts'
import { judge } from './unread.ts'

type Needs = {
  readonly config: Pick<Config, 'unreadAfterMs'>
  readonly log: Log
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly database: Database
  readonly wakes: Wakes
  readonly pathway: Pathway
  readonly backgroundIssuer: Issuer
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly now: () => Date
}

/** What is due is told at most this much later, and the time that telling takes. */
const EVERY_MS = 1_000
/** Signed, and written by one statement: few enough that whoever else appends to the log need not wait. */
const BATCH = 100
/** As many messages as a line of the log names. */
const NAMED = 10

/**
 * Tells what nobody says (protocol section 6): that an answer is overdue, and that a message lies unread. What is due stands in the
 * record, so nothing is forgotten while no process runs; any number of processes may look, and what one was first to tell no other
 * tells again. Starts at once, and gives the call that stops it.
 */
export function startSilence(needs: Needs): () => Promise<void> {
  function watch(look: typeof tellOverdueOnce, what: string): () => Promise<void> {
    return every(
      EVERY_MS,
      async (stop) => {
        for (let more = true; more && !stop.aborted; ) more = await look(needs)
      },
      (error) => needs.log.warn({ err: error }, what),
    )
  }
  const stops = [
    watch(tellOverdueOnce, 'overdue answers could not be told of; they are looked for again'),
    watch(tellUnreadOnce, 'unread messages could not be told of; they are looked for again'),
  ]
  return async () => void (await Promise.all(stops.map((stop) => stop())))
}

/** Tells of one batch of overdue answers, both sides. @returns whether others may be due that no other process is telling of */
export async function tellOverdueOnce(needs: Needs): Promise<boolean> {
  const { database, pathway, metrics, wakes } = needs
  const now = needs.now()
  const due = await overdueAnswers(database, now, BATCH)
  const { asked = [], idle = [] } = Object.groupBy(due, ({ type }) => (isAnswered(pathway, type) ? 'asked' : 'idle'))
  if (idle.length > 0)
    await endAwaiting(
      database,
      idle.map(({ no }) => no),
    )
  if (asked.length === 0) return due.length === BATCH
  const receipts = await sign(needs, asked, 'ResponseOverdue', now)
  const told = asked.filter(await isIn(tellOverdue(database, receipts, now)))
  metrics.overdue.inc(told.length)
  wakes.wake(new Set(told.flatMap(({ sender, recipient }) => [`receipts:${sender}`, `receipts:${recipient}`])))
  follow(needs, told, 'overdue', now)
  warn(needs.log, told, 'response-overdue', 'answers are overdue')
  return due.length === BATCH && told.length === asked.length
}

/** Tells of one batch of unread messages, their senders, or puts off looking at them. @returns as `tellOverdueOnce` */
export async function tellUnreadOnce(needs: Needs): Promise<boolean> {
  const { database, metrics, wakes } = needs
  const now = needs.now()
  const lying = await unreadMessages(database, now, BATCH)
  if (lying.length === 0) return false
  const judged = await judgeAll(needs, lying, now)
  const later = judged.flatMap(({ message, verdict }) =>
    verdict === 'expired' ? [] : [{ messageNo: message.no, at: verdict }],
  )
  if (later.length > 0) await lookLater(database, later)
  const expired = judged.flatMap(({ message, verdict }) => (verdict === 'expired' ? [message] : []))
  if (expired.length === 0) return lying.length === BATCH
  const receipts = await sign(needs, expired, 'AcceptanceRejectionExpiry', now)
  const told = expired.filter(await isIn(tellUnread(database, receipts, now)))
  for (const { priority } of told) metrics.unread.inc({ priority: priorityOf(priority) })
  wakes.wake(new Set(told.map(({ sender }) => `receipts:${sender}`)))
  follow(needs, told, 'unread', now)
  warn(needs.log, told, 'message-unread', 'messages lie unread')
  return lying.length === BATCH && told.length === expired.length
}

async function judgeAll({ database, config, registry, log }: Needs, lying: readonly Unread[], now: Date) {
  const agencies = [...new Set(lying.map(({ recipient }) => recipient))]
  const first = new Date(Math.min(...lying.map(({ consigned_at }) => consigned_at.getTime())))
  const held = Map.groupBy(await heldSince(database, agencies, first), ({ agency }) => agency)
  const inForce = registry().agencies
  return lying.map((message) => {
    const { recipient, desk, priority, consigned_at: consignedAt } = message
    const hours = inForce.get(recipient)?.desks.find(({ id }) => id === desk)?.hours
    const about = { priority, consignedAt, held: held.get(recipient) ?? [] }
    try {
      return { message, verdict: judge(config, { ...about, hours }, now) }
    } catch (error) {
      // A fault of ours must not keep all others waiting.
      log.error({ err: error, agency: recipient, desk }, 'the hours of a desk could not be reckoned: it counts as open')
      return { message, verdict: judge(config, { ...about, hours: undefined }, now) }
    }
  })
}

function sign(
  { backgroundIssuer }: Needs,
  messages: readonly Addressed[],
  event: 'ResponseOverdue' | 'AcceptanceRejectionExpiry',
  now: Date,
): Promise<readonly Told[]> {
  return Promise.all(
    messages.map(async (message) => {
      const content = { event, ...receiptContent(message, message.attempts) }
      return { message, receipt: await backgroundIssuer.receipt(content, now) }
    }),
  )
}

async function isIn(told: Promise<ReadonlySet<number>>): Promise<(message: Addressed) => boolean> {
  const numbers = await told
  return ({ no }) => numbers.has(no)
}

function follow({ tracing, now }: Needs, told: readonly Addressed[], step: 'overdue' | 'unread', began: Date): void {
  for (const message of told) tracing.step({ step, began, ended: now(), ...stepOf(message, {}) })
}

/** One line for each agency that is silent, however many messages it is silent about. */
function warn(log: Log, told: readonly Addressed[], alarm: string, what: string): void {
  for (const [agency, messages] of Map.groupBy(told, ({ recipient }) => recipient)) {
    const named = messages.slice(0, NAMED).map(({ sender, id }) => ({ from: sender, messageId: id }))
    log.warn({ alarm, agency, count: messages.length, messages: named }, what)
  }
}
