import { unanswered } from '../protocol/protocol.ts'
import type { Queryable } from './database.ts'
import { call } from './functions.ts'

/** That the contents of a case were erased (protocol section 12). `actId` is the id of the leaf that says so. */
export type Erasure = { readonly actId: string; readonly caseId: string; readonly at: Date }

/**
 * How a case stands, and when its newest message was accepted: `unknown`, without any message; `erased`, with contents no more;
 * `unsettled`, with a message that is neither acknowledged nor discarded; else `settled`. It stays so until the transaction ends:
 * who accepts a message of it waits. A settled message is never unsettled again.
 */
export async function lockCase(
  tx: Queryable,
  caseId: string,
): Promise<{ readonly standing: 'unknown' | 'erased' | 'unsettled' | 'settled'; readonly newest: Date | undefined }> {
  await tx.query('select from case_key where case_id = $1 for update', [caseId])
  const { rows } = await tx.query<{ newest: Date | null; has_contents: boolean; is_settled: boolean }>(
    `select max(accepted_at) as newest, coalesce(bool_or(sealed is not null), false) as has_contents,
       coalesce(bool_and(state <> all($2)), true) as is_settled
     from message m join delivery d on d.message_no = m.no where case_id = $1`,
    [caseId, unanswered],
  )
  const { newest = null, has_contents: hasContents = false, is_settled: isSettled = true } = rows[0] ?? {}
  if (newest === null) return { standing: 'unknown', newest: undefined }
  return { standing: !hasContents ? 'erased' : isSettled ? 'settled' : 'unsettled', newest }
}

/**
 * Destroys the key of a case, its contents and the operators' words about it. Nothing is asked first: an erasure that a restored
 * backup has not seen is done so again, and one that it has seen is not done twice, for the case may have new contents since.
 * @returns how many messages lost their contents, or undefined where this erasure was recorded before
 */
export async function eraseCase(tx: Queryable, { actId, caseId, at }: Erasure): Promise<number | undefined> {
  const { sql, values } = call('erase_case', { erased_case: caseId, act: actId, erased_at: at })
  const { rows } = await tx.query<{ erased: boolean }>(`select ${sql} as erased`, [...values])
  if (rows[0]?.erased !== true) return undefined
  for (let some = ATTACHMENTS_AT_ONCE; some === ATTACHMENTS_AT_ONCE; ) some = await eraseAttachments(tx, caseId)
  let messages = 0
  for (let some = MESSAGES_AT_ONCE; some === MESSAGES_AT_ONCE; messages += some) some = await eraseContents(tx, caseId)
  return messages
}

/** By one statement, which may take no longer than any other: 125 MiB of the largest messages, and of attachments. */
const MESSAGES_AT_ONCE = 500
const ATTACHMENTS_AT_ONCE = 5

async function eraseAttachments(tx: Queryable, caseId: string): Promise<number> {
  const { sql, values } = call('erase_attachments', { erased_case: caseId, most: ATTACHMENTS_AT_ONCE })
  const { rows } = await tx.query<{ some: number }>(`select ${sql} as "some"`, [...values])
  return rows[0]?.some ?? 0
}

async function eraseContents(tx: Queryable, caseId: string): Promise<number> {
  const { rowCount } = await tx.query(
    `with part as (select no from message where case_id = $1 and sealed is not null order by no limit $2)
     update message set sealed = null from part where message.no = part.no`,
    [caseId, MESSAGES_AT_ONCE],
  )
  return rowCount ?? 0
}

/** When the contents of a case were last erased. */
export async function lastErasure(database: Queryable, caseId: string): Promise<Date | undefined> {
  const { rows } = await database.query<{ at: Date | null }>('select max(at) as at from erasure where case_id = $1', [
    caseId,
  ])
  return rows[0]?.at ?? undefined
}

/** A case that may be erased because it was closed long ago: how many of its messages have contents, and since when. */
export type DueCase = {
  readonly caseId: string
  readonly messages: number
  /** How many attachments they name, those of other cases among them. */
  readonly attachments: number
  /** Its newest `case-closure`. */
  readonly closedAt: Date
  /** Its newest message of any type, from which the days are counted. */
  readonly newest: Date
  /** Row number of that closure. */
  readonly closureNo: number
}

/**
 * The cases that were closed, and whose newest message was accepted at or before `until`, the first closed first: settled ones that
 * have contents. Found by the index of closures whose contents are here, so that what was erased costs nothing.
 * @param after only those behind it
 */
export async function dueCases(
  database: Queryable,
  until: Date,
  limit: number,
  after?: DueCase,
): Promise<readonly DueCase[]> {
  const { rows } = await database.query<DueCase>(
    `select closure.case_id as "caseId", messages, attachments, closure.accepted_at as "closedAt", newest,
       closure.no as "closureNo"
     from message closure, lateral (
       select count(*) filter (where m.sealed is not null) as messages, max(m.accepted_at) as newest,
         max(m.no) filter (where m.type = 'case-closure' and m.sealed is not null) as last_closure,
         bool_and(d.state <> all($2)) as is_settled
       from message m join delivery d on d.message_no = m.no where m.case_id = closure.case_id) whole,
       lateral (
       select count(distinct attachment_no) as attachments from message m join message_attachment on message_no = m.no
       where m.case_id = closure.case_id) named
     where closure.type = 'case-closure' and closure.sealed is not null and closure.accepted_at <= $1
       and (closure.accepted_at, closure.no) > (coalesce($4::timestamptz, '-infinity'), coalesce($5::bigint, 0))
       and closure.no = last_closure and newest <= $1 and is_settled
     order by closure.accepted_at, closure.no limit $3`,
    [until, unanswered, limit, after?.closedAt ?? null, after?.closureNo ?? null],
  )
  return rows
}

/** The bytes of «RETN». */
const RETENTION_LOCK = 0x5245544e

/** Whether this process alone erases by time, until the transaction ends. */
export async function takeRetention(tx: Queryable): Promise<boolean> {
  const { rows } = await tx.query<{ taken: boolean }>('select pg_try_advisory_xact_lock($1) as taken', [RETENTION_LOCK])
  return rows[0]?.taken === true
}

/** Woken where contents were erased: each process then forgets the keys that it has in memory. */
export const ERASED = 'erased'
