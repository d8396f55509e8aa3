import { transitions } from '../protocol/protocol.ts'
import { endAwaiting } from './awaited-answers.ts'
import type { Queryable } from './database.ts'
import { MESSAGE_COLUMNS, type MessageRow } from './messages.ts'

/** The dead letters of an agency that are to be put back first: the most pressing, each priority oldest first. */
export async function pressingDead(tx: Queryable, agency: string, limit: number): Promise<readonly MessageRow[]> {
  const { rows } = await tx.query<MessageRow>(
    `select ${MESSAGE_COLUMNS} from delivery d join message m on m.no = d.message_no
     where d.recipient = $1 and d.state = 'dead-lettered' order by d.priority, d.message_no limit $2`,
    [agency, limit],
  )
  return rows
}

/** Puts dead letters back, with a new horizon, locking them in the order of their numbers. @returns which of them were any */
export async function resume(tx: Queryable, messageNos: readonly number[], now: Date): Promise<ReadonlySet<number>> {
  const { from, to } = transitions.resume
  const { rows } = await tx.query<{ message_no: number }>(
    `with dead as (
       select message_no from delivery where message_no = any($1::bigint[]) and state = any($4) order by message_no for update)
     update delivery d set state = $3, due_at = $2, deadline = null, lease_until = null, spent = attempts
     from dead where d.message_no = dead.message_no returning d.message_no`,
    [messageNos, now, to, from],
  )
  return new Set(rows.map(({ message_no }) => message_no))
}

/** Whether a message is a dead letter; it stays one until the transaction ends. */
export async function lockDead(tx: Queryable, messageNo: number): Promise<boolean> {
  const { rowCount } = await tx.query('select from delivery where message_no = $1 and state = any($2) for update', [
    messageNo,
    transitions.resume.from,
  ])
  return rowCount === 1
}

/** Gives dead letters up, and with them their answers, locking them in the order of their numbers. @returns which of them were any */
export async function discard(tx: Queryable, messageNos: readonly number[]): Promise<ReadonlySet<number>> {
  const { from, to } = transitions.discard
  const { rows } = await tx.query<{ message_no: number }>(
    `with dead as (
       select message_no from delivery where message_no = any($1::bigint[]) and state = any($3) order by message_no for update)
     update delivery d set state = $2, lease_until = null from dead where d.message_no = dead.message_no returning d.message_no`,
    [messageNos, to, from],
  )
  const discarded = rows.map(({ message_no }) => message_no)
  await endAwaiting(tx, discarded)
  return new Set(discarded)
}
