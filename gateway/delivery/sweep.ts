import { type Database, overdueLanes } from '../record/record.ts'
import { every, type Log, type Metrics } from '../base/base.ts'
import type { Lane } from '../protocol/protocol.ts'
import { nameOf } from './lanes.ts'
import type { LaneQueue } from './queue.ts'
import type { Registry } from '../identity/identity.ts'

type Needs = {
  readonly log: Log
  readonly metrics: Metrics
  readonly database: Database
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly now: () => Date
}

const EVERY_MS = 2_000
/** What has been due for longer than this and is leased to nobody was not called, or its call was lost. */
const OVERDUE_MS = 1_500

/** A queue that has failed for so long, or has not seen to a lane for so long, is gone around. */
const SILENT_MS = 10_000
/** Lanes that the sweep drains at once. What they push goes on by itself, so they end soon. */
const MOST_HERE = 64

/**
 * Looks for what the record says is due and no job carries, and calls a worker to it: after a crash, a wiped Redis or a call
 * that failed, nothing waits longer than a few seconds. Where the queue itself fails, this process delivers without it.
 * Starts at once, and gives the call that stops it.
 * @param drainHere drains a lane in this process, without the queue; never throws
 */
export function startSweep(
  needs: Needs,
  queue: Pick<LaneQueue, 'recall' | 'probe'>,
  drainHere: (lane: Lane) => Promise<void>,
): () => Promise<void> {
  const watch = watchQueue(needs.log)
  const here = new Set<Promise<void>>()
  const stop = every(
    EVERY_MS,
    async () => {
      const works = await queue.probe().then(
        () => true,
        () => false,
      )
      const lanes = await sweepOnce(needs, queue)
      for (const lane of watch(lanes, works, performance.now()).slice(0, Math.max(0, MOST_HERE - here.size))) {
        const drained = drainHere(lane).finally(() => here.delete(drained))
        here.add(drained)
      }
    },
    (error) => needs.log.warn({ err: error }, 'the sweep failed'),
  )
  return async () => {
    await stop()
    await Promise.all(here)
  }
}

/** One look; gives the lanes that were called, the most pressing first. */
export async function sweepOnce(needs: Needs, queue: Pick<LaneQueue, 'recall'>): Promise<readonly Lane[]> {
  const now = needs.now()
  // Deliveries to a suspended agency are held (protocol section 7): its lanes are not called.
  const active = [...needs.registry().agencies.values()].filter(({ status }) => status === 'active').map(({ id }) => id)
  const lanes = await overdueLanes(needs.database, active, new Date(now.getTime() - OVERDUE_MS), now)
  if (lanes.length === 0) return lanes
  needs.metrics.swept.inc(lanes.length)
  queue.recall(lanes, now)
  return lanes.toSorted((one, other) => one.priority - other.priority)
}

/**
 * Tells which of the overdue lanes the queue has let down: all, where it has failed for 10 s, and those that have been overdue
 * at each look for so long, whatever the queue says of itself. The log says when it begins to fail and when that is over.
 * @returns what is told at each look which lanes are overdue, whether the queue takes writes, and the time, which only goes on
 */
export function watchQueue(
  log: Pick<Log, 'warn' | 'info'>,
): (overdue: readonly Lane[], works: boolean, at: number) => readonly Lane[] {
  type Known = { readonly failingSince: number | undefined; readonly overdueSince: ReadonlyMap<string, number> }
  let known: Known = { failingSince: undefined, overdueSince: new Map() }
  const isLong = (since: number | undefined, at: number): boolean => since !== undefined && at - since >= SILENT_MS

  return (overdue, works, at) => {
    const before = known
    known = {
      failingSince: works ? undefined : (before.failingSince ?? at),
      overdueSince: new Map(overdue.map(nameOf).map((name) => [name, before.overdueSince.get(name) ?? at])),
    }
    if (works && before.failingSince !== undefined) log.info('the queue works again')
    if (!works && before.failingSince === undefined)
      log.warn('the queue fails: after 10 s this process delivers without it')
    if (isLong(known.failingSince, at)) return overdue
    return overdue.filter((lane) => isLong(known.overdueSince.get(nameOf(lane)), at))
  }
}
