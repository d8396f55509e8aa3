import type { Config, FaultPoint, Log, Metrics, Step, Tracing } from '../base/base.ts'
import { observeSince, stepOf } from '../exchange/exchange.ts'
import type { Registry } from '../identity/identity.ts'
import { type Issuer, receiptContent, type ReceiptContent } from '../log/log.ts'
import type { Agency, Catalogue, Lane } from '../protocol/protocol.ts'
import {
  appendLeaves,
  consign,
  type Database,
  giveUp,
  lease,
  lockDue,
  postpone,
  pressingBefore,
  type Queryable,
  takeRate,
  transaction,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import type { Notifying } from './notifications.ts'
import type { Places } from './places.ts'
import { type Allowances, type Decision, nextDue, openNow, plan, YIELD_MS } from './plan.ts'
import { type Leased, route, type Routed } from './route.ts'
import { lookAt } from './unread.ts'

type Needs = {
  readonly config: Pick<Config, 'pushTimeoutMs' | 'deliveryHorizonMs' | 'unreadAfterMs'>
  readonly log: Log
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly fault: FaultPoint
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly catalogue: Catalogue
  readonly backgroundIssuer: Issuer
  readonly places: Places
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly now: () => Date
  readonly tell: Notifying
  /** Calls a worker to drain a lane, now or at a time. A lost call is made good by the sweep. */
  readonly enqueue: (lane: Lane, at?: Date) => void
}

/** Locked and written by one transaction: enough to share its commit, few enough to pass to another worker soon. */
const BATCH = 100
/** Beyond the time an endpoint may take, before another worker believes that this one has died. */
const LEASE_MARGIN_MS = 15_000

type Of<Kind extends Decision['kind']> = Extract<Decision, { kind: Kind }>

/**
 * Drains a lane: delivers what is due to one agency with one priority, until nothing is. Rows are locked in the record while
 * they are decided on, so a job that runs twice, or in two processes, delivers once. Pushes go on by themselves: an endpoint
 * that hangs keeps its own places, and nothing else. Where the process is stopping, what is left waits for the next one.
 */
export async function drain(needs: Needs, lane: Lane, stopping: AbortSignal): Promise<void> {
  for (let more = true; more && !stopping.aborted; ) {
    const agency = needs.registry().agencies.get(lane.recipient)
    // Deliveries to a suspended agency are held; the registry calls its lanes again when it is active (section 7).
    if (agency?.status !== 'active') return
    const { decisions, receipts, full, now } = await takeBatch(needs, agency, lane)
    needs.fault('drain-committed')
    follow(needs, decisions, receipts, now)
    for (const push of leasedOf(lane, decisions)) needs.places.start(push)
    announce(needs, lane, decisions, now)
    const next = nextDue(decisions, now)
    if (next !== undefined) needs.enqueue(lane, next)
    more = full
  }
}

/** By the number of its message, the id of a receipt that was issued. */
type Receipts = ReadonlyMap<number, string>
/** What was decided about a batch, and written; `full`: others may be due. */
type Batch = {
  readonly decisions: readonly Decision[]
  readonly receipts: Receipts
  readonly full: boolean
  readonly now: Date
}

async function takeBatch(needs: Needs, agency: Agency, lane: Lane): Promise<Batch> {
  const limit = needs.places.worth(agency, lane, BATCH)
  const now = needs.now()
  if (limit <= 0) return { decisions: [], receipts: new Map(), full: false, now }
  return await transaction(needs.database, async (tx) => {
    const due = await lockDue(tx, { ...lane, now, limit, busy: needs.places.busy(lane) })
    const routed = await Promise.all(due.map((one) => route(needs, tx, agency, one, now)))
    const placed = needs.places.fit(openNow(routed))
    const full = due.length === limit
    const allowances = await askRates(tx, lane, placed, now)
    const decisions = plan(routed, { placed: new Set(placed), allowances, hides: full, now })
    const { receipts, pending } = await write(needs, tx, lane, decisions, now)
    needs.fault('drain-written')
    return { result: { decisions, receipts, full, now }, pending }
  })
}

/** What each desk's `maxPerMinute` allows, counted over all workers; what is more pressing goes ahead (section 7). */
async function askRates(tx: Queryable, lane: Lane, placed: readonly Routed[], now: Date): Promise<Allowances> {
  const allowances = new Map<string | undefined, { granted: number; retryAfterMs: number }>()
  // Always in the same order, so that two lanes never wait for each other's desk.
  const byDesk = [...Map.groupBy(placed, ({ desk }) => desk)].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
  for (const [desk, wanting] of byDesk) {
    const limit = wanting[0]?.delivery.maxPerMinute
    if (limit === undefined) continue
    const yields = await pressingBefore(tx, lane, desk, now)
    allowances.set(
      desk,
      yields
        ? { granted: 0, retryAfterMs: YIELD_MS }
        : await takeRate(tx, `desk:${lane.recipient}/${desk ?? ''}`, wanting.length, limit),
    )
  }
  return allowances
}

/** Writes the decisions; gives the receipts, and the statements that the commit may follow at once. */
async function write(
  needs: Needs,
  tx: Queryable,
  lane: Lane,
  decisions: readonly Decision[],
  now: Date,
): Promise<{ receipts: Receipts; pending: readonly Promise<unknown>[] }> {
  const waiting = [...ofKind(decisions, 'closed'), ...ofKind(decisions, 'over-rate'), ...ofKind(decisions, 'no-place')]
  if (waiting.length > 0)
    await postpone(
      tx,
      waiting.map(({ kind, due, desk, until }) => ({ messageNo: due.no, desk, until, closed: kind === 'closed' })),
      now,
    )
  const pushes = ofKind(decisions, 'push').map(({ due, desk }) => ({ messageNo: due.no, desk }))
  if (pushes.length > 0) await lease(tx, pushes, leaseOf(needs.config, now))
  const mailbox = await endAll(needs, ofKind(decisions, 'mailbox'), { event: 'ContentConsignment' }, now)
  const unroutable = await endAll(
    needs,
    ofKind(decisions, 'unroutable'),
    { event: 'ContentConsignmentFailure', reason: { code: 'adapter-failed' } },
    now,
  )
  const pending = [
    ...(mailbox.length > 0 ? [consign(tx, mailbox, lookAt(needs.config, lane, now))] : []),
    ...(unroutable.length > 0
      ? [
          giveUp(tx, unroutable),
          appendLeaves(
            tx,
            unroutable.map(({ receipt }) => receipt),
          ),
        ]
      : []),
  ]
  const receipts = new Map([...mailbox, ...unroutable].map(({ messageNo, receipt }) => [messageNo, receipt.id]))
  return { receipts, pending }
}

function leaseOf(config: Needs['config'], now: Date): { until: Date; deadline: Date } {
  return {
    until: new Date(now.getTime() + config.pushTimeoutMs + LEASE_MARGIN_MS),
    deadline: new Date(now.getTime() + config.deliveryHorizonMs),
  }
}

/** What a mailbox is given, or nobody takes, is over at this attempt: with the receipt that tells it. */
function endAll(
  { backgroundIssuer }: Needs,
  decisions: readonly Decision[],
  said: Pick<ReceiptContent, 'event'> & Partial<Pick<ReceiptContent, 'reason'>>,
  now: Date,
) {
  return Promise.all(
    decisions.map(async ({ due, desk }) => {
      const attempt = due.attempts + 1
      const receipt = await backgroundIssuer.receipt({ ...receiptContent(due, attempt, desk), ...said }, now)
      return { messageNo: due.no, attempt, desk, receipt: { ...receipt, messageNo: due.no, feed: due.sender } }
    }),
  )
}

function leasedOf(lane: Lane, decisions: readonly Decision[]): readonly Leased[] {
  return ofKind(decisions, 'push').map(({ due, desk, delivery }) => ({
    lane,
    due,
    desk,
    delivery,
    attempt: due.attempts + 1,
  }))
}

function ofKind<Kind extends Decision['kind']>(decisions: readonly Decision[], kind: Kind): readonly Of<Kind>[] {
  return decisions.filter((one): one is Of<Kind> => one.kind === kind)
}

/** After the commit: what has left its lane, and where that was the end of it. */
function follow({ tracing, now: clock }: Needs, decisions: readonly Decision[], receipts: Receipts, now: Date): void {
  const ended = clock()
  for (const { kind, due, desk } of decisions) {
    const step = NEXT_STEP[kind]
    if (step === undefined) continue
    const said = { attempt: due.attempts + 1, desk }
    tracing.step({ step: 'wait', began: due.due_at, ended: now, ...stepOf(due, said) })
    const detail = kind === 'unroutable' ? 'adapter-failed' : undefined
    const receiptId = receipts.get(due.no)
    if (step !== 'push') tracing.step({ step, began: now, ended, ...stepOf(due, { ...said, detail, receiptId }) })
  }
}

/** What is next, where a delivery leaves its lane. */
const NEXT_STEP: Partial<Record<Decision['kind'], Step['step']>> = {
  mailbox: 'consign',
  push: 'push',
  unroutable: 'give-up',
}

/** After the commit: wakes who waits, and tells an agency without a system that something waits, at most once a batch. */
function announce({ metrics, wakes, tell }: Needs, lane: Lane, decisions: readonly Decision[], now: Date): void {
  const consigned = ofKind(decisions, 'mailbox')
  const ended = [...consigned, ...ofKind(decisions, 'unroutable')]
  if (ended.length === 0) return
  metrics.consigned.inc(consigned.length)
  for (const { due } of consigned) observeSince(metrics.consigningSeconds, due, now)
  wakes.wake([`inbox:${lane.recipient}`, ...new Set(ended.map(({ due }) => `receipts:${due.sender}`))])
  tell(lane, consigned)
}
