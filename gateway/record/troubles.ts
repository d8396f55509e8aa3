import type { Queryable } from './database.ts'

/** Of what is open at an agency, what somebody has to see to. */
export type Trouble = {
  readonly code: 'dead-letter' | 'immediate-unread' | 'agency-unreachable'
  readonly agency: string
}

/** Of what backs off from one agency with one priority, so many are looked at, those that are tried last first. */
const BACKING_OFF = 1_000

/**
 * Agencies with dead letters, with immediate messages that lie unread, and those whose endpoints have taken a message in none of
 * their attempts. It reads what is in trouble, and by an index.
 * @param agencies those of the registry; @param since a message was first tried then, or before
 */
export async function troubles(
  database: Queryable,
  agencies: readonly string[],
  since: Date,
): Promise<readonly Trouble[]> {
  const { rows } = await database.query<Trouble>({
    name: 'troubles',
    text: `
      select 'dead-letter' as code, recipient as agency from delivery where state = 'dead-lettered' group by recipient
      union all
      select 'immediate-unread', recipient from delivery
      where state = 'consigned' and expired_at is not null and priority = 0 group by recipient
      union all
      select 'agency-unreachable', agency from unnest($1::text[]) as agency where exists (
        select from generate_series(0, 2) as priority_of, lateral (
          select message_no, attempts, spent from delivery
          where recipient = agency and priority = priority_of and state = 'accepted'
          order by due_at desc limit $3) latest
        join attempt on attempt.message_no = latest.message_no and attempt = spent + 1
        where attempts > spent and attempt.at <= $2)
      order by code, agency`,
    values: [agencies, since, BACKING_OFF],
  })
  return rows
}
