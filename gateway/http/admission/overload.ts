import type { Log, Metrics } from '../../base/base.ts'

/** The limits of admission, by what is counted where one is reached (docs/operating.md, «Limits»). */
export type Limit =
  | 'handshake-time'
  | 'request-time'
  | 'handshake-rate'
  | 'half-open'
  | 'strangers'
  | 'certificate'
  | 'connections'
  | 'pipelined'
  | 'unsent'
  | 'stalled'
  | 'not-entitled'
  | 'calls-at-once'
  | 'call-rate'
  | 'uncounted'
  | 'backlog'
  | 'bytes'
  | 'disk'

export type Overload = (limit: Limit) => void

/** Whoever floods must not fill the log as well. */
const SAY_EVERY_MS = 60_000

/** Counts each time that a limit is reached; says so in the log at once, and then once a minute for as long as it goes on. */
export function watchOverload(metrics: Pick<Metrics, 'limits'>, log: Log): Overload {
  const reached = new Map<Limit, number>()
  let quiet = false

  function say(): void {
    quiet = reached.size > 0
    if (!quiet) return
    log.warn({ limits: Object.fromEntries(reached) }, 'limits were reached')
    reached.clear()
    setTimeout(say, SAY_EVERY_MS).unref()
  }

  return (limit) => {
    metrics.limits.inc({ limit })
    reached.set(limit, (reached.get(limit) ?? 0) + 1)
    if (!quiet) say()
  }
}
