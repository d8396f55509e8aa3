import { type Database, overdueLanes } from '../record/record.ts'
import { every, type Log, type Metrics } from '../base/base.ts'
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

/**
 * Looks for what the record says is due and no job carries, and calls a worker to it: after a crash, a wiped Redis or a call
 * that failed, nothing waits longer than a few seconds. Starts at once, and gives the call that stops it.
 */
export function startSweep(needs: Needs, queue: LaneQueue): () => Promise<void> {
  return every(
    EVERY_MS,
    () => sweepOnce(needs, queue),
    (error) => needs.log.warn({ err: error }, 'the sweep failed'),
  )
}

/** One look; gives how many lanes were called. */
export async function sweepOnce(needs: Needs, queue: LaneQueue): Promise<number> {
  const now = needs.now()
  // Deliveries to a suspended agency are held (protocol section 7): its lanes are not called.
  const active = [...needs.registry().agencies.values()].filter(({ status }) => status === 'active').map(({ id }) => id)
  const lanes = await overdueLanes(needs.database, active, new Date(now.getTime() - OVERDUE_MS), now)
  if (lanes.length === 0) return 0
  needs.metrics.swept.inc(lanes.length)
  queue.recall(lanes, now)
  return lanes.length
}
