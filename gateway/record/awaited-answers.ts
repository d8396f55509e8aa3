import { list, packTexts } from './arrays.ts'
import type { Queryable } from './database.ts'
import { call } from './functions.ts'
import type { Leaf } from './leaves.ts'
import type { Addressed } from './messages.ts'

/** A message with the receipt that tells something of it. */
export type Told = { readonly message: Addressed; readonly receipt: Leaf }

/** The messages whose answer was to come before `now` and has not, of which nobody was told yet: those that are due longest first. */
export async function overdueAnswers(database: Queryable, now: Date, limit: number): Promise<readonly Addressed[]> {
  const { rows } = await database.query<Addressed>({
    name: 'overdue-answers',
    text: `
      select m.no, m.sender, m.id, m.recipient, m.case_id, m.type, m.priority, m.accepted_at, m.digest,
        d.state, d.desk, d.attempts, d.consigned_leaf, m.request_id
      from awaited_answer a join message m on m.no = a.message_no join delivery d on d.message_no = a.message_no
      where a.told_at is null and a.respond_by <= $1 order by a.respond_by, a.message_no limit $2`,
    values: [now, limit],
  })
  return rows
}

/**
 * Records that both sides were told, where no answer was accepted and nobody told meanwhile: one statement.
 * @returns the numbers of the messages of which it was
 */
export async function tellOverdue(database: Queryable, told: readonly Told[], now: Date): Promise<ReadonlySet<number>> {
  const recipients = list(told.map(({ message }) => message.recipient))
  return await tell(database, 'tell_overdue', told, now, { recipients })
}

/** Ends the waiting for answers to these messages: nothing answers them, or they were given up. */
export async function endAwaiting(database: Queryable, messageNos: readonly number[]): Promise<void> {
  await database.query({
    name: 'end-awaiting',
    text: `delete from awaited_answer where message_no in (
        select message_no from awaited_answer where message_no = any($1::bigint[]) order by message_no for update)`,
    values: [messageNos],
  })
}

/** Calls one of the functions that append receipts of what still stands; gives the numbers of the messages that it told of. */
export async function tell(
  database: Queryable,
  name: 'tell_overdue' | 'tell_unread',
  told: readonly Told[],
  now: Date,
  more: Readonly<Record<string, string>> = {},
): Promise<ReadonlySet<number>> {
  const { bytes, starts, lengths } = packTexts(told.map(({ receipt }) => receipt.jws))
  const { sql, values } = call(name, {
    nos: list(told.map(({ message }) => message.no)),
    senders: list(told.map(({ message }) => message.sender)),
    ...more,
    told_at: now,
    leaf_ids: list(told.map(({ receipt }) => receipt.id)),
    leaf_starts: list(starts),
    leaf_lengths: list(lengths),
    leaf_bytes: bytes,
  })
  const { rows } = await database.query<{ no: number }>({
    name: name.replace('_', '-'),
    text: `select no from ${sql} as no`,
    values: [...values],
  })
  return new Set(rows.map(({ no }) => no))
}
