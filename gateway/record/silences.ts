import type { Queryable } from './database.ts'

/** What an agency is silent about: answers that it owes, and messages that it has not acknowledged, and of which the senders were told. */
export type Silence = { readonly agency: string; readonly overdue: number; readonly unread: number }

/**
 * The agencies that are silent. It reads an index entry for each message that they are silent about, and none of any other: ask
 * seldom all the same.
 * @param since answers of which was told before count no more
 */
export async function silences(database: Queryable, since: Date): Promise<readonly Silence[]> {
  const { rows } = await database.query<Silence>({
    name: 'silences',
    text: `
      select agency, sum(overdue)::int as overdue, sum(unread)::int as unread from (
        select recipient as agency, 1 as overdue, 0 as unread from awaited_answer where told_at > $1
        union all
        select recipient, 0, 1 from delivery where state = 'consigned' and expired_at is not null) silent
      group by agency order by agency`,
    values: [since],
  })
  return rows
}
