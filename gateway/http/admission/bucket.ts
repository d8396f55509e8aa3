import { createRecent } from '../../base/base.ts'

/** So much a minute for each of many, in this process. */
export type Buckets = {
  /** Takes some; gives after how many seconds to ask again where there is not enough, and then takes nothing. */
  take(whose: string, amount: number, now: number): number | undefined
}

const MINUTE_MS = 60_000
/** How much of a minute may be used at once. */
const BURST = 1 / 2
/** More than there are agencies. One that is forgotten has a full bucket again. */
const REMEMBERED = 16_384

/**
 * Buckets that fill evenly, to half of a minute's worth: whoever was quiet may use that at once. What is more than a whole
 * bucket is let through where it is full, and paid for afterwards.
 */
export function createBuckets(perMinute: number): Buckets {
  const full = Math.max(1, perMinute * BURST)
  const buckets = createRecent<{ left: number; at: number }>(REMEMBERED)
  return {
    take(whose, amount, now) {
      const bucket = buckets.get(whose) ?? { left: full, at: now }
      buckets.set(whose, bucket)
      bucket.left = Math.min(full, bucket.left + ((now - bucket.at) / MINUTE_MS) * perMinute)
      bucket.at = now
      const needed = Math.min(amount, full)
      if (bucket.left >= needed) {
        bucket.left -= amount
        return undefined
      }
      return Math.max(1, Math.ceil(((needed - bucket.left) / perMinute) * (MINUTE_MS / 1000)))
    },
  }
}
