import { type Database, type Queryable, readPlanned } from './database.ts'

/** What is looked at, of any kind: more are too many to be seen to one by one. */
const MOST = 1_000

/** A message that somebody has to see to, without anything that it says. */
export type PressingMessage = {
  readonly sender: string
  readonly id: string
  readonly recipient: string
  readonly case_id: string
  readonly type: string
  readonly desk: string | null
}

/** Immediate messages that lie unread over their time, those that have lain longest first. */
export async function immediateUnread(
  database: Queryable,
  limit: number,
): Promise<readonly (PressingMessage & { readonly consigned_at: Date })[]> {
  const { rows } = await database.query<PressingMessage & { consigned_at: Date }>(
    `select m.sender, m.id, m.recipient, m.case_id, m.type, d.desk, d.consigned_at
     from delivery d join message m on m.no = d.message_no
     where d.state = 'consigned' and d.expired_at is not null and d.priority = 0
     order by d.expired_at, d.message_no limit $1`,
    [limit],
  )
  return rows
}

/** Answers that are overdue, and of which both sides were told after `since`: those that were due first stand first. */
export async function oldestOverdue(
  database: Queryable,
  since: Date,
  limit: number,
): Promise<readonly (PressingMessage & { readonly respond_by: Date })[]> {
  const { rows } = await database.query<PressingMessage & { respond_by: Date }>(
    `select m.sender, m.id, m.recipient, m.case_id, m.type, d.desk, a.respond_by
     from awaited_answer a join message m on m.no = a.message_no join delivery d on d.message_no = a.message_no
     where a.told_at > $1 order by a.respond_by, a.message_no limit $2`,
    [since, limit],
  )
  return rows
}

/** Dead letters that died of the same, at the same agency. */
export type DeadOf = {
  readonly recipient: string
  /** The last attempt's code; null where there was none. */
  readonly detail: string | null
  readonly count: number
  /** When the oldest of them was accepted. */
  readonly oldest: Date
}

/** Dead letters by agency and cause; of more than a thousand the oldest. */
export async function deadByCause(database: Queryable): Promise<readonly DeadOf[]> {
  const { rows } = await database.query<DeadOf>(
    `select d.recipient, last.detail, count(*)::int as count, min(m.accepted_at) as oldest
     from (select message_no, recipient from delivery where state = 'dead-lettered' order by message_no limit $1) d
       join message m on m.no = d.message_no
       left join lateral (
         select detail from attempt where message_no = d.message_no order by attempt desc limit 1) last on true
     group by d.recipient, last.detail order by count desc, d.recipient`,
    [MOST],
  )
  return rows
}

/** Messages that wait for the same opening of the same desk. */
export type HeldByDesk = {
  readonly agency: string
  readonly desk: string
  readonly opensAt: Date
  readonly count: number
}

/** Urgent messages that were not tried yet and wait for a desk to open, as far as these agencies are not held. */
export async function heldUrgent(
  database: Queryable,
  agencies: readonly string[],
  now: Date,
): Promise<readonly HeldByDesk[]> {
  const { rows } = await database.query<HeldByDesk>(
    `select known.agency, desk, due_at as "opensAt", count(*)::int as count
     from unnest($1::text[]) as known (agency), lateral (
       select desk, due_at from delivery
       where recipient = known.agency and priority = 1 and state = 'accepted' and due_at > $2 and attempts = spent and desk is not null
       order by due_at limit $3) waiting
     where not exists (select from hold where hold.agency = known.agency)
     group by known.agency, desk, due_at order by due_at, known.agency, desk`,
    [agencies, now, MOST],
  )
  return rows
}

/** An attempt, and of which message. */
export type AttemptAt = PressingMessage & {
  readonly at: Date
  readonly outcome: string
  readonly status: number | null
  readonly detail: string
}

/** The latest attempts at an agency's endpoints, newest first: of its newest messages, and of those that it waits for. */
export async function latestAttempts(database: Database, agency: string, limit: number): Promise<readonly AttemptAt[]> {
  return await readPlanned<AttemptAt>(
    database,
    `select m.sender, m.id, m.recipient, m.case_id, m.type, a.desk, a.at, a.outcome, a.status, a.detail
     from (
       (select no from message where recipient collate "C" = $1 order by no desc limit $2) union
       (select message_no from delivery where recipient = $1 and priority = 0 and state = 'accepted' order by due_at limit $2) union
       (select message_no from delivery where recipient = $1 and priority = 1 and state = 'accepted' order by due_at limit $2)) latest (no)
       join message m using (no) join attempt a on a.message_no = m.no
     order by a.at desc, m.no desc limit $2`,
    [agency, limit],
  )
}
