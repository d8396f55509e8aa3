import { adapters, readsAge } from '../../adapters/index.ts'
import type { Agency, Delivery } from '../core/agency.ts'
import { ageOf } from '../core/disclosure.ts'
import { parseEnvelope } from '../core/envelope.ts'
import { parseJws } from '../core/jws.ts'
import { type Queryable, transaction } from '../store/database.ts'
import {
  consign,
  type Due,
  type Lane,
  lease,
  lockDue,
  postpone,
  stepAside,
  pressingBefore,
  type Waiting,
} from '../store/deliveries.ts'
import { priorityOf, readMessages } from '../store/messages.ts'
import { takeRate } from '../store/rate.ts'
import type { Parts } from './parts.ts'
import type { Push, Pushes } from './push.ts'
import { openMessage } from './read.ts'
import { receiptContent } from './receipts.ts'

/** Locked and written by one transaction: enough to share its commit, few enough to pass to another worker soon. */
const BATCH = 100
/** Beyond the time an endpoint may take, before another worker believes that this one has died. */
const LEASE_MARGIN_MS = 15_000
/** Where something more pressing waits for the same desk's rate, or all places of the desk are taken. */
const YIELD_MS = 1_000

/** A delivery and where its agency's adapter sends it. */
export type Routed = {
  readonly due: Due
  readonly desk: string | undefined
  readonly delivery: Delivery
  readonly notBefore?: Date
}

/**
 * Drains a lane: delivers what is due to one agency with one priority, until nothing is. Rows are locked in the record while
 * they are decided on, so a job that runs twice, or in two processes, delivers once. Pushes go on by themselves: an endpoint
 * that hangs keeps its own places, and nothing else. Where the process is stopping, what is left waits for the next one.
 */
export async function drain(parts: Parts, pushes: Pushes, lane: Lane, stopping: AbortSignal): Promise<void> {
  for (let more = true; more && !stopping.aborted; ) {
    const agency = parts.registry().agencies.get(lane.recipient)
    // Deliveries to a suspended agency are held; the registry calls its lanes again when it is active (section 7).
    if (agency?.status !== 'active') return
    const batch = await takeBatch(parts, pushes, agency, lane)
    for (const push of batch.leased) pushes.start(push)
    if (batch.next !== undefined) parts.enqueue(lane, batch.next)
    more = batch.more
  }
}

/** `more`: others may be due; `next`: when the first of those that were put off falls due. */
type Batch = { readonly more: boolean; readonly next: Date | undefined; readonly leased: readonly Push[] }

/** Decides a batch and writes what was decided; gives the pushes that are now leased to this worker. */
async function takeBatch(parts: Parts, pushes: Pushes, agency: Agency, lane: Lane): Promise<Batch> {
  const limit = pushes.worth(agency, lane, BATCH)
  const now = parts.now()
  const { consigned, ...result } = await transaction(parts.database, async (tx) => {
    const due = await lockDue(tx, { ...lane, now, limit })
    const routed = await Promise.all(due.map((one) => route(parts, tx, agency, one, now)))
    const waiting = routed.flatMap(({ due: { no }, desk, notBefore }) =>
      notBefore === undefined ? [] : [{ messageNo: no, desk, until: notBefore, closed: true }],
    )
    const open = routed.filter(({ notBefore }) => notBefore === undefined)
    const ready = pushes.fit(open)
    const aside = moveAside(
      open.filter((one) => !ready.includes(one)),
      { hides: due.length === limit, now },
    )
    const { admitted, excess } = await admit(tx, lane, ready, now)
    const mailbox = admitted.filter(({ delivery }) => delivery.mode === 'mailbox')
    const leased = admitted.flatMap(({ due: one, desk, delivery }) =>
      delivery.mode === 'push' ? [{ lane, due: one, desk, delivery, attempt: one.attempts + 1 }] : [],
    )
    const put = [...waiting, ...excess]
    if (put.length > 0) await postpone(tx, put, now)
    if (aside.length > 0) await stepAside(tx, aside)
    if (leased.length > 0) await leasePushes(parts, tx, leased, now)
    const pending = mailbox.length > 0 ? await consignAll(parts, tx, mailbox, now) : []
    const times = [...put, ...aside].map(({ until }) => until.getTime()).filter((until) => until > now.getTime())
    const next = times.length > 0 ? new Date(Math.min(...times)) : undefined
    return { result: { more: limit > 0 && due.length === limit, next, leased, consigned: mailbox }, pending }
  })
  announce(parts, lane, consigned)
  return result
}

/**
 * What waits for the places of a busy desk is given that desk, so that no other desk yields to it. It stays due, and goes as
 * soon as a place is free, but where it would hide what stands behind it, or where the desk is the agency itself.
 */
function moveAside(
  waiting: readonly Routed[],
  { hides, now }: { hides: boolean; now: Date },
): readonly { messageNo: number; desk: string | undefined; until: Date }[] {
  const later = new Date(now.getTime() + YIELD_MS)
  return waiting.flatMap(({ due: { no, due_at, desk: known }, desk }) => {
    if (hides || desk === undefined) return [{ messageNo: no, desk, until: later }]
    return desk === known ? [] : [{ messageNo: no, desk, until: due_at }]
  })
}

/** Asks the agency's adapter where the message goes. Only where a desk asks for it is the child's age read, and nothing else. */
async function route(parts: Parts, tx: Queryable, agency: Agency, due: Due, now: Date): Promise<Routed> {
  const priority = priorityOf(due.priority)
  const ageYears = readsAge(agency) ? await readAge(parts, tx, due) : undefined
  const metadata = { from: due.sender, to: due.recipient, type: due.type, priority }
  const decision = adapters[agency.kind](agency, ageYears === undefined ? metadata : { ...metadata, ageYears }, now)
  return {
    due,
    desk: decision.desk,
    delivery: decision.delivery,
    ...(decision.notBefore && { notBefore: decision.notBefore }),
  }
}

/** A message that cannot be read has no known age: it is delivered all the same. */
async function readAge(parts: Parts, tx: Queryable, due: Due): Promise<number | undefined> {
  try {
    const [message] = await readMessages(tx, [{ sender: due.sender, id: due.id }])
    if (message === undefined) return undefined
    const { payload } = parseJws(openMessage(parts, message), 'safeguarding-message+jws')
    return ageOf(parseEnvelope(payload, parts.catalogue.isType).body)
  } catch (error) {
    parts.log.error({ err: error, messageId: due.id, from: due.sender }, 'a message could not be read')
    return undefined
  }
}

/** Keeps to a desk's `maxPerMinute`, counted over all workers; what is more pressing goes ahead (section 7). */
async function admit(
  tx: Queryable,
  lane: Lane,
  ready: readonly Routed[],
  now: Date,
): Promise<{
  admitted: readonly Routed[]
  excess: readonly Waiting[]
}> {
  const admitted: Routed[] = []
  const excess: Waiting[] = []
  // Always in the same order, so that two lanes never wait for each other's desk.
  const byDesk = [...Map.groupBy(ready, ({ desk }) => desk)].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
  for (const [desk, routed] of byDesk) {
    const limit = routed[0]?.delivery.maxPerMinute
    if (limit === undefined) {
      admitted.push(...routed)
      continue
    }
    const pressing = await pressingBefore(tx, lane, desk, now)
    const wanted = routed.length
    const { granted, retryAfterMs } = pressing
      ? { granted: 0, retryAfterMs: YIELD_MS }
      : await takeRate(tx, `desk:${lane.recipient}/${desk ?? ''}`, wanted, limit)
    admitted.push(...routed.slice(0, granted))
    if (granted === wanted) continue
    const until = new Date(now.getTime() + retryAfterMs)
    excess.push(...routed.slice(granted).map(({ due: { no } }) => ({ messageNo: no, desk, until, closed: false })))
  }
  return { admitted, excess }
}

async function leasePushes(parts: Parts, tx: Queryable, pushes: readonly Push[], now: Date): Promise<void> {
  const until = new Date(now.getTime() + parts.config.pushTimeoutMs + LEASE_MARGIN_MS)
  const deadline = new Date(now.getTime() + parts.config.deliveryHorizonMs)
  await lease(
    tx,
    pushes.map(({ due, desk }) => ({ messageNo: due.no, desk })),
    { until, deadline },
  )
}

/** Puts messages into the mailbox: receipt, leaf and state, and the commit right behind them. The receipt tells the attempt. */
async function consignAll(
  parts: Parts,
  tx: Queryable,
  mailbox: readonly Routed[],
  now: Date,
): Promise<readonly Promise<unknown>[]> {
  const deliveries = await Promise.all(
    mailbox.map(async ({ due, desk }) => {
      const attempt = due.attempts + 1
      const content = { event: 'ContentConsignment', ...receiptContent(due, attempt, desk) } as const
      const receipt = { ...(await parts.patientIssuer.receipt(content, now)), messageNo: due.no, feed: due.sender }
      return { messageNo: due.no, attempt, desk, receipt }
    }),
  )
  return [consign(tx, deliveries)]
}

/** After the commit: wakes who waits, and tells an agency without a system that something waits, at most once a batch. */
function announce(parts: Parts, lane: Lane, consigned: readonly Routed[]): void {
  if (consigned.length === 0) return
  parts.metrics.consigned.inc(consigned.length)
  parts.wakes.wake([`inbox:${lane.recipient}`, ...new Set(consigned.map(({ due }) => `receipts:${due.sender}`))])
  parts.tell(
    lane,
    consigned.map(({ delivery }) => delivery),
  )
}
