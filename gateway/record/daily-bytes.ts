import type { Queryable } from './database.ts'
import { call } from './functions.ts'

/** How many bytes were granted, and when the next day begins. */
export type GrantedBytes = { readonly granted: number; readonly retryAfterS: number }

/** Takes up to `wanted` of the bytes that an agency may use on a day, over all processes (`functions/take-bytes.sql`). */
export async function takeBytes(
  database: Queryable,
  agency: string,
  wanted: number,
  allowed: number,
): Promise<GrantedBytes> {
  const { sql, values } = call('take_bytes', { taker: agency, wanted, allowed })
  const { rows } = await database.query<GrantedBytes>({
    name: 'take-bytes',
    text: `select granted, retry_after_s as "retryAfterS" from ${sql}`,
    values: [...values],
  })
  if (rows[0] === undefined) throw new Error('the table of bytes gave no answer')
  return rows[0]
}
