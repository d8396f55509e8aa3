/** When a delivery that failed is tried again (protocol section 7, "Push"). */

const FIRST_MS = 1_000
const LONGEST_MS = 15 * 60_000
const LONGEST_ASKED_MS = 60 * 60_000 // an endpoint may ask for an hour of peace, not for the whole horizon
const JITTER = 0.2 // spreads out what failed together

/**
 * An attempt that failed: its number since the horizon began, from 1; now and the horizon's end; what the endpoint asked
 * for (Retry-After). `random` draws from [0, 1).
 */
export type Failure = {
  readonly attempt: number
  readonly now: Date
  readonly deadline: Date
  readonly retryAfterMs?: number
  readonly random: () => number
}

/**
 * Gives the time of the next attempt, or nothing when the horizon is spent. Of the back-off and what the endpoint asked
 * for, the later counts (RFC 9110, 10.2.3: Retry-After is how long to wait at least). What would fall past the deadline
 * is tried once more at the deadline itself: a dead letter costs more than an attempt too early.
 */
export function nextAttempt({ attempt, now, deadline, retryAfterMs = 0, random }: Failure): Date | undefined {
  if (now >= deadline) return undefined
  const backOff = Math.min(FIRST_MS * 2 ** Math.max(attempt - 1, 0), LONGEST_MS)
  const spread = Math.min(backOff * (1 - JITTER + 2 * JITTER * random()), LONGEST_MS)
  const wait = Math.round(Math.max(spread, Math.min(retryAfterMs, LONGEST_ASKED_MS)))
  return new Date(Math.min(now.getTime() + wait, deadline.getTime()))
}
