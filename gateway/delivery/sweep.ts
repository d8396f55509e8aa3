import type { Parts } from '../exchange/parts.ts'
import { overdueLanes } from '../record/deliveries.ts'
import type { LaneQueue } from './queue.ts'

const EVERY_MS = 2_000
/** What has been due for longer than this and is leased to nobody was not called, or its call was lost. */
const OVERDUE_MS = 1_500

/**
 * Looks for what the record says is due and no job carries, and calls a worker to it: after a crash, a wiped Redis or a call
 * that failed, nothing waits longer than a few seconds. Starts at once, and gives the call that stops it.
 */
export function startSweep(parts: Parts, queue: LaneQueue): () => Promise<void> {
  const stop = new AbortController()
  const sweeping = (async () => {
    while (!stop.signal.aborted) {
      await sweepOnce(parts, queue).catch((error: unknown) => parts.log.warn({ err: error }, 'the sweep failed'))
      await parts.wakes.next('sweep', EVERY_MS, stop.signal)
    }
  })()
  return async () => {
    stop.abort()
    await sweeping
  }
}

/** One look; gives how many lanes were called. */
export async function sweepOnce(parts: Parts, queue: LaneQueue): Promise<number> {
  const now = parts.now()
  // Deliveries to a suspended agency are held (protocol section 7): its lanes are not called.
  const active = [...parts.registry().agencies.values()].filter(({ status }) => status === 'active').map(({ id }) => id)
  const lanes = await overdueLanes(parts.database, active, new Date(now.getTime() - OVERDUE_MS), now)
  if (lanes.length === 0) return 0
  parts.metrics.swept.inc(lanes.length)
  queue.recall(lanes, now)
  return lanes.length
}
