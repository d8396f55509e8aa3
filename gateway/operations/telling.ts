import type { Log, Metrics } from '../base/base.ts'
import type { Alarm } from '../identity/identity.ts'
import type { Database } from '../record/record.ts'
import type { Channel, Notice } from './alarm-channel.ts'

export type Telling = {
  readonly log: Log
  readonly metrics: Metrics
  readonly database: Database
  readonly channels: readonly Channel[]
  readonly now: () => Date
}

/** Tells of alarms: of each once over all processes, again every hour, and when it is over. */
export type Announcing = {
  /** Notes what this process sees, and tells what is due. */
  announce(on: readonly Alarm[], stop: AbortSignal): Promise<void>
}

/** Until it is over, or somebody has acknowledged it. */
export const AGAIN_MS = 3_600_000
/** Less than what is taken is left to nobody else for. */
const TELLING_MS = 45_000

/** Tells on one channel, for so long. @returns those that were told */
export async function tellOn(
  { metrics, log }: Pick<Telling, 'metrics' | 'log'>,
  channel: Channel,
  notices: readonly Notice[],
  stop: AbortSignal,
): Promise<readonly Notice[]> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TELLING_MS)])
  const { told, fault } = await channel.tell(notices, signal)
  metrics.alarmNotices.inc({ channel: channel.name, outcome: 'told' }, told.length)
  if (fault !== undefined) {
    metrics.alarmNotices.inc({ channel: channel.name, outcome: 'failed' })
    log.warn({ channel: channel.name, detail: fault }, 'alarms could not be told; it is tried again')
  }
  return told
}
