import type { Metrics } from '../base/base.ts'
import { priorityOf } from '../protocol/protocol.ts'
import type { Addressed } from '../record/record.ts'

/** Notes how long ago a message was accepted, in seconds, by its priority. */
export function observeSince(
  histogram: Metrics['consigningSeconds'],
  { priority, accepted_at: accepted }: Pick<Addressed, 'priority' | 'accepted_at'>,
  now: Date,
): void {
  histogram.observe({ priority: priorityOf(priority) }, Math.max(0, now.getTime() - accepted.getTime()) / 1000)
}
