import type { Queryable } from './database.ts'
import { call } from './functions.ts'

/** How many were granted, how many more would have been, and where fewer than asked, when it is worth asking again. */
export type Granted = { readonly granted: number; readonly remaining: number; readonly retryAfterMs: number }

/**
 * Takes up to `wanted` of the `limit` that `key` may use in a minute, over all processes (`functions/take-rate.sql`). What is not
 * granted is not counted. The database's clock decides: the processes' own need not agree. Where it went
 * back, a minute begins anew, and what was used counts as that of the minute before.
 */
export async function takeRate(database: Queryable, key: string, wanted: number, limit: number): Promise<Granted> {
  const { sql, values } = call('take_rate', { taker: key, wanted, allowed: limit })
  const { rows } = await database.query<Granted>({
    name: 'take-rate',
    text: `select granted, remaining, retry_after_ms as "retryAfterMs" from ${sql}`,
    values: [...values],
  })
  if (rows[0] === undefined) throw new Error('the rate table gave no answer')
  return rows[0]
}
