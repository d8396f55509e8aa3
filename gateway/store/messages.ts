import type { Envelope, Priority } from '../core/envelope.ts'
import type { State } from '../core/state.ts'
import { pack } from './arrays.ts'
import type { Queryable } from './database.ts'

/** The order of urgency; its index is what the record keeps. */
export const priorities: readonly Priority[] = ['immediate', 'urgent', 'routine']

/** A message as the record knows it: everything but what it says. */
export type MessageRow = {
  readonly no: number
  readonly sender: string
  readonly id: string
  readonly recipient: string
  readonly case_id: string
  readonly type: string
  readonly priority: number
  readonly in_reply_to: string | null
  readonly respond_by: Date | null
  readonly digest: Buffer
  readonly size: number
  readonly accepted_at: Date
  readonly state: State
  readonly desk: string | null
  readonly attempts: number
  readonly due_at: Date
  readonly consigned_leaf: number | null
}

export const MESSAGE_COLUMNS = `m.no, m.sender, m.id, m.recipient, m.case_id, m.type, m.priority, m.in_reply_to, m.respond_by,
  m.digest, m.size, m.accepted_at, d.state, d.desk, d.attempts, d.due_at, d.consigned_leaf`

export type NewMessage = {
  readonly envelope: Envelope
  readonly digest: Buffer
  readonly size: number
  readonly acceptedAt: Date
  readonly sealed: Buffer
}

const keyOf = (sender: string, id: string): string => `${sender}/${id}`

/**
 * Records messages and makes each due for delivery, in one statement.
 * @param messages no two with the same sender and id
 * @returns the row number of each, in order; undefined where the sender has used the id before
 */
export async function insertMessages(
  tx: Queryable,
  messages: readonly NewMessage[],
): Promise<readonly (number | undefined)[]> {
  const envelopes = messages.map(({ envelope }) => envelope)
  const digests = Buffer.concat(messages.map(({ digest }) => digest))
  const sealed = pack(messages.map((message) => message.sealed))
  const { rows } = await tx.query<{ no: number; sender: string; id: string }>({
    name: 'insert-messages',
    text: `
      with input as (
        select * from unnest($1::text[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::smallint[], $8::uuid[],
          $9::timestamptz[], $10::int[], $11::timestamptz[], $12::int[], $13::int[])
          with ordinality as input (sender, id, recipient, case_id, type, schema_version, priority, in_reply_to,
            respond_by, size, accepted_at, start, length, ord)),
      made as (
        insert into message (sender, id, recipient, case_id, type, schema_version, priority, in_reply_to, respond_by, digest,
          size, accepted_at, sealed)
        select sender, id, recipient, case_id, type, schema_version, priority, in_reply_to, respond_by,
          substring($14::bytea from (32 * (ord - 1) + 1)::int for 32), size, accepted_at,
          substring($15::bytea from start for length)
        from input order by sender, id
        on conflict (sender, id) do nothing
        returning no, sender, id, recipient, priority, accepted_at),
      due as (
        insert into delivery (message_no, recipient, priority, state, due_at)
        select no, recipient, priority, 'accepted', accepted_at from made)
      select no, sender, id from made`,
    values: [
      envelopes.map(({ from }) => from),
      envelopes.map(({ id }) => id),
      envelopes.map(({ to }) => to),
      envelopes.map(({ caseId }) => caseId),
      envelopes.map(({ type }) => type),
      envelopes.map(({ schemaVersion }) => schemaVersion),
      envelopes.map(({ priority }) => priorities.indexOf(priority)),
      envelopes.map(({ inReplyTo }) => inReplyTo ?? null),
      envelopes.map(({ respondBy }) => respondBy?.toISOString() ?? null),
      messages.map(({ size }) => size),
      messages.map(({ acceptedAt }) => acceptedAt.toISOString()),
      sealed.starts,
      sealed.lengths,
      digests,
      sealed.bytes,
    ],
  })
  const made = new Map(rows.map(({ no, sender, id }) => [keyOf(sender, id), no]))
  return envelopes.map(({ from, id }) => made.get(keyOf(from, id)))
}

/** How a message is named on the wire: the sender, and the id that the sender gave it. */
export type MessageKey = { readonly sender: string; readonly id: string }

/** The accepted messages of these names, each at its place; undefined where there is none. */
export async function findMessages(
  database: Queryable,
  keys: readonly MessageKey[],
): Promise<readonly (MessageRow | undefined)[]> {
  const { rows } = await database.query<MessageRow & { ord: number }>({
    name: 'find-messages',
    text: `
      select wanted.ord, ${MESSAGE_COLUMNS}
      from unnest($1::text[], $2::uuid[]) with ordinality as wanted (sender, id, ord)
        join message m on m.sender = wanted.sender and m.id = wanted.id join delivery d on d.message_no = m.no`,
    values: [keys.map(({ sender }) => sender), keys.map(({ id }) => id)],
  })
  const found = new Map(rows.map((row) => [row.ord - 1, row]))
  return keys.map((_, at) => found.get(at))
}

/** A message with what it says, sealed, and the wrapped key of its case; either is null where the case has been erased. */
export type SealedMessage = MessageRow & { readonly sealed: Buffer | null; readonly wrapped: Buffer | null }

/** The same with their contents. */
export async function readMessages(
  database: Queryable,
  keys: readonly MessageKey[],
): Promise<readonly (SealedMessage | undefined)[]> {
  const { rows } = await database.query<SealedMessage & { ord: number }>({
    name: 'read-messages',
    text: `
      select wanted.ord, ${MESSAGE_COLUMNS}, m.sealed, k.wrapped
      from unnest($1::text[], $2::uuid[]) with ordinality as wanted (sender, id, ord)
        join message m on m.sender = wanted.sender and m.id = wanted.id join delivery d on d.message_no = m.no
        left join case_key k on k.case_id = m.case_id`,
    values: [keys.map(({ sender }) => sender), keys.map(({ id }) => id)],
  })
  const found = new Map(rows.map((row) => [row.ord - 1, row]))
  return keys.map((_, at) => found.get(at))
}

/** Whether an agency has sent or received an accepted message of the case (protocol section 5, «took part»). */
export async function tookPart(database: Queryable, caseId: string, agency: string): Promise<boolean> {
  const { rows } = await database.query<{ took_part: boolean }>({
    name: 'took-part',
    text: 'select exists (select from message where case_id = $1 and (sender = $2 or recipient = $2)) as took_part',
    values: [caseId, agency],
  })
  return rows[0]?.took_part === true
}

/** The messages of a case that an agency sent or received, oldest first. */
export async function caseOf(database: Queryable, caseId: string, agency: string): Promise<readonly MessageRow[]> {
  const { rows } = await database.query<MessageRow>({
    name: 'case-of',
    text: `select ${MESSAGE_COLUMNS} from message m join delivery d on d.message_no = m.no
      where m.case_id = $1 and (m.sender = $2 or m.recipient = $2) order by m.no`,
    values: [caseId, agency],
  })
  return rows
}

/** What an operator may look for (protocol section 11): metadata, never what a message says. */
export type Search = {
  readonly state?: State
  /** As sender or as recipient. */
  readonly agency?: string
  readonly recipient?: string
  readonly type?: string
  readonly priority?: Priority
  readonly caseId?: string
  readonly messageId?: string
  /** Row number: only older ones. */
  readonly before?: number
  readonly limit: number
}

/** Messages' metadata, newest first. */
export async function searchMessages(database: Queryable, search: Search): Promise<readonly MessageRow[]> {
  const conditions: string[] = []
  const values: unknown[] = []
  const where = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  where((p) => `d.state = ${p}`, search.state)
  where((p) => `(m.sender = ${p} or m.recipient = ${p})`, search.agency)
  where((p) => `m.recipient = ${p}`, search.recipient)
  where((p) => `m.type = ${p}`, search.type)
  where((p) => `m.priority = ${p}`, search.priority && priorities.indexOf(search.priority))
  where((p) => `m.case_id = ${p}`, search.caseId)
  where((p) => `m.id = ${p}`, search.messageId)
  where((p) => `m.no < ${p}`, search.before)
  values.push(search.limit)
  const { rows } = await database.query<MessageRow>(
    `select ${MESSAGE_COLUMNS} from message m join delivery d on d.message_no = m.no
     ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''} order by m.no desc limit $${values.length}`,
    values,
  )
  return rows
}
