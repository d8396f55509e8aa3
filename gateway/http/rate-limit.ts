import { Problem } from '../protocol/protocol.ts'
import { type Queryable, takeRate } from '../record/record.ts'
import { RETRY_OUTAGE_S } from './problem-reply.ts'

/** Admits one submission of an agency, or tells after how many seconds it may try again. */
export type RateLimit = { admit(agency: string): Promise<Admitted> }
type Admitted = { readonly retryAfter?: number }

/** Below this many left of the minute every submission is counted before it is admitted: the limit is then exact. */
const EXACT_BELOW = 1_000
/** What may be uncounted in each process: so many of them together overrun no limit. */
const PROCESSES = 8
/** With plenty left, submissions are admitted at once and counted this much later, together. */
const COUNT_AFTER_MS = 50

type Account = {
  slack: number
  unreported: number
  waiting: PromiseWithResolvers<Admitted>[]
  counting: boolean
}

/**
 * Counts the submissions of each agency over all processes (protocol section 4). What arrives while a count is under way is
 * counted by the next one, together. Only where a quarter of the limit, and at least a thousand, is still free are a few
 * counted after the fact, milliseconds late: fewer, in all processes together, than is free.
 * @param onError hears why submissions could not be counted
 * @throws (admit) Problem `unavailable` where the record cannot be reached: who cannot be counted is not admitted
 */
export function createRateLimit(
  database: Queryable,
  limit: number,
  onError: (error: unknown) => void = () => undefined,
): RateLimit {
  const margin = Math.max(EXACT_BELOW, limit / 4)
  const accounts = new Map<string, Account>()

  async function count(agency: string, account: Account): Promise<void> {
    account.counting = true
    const { waiting, unreported } = account
    account.waiting = []
    account.unreported = 0
    try {
      const { granted, remaining, retryAfterMs } = await takeRate(database, agency, unreported + waiting.length, limit)
      account.slack = remaining
      const admitted = granted - unreported
      const refused: Admitted = { retryAfter: Math.ceil(retryAfterMs / 1000) }
      for (const [at, { resolve }] of waiting.entries()) resolve(at < admitted ? {} : refused)
    } catch (error) {
      onError(error)
      account.slack = 0
      for (const { reject } of waiting) reject(new Problem('unavailable', undefined, { retryAfter: RETRY_OUTAGE_S }))
    } finally {
      account.counting = false
      if (account.waiting.length > 0) void count(agency, account)
    }
  }

  function accountOf(agency: string): Account {
    const known = accounts.get(agency)
    if (known !== undefined) return known
    const opened: Account = { slack: 0, unreported: 0, waiting: [], counting: false }
    accounts.set(agency, opened)
    return opened
  }

  return {
    async admit(agency) {
      const account = accountOf(agency)
      if (account.slack - account.unreported > margin && account.unreported < margin / PROCESSES) {
        account.unreported += 1
        if (account.unreported === 1) setTimeout(() => void count(agency, account), COUNT_AFTER_MS)
        return {}
      }
      const asked = Promise.withResolvers<Admitted>()
      account.waiting.push(asked)
      if (!account.counting) void count(agency, account)
      return await asked.promise
    },
  }
}
