import { type Lane, transitions } from '../protocol/protocol.ts'
import { list } from './arrays.ts'
import type { Queryable } from './database.ts'
import { appending, type Leaf } from './leaves.ts'
import type { Addressed, MessageRow } from './messages.ts'

/** A delivery that is due, with what the adapter and the hands need to know. */
export type Due = Addressed &
  Pick<MessageRow, 'due_at' | 'respond_by'> & { readonly deadline: Date | null; readonly spent: number }

/**
 * Takes deliveries of one lane that are due, oldest first, and locks them until the transaction ends; none while an operator has
 * paused the agency. Another worker, or the same job run a second time, passes them over.
 */
export async function lockDue(
  tx: Queryable,
  { recipient, priority, now, limit, busy = [] }: Asked,
): Promise<readonly Due[]> {
  const { rows } = await tx.query<Due>({
    name: 'lock-due',
    text: `
      select m.no, m.sender, m.id, m.recipient, m.case_id, m.type, m.priority, m.accepted_at, m.respond_by, m.digest,
        d.state, d.desk, d.attempts, d.due_at, d.consigned_leaf, d.deadline, d.spent,
        m.request_id
      from delivery d join message m on m.no = d.message_no
      where d.recipient = $1 and d.priority = $2 and d.state = 'accepted' and d.due_at <= $3
        and ${isFree('$3', '$5')}
        and d.message_no <> all($6::bigint[]) and not ${isPaused('$1')}
      order by d.due_at, d.message_no limit $4 for update of d skip locked`,
    values: [recipient, priority, now, limit, longestLease(now), list(busy)],
  })
  return rows
}

type Asked = {
  readonly recipient: string
  readonly priority: number
  readonly now: Date
  readonly limit: number
  /** What this process is pushing: it knows that better than any clock. */
  readonly busy?: readonly number[]
}

/** No lease is longer than this: an attempt takes 10 min at most (PASSERELLE_PUSH_TIMEOUT). */
const LONGEST_LEASE_MS = 11 * 60_000

/** A lease that ends later was made before the record's clock went back: who made it may be dead for as long. */
const longestLease = (now: Date): Date => new Date(now.getTime() + LONGEST_LEASE_MS)

/** SQL: the delivery `d` is leased to nobody. @param now, longest places of the time now and of `longestLease` */
const isFree = (now: string, longest: string): string =>
  `(d.lease_until is null or d.lease_until < ${now} or d.lease_until > ${longest})`

/** SQL: an operator holds deliveries to the agency. */
const isPaused = (agency: string): string => `exists (select from pause where pause.agency = ${agency})`

/**
 * Moves locked deliveries to `consigned` and appends their ContentConsignment receipts to the log: each one's place there is where
 * it stands in the inbox.
 * @param at now, and `unreadAt` when they are looked at whether they still lie there
 */
export async function consign(
  tx: Queryable,
  deliveries: readonly { messageNo: number; attempt: number; desk: string | undefined; receipt: Leaf }[],
  { at, unreadAt }: { readonly at: Date; readonly unreadAt: Date },
): Promise<void> {
  const receipts = appending(
    deliveries.map(({ receipt }) => receipt),
    5,
  )
  await tx.query({
    name: 'consign',
    text: `
      with appended as materialized (select ${receipts.sql} as first)
      update delivery d set state = '${transitions.consign.to}', attempts = i.attempt, desk = i.desk, lease_until = null,
        consigned_leaf = first + i.ord - 1, consigned_at = $4, unread_at = $5
      from appended, unnest($1::bigint[], $2::int[], $3::text[]) with ordinality as i (no, attempt, desk, ord)
      where d.message_no = i.no`,
    values: [
      list(deliveries.map(({ messageNo }) => messageNo)),
      list(deliveries.map(({ attempt }) => attempt)),
      list(deliveries.map(({ desk }) => desk ?? null)),
      at,
      unreadAt,
      ...receipts.values,
    ],
  })
}

/** Moves locked deliveries, to which no way was found, to `dead-lettered`. */
export async function giveUp(
  tx: Queryable,
  deliveries: readonly { messageNo: number; attempt: number }[],
): Promise<void> {
  await tx.query({
    name: 'give-up',
    text: `
      update delivery d set state = '${transitions.giveUp.to}', attempts = i.attempt, lease_until = null
      from unnest($1::bigint[], $2::int[]) as i (no, attempt) where d.message_no = i.no`,
    values: [list(deliveries.map(({ messageNo }) => messageNo)), list(deliveries.map(({ attempt }) => attempt))],
  })
}

/** A delivery that waits, and until when. `closed`: for its desk to open, which does not count against its horizon. */
export type Postponed = {
  readonly messageNo: number
  readonly desk: string | undefined
  readonly until: Date
  readonly closed: boolean
}

/** Puts locked deliveries off until a time that their desk's hours, its rate or its free places set. */
export async function postpone(tx: Queryable, deliveries: readonly Postponed[], now: Date): Promise<void> {
  await tx.query({
    name: 'postpone',
    text: `
      update delivery d set due_at = i.until, desk = i.desk,
        deadline = case when i.closed then d.deadline + (i.until - $1::timestamptz) else d.deadline end
      from unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::boolean[]) as i (no, desk, until, closed)
      where d.message_no = i.no`,
    values: [
      now,
      deliveries.map(({ messageNo }) => messageNo),
      deliveries.map(({ desk }) => desk ?? null),
      deliveries.map(({ until }) => until.toISOString()),
      deliveries.map(({ closed }) => closed),
    ],
  })
}

/** Leases locked deliveries to this worker for one attempt, and counts it; the first one starts the horizon. */
export async function lease(
  tx: Queryable,
  deliveries: readonly { messageNo: number; desk: string | undefined }[],
  { until, deadline }: { until: Date; deadline: Date },
): Promise<void> {
  await tx.query({
    name: 'lease',
    text: `
      update delivery d set lease_until = $1, attempts = attempts + 1, desk = i.desk, deadline = coalesce(d.deadline, $2)
      from unnest($3::bigint[], $4::text[]) as i (no, desk) where d.message_no = i.no`,
    values: [until, deadline, deliveries.map(({ messageNo }) => messageNo), deliveries.map(({ desk }) => desk ?? null)],
  })
}

/** What an attempt led to: a transition, or another try at a time, which the endpoint itself may have asked for. */
export type Conclusion =
  | { readonly transition: 'consign' | 'giveUp' }
  | { readonly dueAt: Date; readonly askedToWait: boolean }

/**
 * After an attempt: moves the delivery on, if it still is at that attempt and where the transition begins.
 * @returns whether it was; otherwise an acknowledgement, an operator or another worker was first
 */
export async function conclude(
  tx: Queryable,
  { messageNo, attempt }: { messageNo: number; attempt: number },
  conclusion: Conclusion,
): Promise<boolean> {
  const isOver = 'transition' in conclusion
  const { from, to } = isOver ? transitions[conclusion.transition] : { from: ['accepted'], to: 'accepted' }
  const { rowCount } = await tx.query({
    name: 'conclude',
    text: `update delivery set state = $4, due_at = coalesce($5, due_at), lease_until = null, asked_to_wait = $6
      where message_no = $1 and attempts = $2 and state = any($3)`,
    values: [messageNo, attempt, from, to, isOver ? null : conclusion.dueAt, !isOver && conclusion.askedToWait],
  })
  return rowCount === 1
}

/**
 * An endpoint that was away takes messages again: what backs off from it is due now, so that the most pressing goes first and
 * nothing waits for the end of its own delay. What the endpoint itself asked to wait, waits. A statement of its own, bounded,
 * and it waits for no lock: what it passes over is found at the next success, or at its own time.
 */
export async function hasten(
  database: Queryable,
  recipient: string,
  desk: string | undefined,
  now: Date,
): Promise<void> {
  await database.query({
    name: 'hasten',
    text: `
      update delivery set due_at = $3 where message_no in (
        select message_no from delivery
        where recipient = $1 and desk is not distinct from $2 and state = 'accepted' and due_at > $3 and attempts > spent
          and lease_until is null and not asked_to_wait
        order by priority, due_at limit $4 for update skip locked)`,
    values: [recipient, desk ?? null, now, HASTENED],
  })
}

/** Enough to fill the places again and again until the next success. */
const HASTENED = 500

/**
 * The lanes that have something to deliver: due for longer than `overdueBefore` tells and leased to nobody. One index probe a
 * lane, however long the backlog.
 */
export async function overdueLanes(
  database: Queryable,
  recipients: readonly string[],
  overdueBefore: Date,
  now: Date,
): Promise<readonly Lane[]> {
  const { rows } = await database.query<Lane>({
    name: 'overdue-lanes',
    text: `
      select recipient, priority::int from unnest($1::text[]) as recipient, generate_series(0, 2) as priority
      where not ${isPaused('recipient.recipient')} and exists (
        select from delivery d where d.recipient = recipient.recipient and d.priority = priority.priority
          and d.state = 'accepted' and d.due_at < $2
          and ${isFree('$3', '$4')})`,
    values: [recipients, overdueBefore, now, longestLease(now)],
  })
  return rows
}

/** Whether something more pressing than this lane waits for the same desk, or for none yet. */
export async function pressingBefore(
  database: Queryable,
  lane: Lane,
  desk: string | undefined,
  now: Date,
): Promise<boolean> {
  const { rows } = await database.query<{ pressing: boolean }>({
    name: 'pressing-before',
    text: `select exists (select from delivery d where recipient = $1 and priority < $2 and state = 'accepted' and due_at <= $3
        and ${isFree('$3', '$5')} and (desk is null or desk = $4)) as pressing`,
    values: [lane.recipient, lane.priority, now, desk ?? null, longestLease(now)],
  })
  return rows[0]?.pressing === true
}
