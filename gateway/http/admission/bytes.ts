import { Problem } from '../../protocol/protocol.ts'
import { type Queryable, takeBytes } from '../../record/record.ts'
import { RETRY_OUTAGE_S } from '../problem-reply.ts'
import { createBuckets } from './bucket.ts'

/** What agencies may have the record keep. */
export type Bytes = {
  /** Counts so many. @throws Problem `rate-limited`, and `unavailable` where the record cannot be reached to count */
  take(agency: string, size: number): Promise<void>
  /** The same for an attachment, of which several may come in one minute. */
  takeLarge(agency: string, size: number): Promise<void>
}

/** Whatever becomes of a call, a receipt and its leaf are kept. */
const LEAST = 4 * 1024
/** A process takes credit in pieces: what it has not used when it ends is lost to its agency until midnight. */
const LARGEST_CREDIT = 16 * 1024 * 1024
const CREDITS = 64
/** A day's bytes cannot be used up in much less than an hour. */
const MINUTES = 60
/** Who has none left is asked about this seldom. */
const REFUSED_MS = 5_000

type Account = { credit: number; asking: Promise<void> | undefined; refusedUntil: number; retryAt: number }

/**
 * Counts the bytes of submissions and acknowledgements of each agency: a day over all processes, from midnight to midnight UTC by
 * the database's clock, and a sixtieth of that a minute in this one.
 * @param daily `PASSERELLE_DAILY_BYTES`
 */
export function createBytes(database: Queryable, daily: number, clock = () => performance.now()): Bytes {
  const minute = createBuckets(daily / MINUTES)
  const piece = Math.max(1, Math.min(LARGEST_CREDIT, Math.floor(daily / CREDITS)))
  const accounts = new Map<string, Account>()

  async function ask(agency: string, account: Account, size: number): Promise<void> {
    const missing = Math.max(size - account.credit, piece)
    try {
      const { granted, retryAfterS } = await takeBytes(database, agency, missing, daily)
      account.credit += granted
      if (account.credit >= size) return
      account.refusedUntil = clock() + REFUSED_MS
      account.retryAt = clock() + retryAfterS * 1000
    } catch {
      throw new Problem('unavailable', undefined, { retryAfter: RETRY_OUTAGE_S })
    } finally {
      account.asking = undefined
    }
  }

  async function takeOfDay(agency: string, size: number, now: number): Promise<void> {
    const account = accounts.get(agency) ?? { credit: 0, asking: undefined, refusedUntil: -Infinity, retryAt: 0 }
    accounts.set(agency, account)
    while (account.credit < size) {
      if (now < account.refusedUntil) {
        const retryAfter = Math.max(1, Math.ceil((account.retryAt - now) / 1000))
        throw new Problem('rate-limited', undefined, { retryAfter })
      }
      account.asking ??= ask(agency, account, size)
      await account.asking
    }
    account.credit -= size
  }

  return {
    async take(agency, bytes) {
      const size = Math.max(LEAST, bytes)
      const now = clock()
      const wait = minute.take(agency, size, now)
      if (wait !== undefined) throw new Problem('rate-limited', undefined, { retryAfter: wait })
      await takeOfDay(agency, size, now)
    },
    takeLarge: (agency, bytes) => takeOfDay(agency, Math.max(LEAST, bytes), clock()),
  }
}
