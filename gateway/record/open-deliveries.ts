import type { Queryable } from './database.ts'

/** What is open at one agency: counts, and since when. */
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

/** What is more than this, of one agency and priority in one state, counts as so many: it is too many to be looked at one by one. */
export const COUNTED = 1_000

/**
 * What is open at each of these agencies, and of all that were ever registered, at which anything is. It asks indexes, and reads no
 * more than `COUNTED` of any kind: it costs the same however large the record, and however long a backlog.
 */
export async function openDeliveries(
  database: Queryable,
  agencies: readonly string[],
  now: Date,
): Promise<readonly OpenAt[]> {
  const { rows } = await database.query<Row>({
    name: 'open-deliveries',
    text: `
      with known as (
        select unnest($1::text[]) as agency union select party from pinned_certificate),
      counted as (
        select agency, p, lying.many + due.many as waiting, in_flight, retrying, dead, least(lying.first, due.first) as first
        from known, generate_series(0, 2) as p,
          lateral (
            select count(*) as many, min(message_no) as first from (
              select message_no from delivery where recipient = agency and priority = p and state = 'consigned'
              order by consigned_leaf limit $3) part) lying,
          lateral (
            select count(*) as many, min(message_no) as first, count(*) filter (where lease_until >= $2) as in_flight,
              count(*) filter (where attempts > spent and (lease_until is null or lease_until < $2)) as retrying from (
              select message_no, lease_until, attempts, spent from delivery
              where recipient = agency and priority = p and state = 'accepted' order by due_at, message_no limit $3) part) due,
          lateral (
            select count(*) as dead from (
              select from delivery where recipient = agency and priority = p and state = 'dead-lettered' limit $3) part) dead
        where lying.many + due.many + dead > 0)
      select agency,
        coalesce(sum(waiting) filter (where p = 0), 0)::int as immediate,
        coalesce(sum(waiting) filter (where p = 1), 0)::int as urgent,
        coalesce(sum(waiting) filter (where p = 2), 0)::int as routine,
        sum(in_flight)::int as in_flight, sum(retrying)::int as retrying, sum(dead)::int as dead_letters,
        (select accepted_at from message where no = min(first)) as oldest
      from counted group by agency order by agency`,
    values: [agencies, now, COUNTED],
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
