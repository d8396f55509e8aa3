import type { Queryable } from './database.ts'
import { call } from './functions.ts'

/** Messages that one look holds against their deliveries, from the newest back and from where the last look ended. */
export const ACCOUNTED_AT_ONCE = 5_000
/** Between two looks, over all processes: a million messages in about half an hour. A delivery that is deleted is noted at once. */
const PAUSE = '8 seconds'
/** More are not counted: nobody needs to know by then. */
const MOST_COUNTED = 10_000

/**
 * How many accepted messages have no delivery: of so many the log has the receipt, and the record does not know what became of them.
 * The truth is 0. It costs the same however large the record: what was deleted is noted as that happens, and the rest is gone
 * through piece by piece.
 */
export async function unaccounted(database: Queryable, now: Date): Promise<number> {
  const { sql, values } = call('account_messages', { most: ACCOUNTED_AT_ONCE, looked: now, pause: PAUSE })
  await database.query({ name: 'account-messages', text: `select ${sql}`, values: [...values] })
  const { rows } = await database.query<{ count: number }>({
    name: 'unaccounted',
    text: `
      select count(*) as count from (
        select from unaccounted missing
        where not exists (select from delivery where message_no = missing.message_no)
          and exists (select from leaf where message_no = missing.message_no and event = 'SubmissionAcceptance')
        limit $1) as counted`,
    values: [MOST_COUNTED],
  })
  return rows[0]?.count ?? 0
}
