import { unanswered } from '../protocol/protocol.ts'
import { list } from './arrays.ts'
import { tell, type Told } from './awaited-answers.ts'
import type { Queryable } from './database.ts'
import type { Addressed } from './messages.ts'

/** A message that may have lain in its inbox for too long. */
export type Unread = Addressed & { readonly consigned_at: Date }

/** The consigned messages, not acknowledged, that are to be looked at: those that have waited for it longest first. */
export async function unreadMessages(database: Queryable, now: Date, limit: number): Promise<readonly Unread[]> {
  const { rows } = await database.query<Unread>({
    name: 'unread-messages',
    text: `
      select m.no, m.sender, m.id, m.recipient, m.case_id, m.type, m.priority, m.accepted_at, m.digest,
        d.state, d.desk, d.attempts, d.consigned_leaf, d.consigned_at, m.request_id
      from delivery d join message m on m.no = d.message_no
      where d.state = 'consigned' and d.unread_at is not null and d.unread_at <= $1
      order by d.unread_at, d.message_no limit $2`,
    values: [now, limit],
  })
  return rows
}

/** Puts off looking at messages that are still unread. */
export async function lookLater(
  database: Queryable,
  looks: readonly { readonly messageNo: number; readonly at: Date }[],
): Promise<void> {
  await database.query({
    name: 'look-later',
    text: `
      update delivery d set unread_at = i.at from unnest($1::bigint[], $2::timestamptz[]) as i (no, at)
      where d.message_no = i.no and d.state = 'consigned' and d.unread_at is not null`,
    values: [list(looks.map(({ messageNo }) => messageNo)), list(looks.map(({ at }) => at))],
  })
}

/**
 * Records that senders were told that their messages lie unread, where they still do and nobody told meanwhile: one statement.
 * @returns the numbers of the messages of which it was
 */
export async function tellUnread(database: Queryable, told: readonly Told[], now: Date): Promise<ReadonlySet<number>> {
  return await tell(database, 'tell_unread', told, now)
}

/** Whether nobody has acknowledged, or given up, a message; it stays so until the transaction ends. */
export async function lockUnread(tx: Queryable, messageNo: number): Promise<boolean> {
  const { rowCount } = await tx.query('select from delivery where message_no = $1 and state = any($2) for update', [
    messageNo,
    unanswered,
  ])
  return rowCount === 1
}

/** A time in which deliveries to an agency were held; without `until` they still are. */
export type Held = { readonly agency: string; readonly since: Date; readonly until: Date | null }

/** When deliveries to these agencies were held since `from`, in order. */
export async function heldSince(
  database: Queryable,
  agencies: readonly string[],
  from: Date,
): Promise<readonly Held[]> {
  const { rows } = await database.query<Held>({
    name: 'held-since',
    text: `
      select agency, since, until from held where agency = any($1::text[]) and until > $2
      union all select agency, since, null from hold where agency = any($1::text[])
      order by since`,
    values: [agencies, from],
  })
  return rows
}
