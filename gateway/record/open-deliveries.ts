import type { Queryable } from './database.ts'

/** What is open at one agency: counts, and since when. Nothing of it grows with what is settled. */
export type OpenAt = {
  readonly agency: string
  /** Not acknowledged and no dead letter, by priority, the most pressing first. */
  readonly waiting: readonly [number, number, number]
  /** When the one of them that has waited longest was accepted. */
  readonly oldest: Date | null
  /** Leased to a worker that hands it over. */
  readonly inFlight: number
  /** Tried in vain, and waiting for the next attempt. */
  readonly retrying: number
  readonly deadLetters: number
}

type Row = Omit<OpenAt, 'waiting' | 'inFlight' | 'deadLetters'> & {
  readonly immediate: number
  readonly urgent: number
  readonly routine: number
  readonly in_flight: number
  readonly dead_letters: number
}

/**
 * What is open at each agency at which anything is. It reads index entries of what waits in inboxes and of dead letters, the rows of
 * what is under way, and nothing that is settled.
 */
export async function openDeliveries(database: Queryable, now: Date): Promise<readonly OpenAt[]> {
  const { rows } = await database.query<Row>({
    name: 'open-deliveries',
    text: `
      with counted as (
        select recipient, priority, count(*) as waiting, min(message_no) as first, 0 as in_flight, 0 as retrying, 0 as dead
        from delivery where state = 'consigned' group by recipient, priority
        union all
        select recipient, priority, count(*), min(message_no), count(*) filter (where lease_until >= $1),
          count(*) filter (where attempts > spent and (lease_until is null or lease_until < $1)), 0
        from delivery where state = 'accepted' group by recipient, priority
        union all
        select recipient, priority, 0, null, 0, 0, count(*)
        from delivery where state = 'dead-lettered' group by recipient, priority),
      summed as (
        select recipient, min(first) as first,
          coalesce(sum(waiting) filter (where priority = 0), 0)::int as immediate,
          coalesce(sum(waiting) filter (where priority = 1), 0)::int as urgent,
          coalesce(sum(waiting) filter (where priority = 2), 0)::int as routine,
          sum(in_flight)::int as in_flight, sum(retrying)::int as retrying, sum(dead)::int as dead_letters
        from counted group by recipient)
      select recipient as agency, immediate, urgent, routine, in_flight, retrying, dead_letters,
        (select accepted_at from message where no = first) as oldest
      from summed order by recipient`,
    values: [now],
  })
  return rows.map(({ immediate, urgent, routine, in_flight, dead_letters, ...row }) => ({
    ...row,
    waiting: [immediate, urgent, routine],
    inFlight: in_flight,
    deadLetters: dead_letters,
  }))
}

/** An agency's dead letters by priority: how many, and when the oldest was accepted. */
export type DeadAt = { readonly priority: number; readonly count: number; readonly oldest: Date }

export async function deadLettersOf(database: Queryable, agency: string): Promise<readonly DeadAt[]> {
  const { rows } = await database.query<DeadAt>({
    name: 'dead-letters-of',
    text: `
      select d.priority::int, count(*)::int as count, min(m.accepted_at) as oldest
      from delivery d join message m on m.no = d.message_no
      where d.recipient = $1 and d.state = 'dead-lettered' group by d.priority order by d.priority`,
    values: [agency],
  })
  return rows
}

/** When each agency last called, as far as it was noted. */
export async function lastCalls(database: Queryable): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await database.query<{ agency: string; at: Date }>('select agency, at from agency_call')
  return new Map(rows.map(({ agency, at }) => [agency, at]))
}
