import { type Facts, priorities, type Priority, type State } from '../protocol/protocol.ts'
import { list, pack, packTexts } from './arrays.ts'
import { type Database, type Queryable, readPlanned } from './database.ts'
import { call } from './functions.ts'
import type { Leaf } from './leaves.ts'

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
  /** That of the call that submitted it; null of what an earlier release accepted. */
  readonly request_id: string | null
}

/** Of a message what its acknowledgement and its receipts speak of. */
export type Addressed = Omit<MessageRow, 'in_reply_to' | 'respond_by' | 'size' | 'due_at'>

export const MESSAGE_COLUMNS = `m.no, m.sender, m.id, m.recipient, m.case_id, m.type, m.priority, m.in_reply_to, m.respond_by,
  m.digest, m.size, m.accepted_at, d.state, d.desk, d.attempts, d.due_at, d.consigned_leaf, m.request_id`

export type NewMessage = {
  readonly envelope: Facts
  readonly digest: Buffer
  readonly size: number
  readonly acceptedAt: Date
  readonly requestId?: string | undefined
  readonly sealed: Buffer
  /** What the statistics keep of it. */
  readonly sealedFact?: Buffer | undefined
  /** The wrapped key of the case, under which it is sealed; `fresh` where the case is not known to have one. */
  readonly key: { readonly wrapped: Buffer; readonly fresh: boolean }
  readonly receipt: Pick<Leaf, 'id' | 'jws'>
  /** What it names as attached, each with its key under the key of the case. */
  readonly attachments: readonly { readonly no: number; readonly wrapped: Buffer }[]
}

/**
 * `made`: recorded; `attachment-missing`: one that it names is not there any more; `used`: the sender has used the id before;
 * `other-key`: the case has another key, or (undefined) none any more.
 */
export type Recorded =
  | { readonly outcome: 'made' | 'attachment-missing' | 'used' }
  | { readonly outcome: 'other-key'; readonly standing: Buffer | undefined }

const NOTHING = Buffer.alloc(0)

/**
 * Records messages, their receipts and leaves, and makes each due for delivery: one statement, and so one transaction and one
 * round trip.
 * @param messages no two with the same sender and id, in the order of both
 * @returns what became of each, in order
 */
export async function acceptMessages(
  database: Queryable,
  messages: readonly NewMessage[],
): Promise<readonly Recorded[]> {
  const envelopes = messages.map(({ envelope }) => envelope)
  const sealed = pack(messages.map((message) => message.sealed))
  const receipts = packTexts(messages.map(({ receipt: { jws } }) => jws))
  const facts = pack(messages.map(({ sealedFact = NOTHING }) => sealedFact))
  const named = messages.flatMap(({ attachments }, at) => attachments.map((one) => ({ ...one, place: at + 1 })))
  const { sql, values } = call('accept_messages', {
    senders: list(envelopes.map(({ from }) => from)),
    ids: list(envelopes.map(({ id }) => id)),
    recipients: list(envelopes.map(({ to }) => to)),
    case_ids: list(envelopes.map(({ caseId }) => caseId)),
    types: list(envelopes.map(({ type }) => type)),
    schema_versions: list(envelopes.map(({ schemaVersion }) => schemaVersion)),
    priorities: list(envelopes.map(({ priority }) => priorities.indexOf(priority))),
    in_reply_tos: list(envelopes.map(({ inReplyTo }) => inReplyTo ?? null)),
    respond_bys: list(envelopes.map(({ respondBy }) => respondBy ?? null)),
    sizes: list(messages.map(({ size }) => size)),
    accepted_ats: list(messages.map(({ acceptedAt }) => acceptedAt)),
    digests: Buffer.concat(messages.map(({ digest }) => digest)),
    sealed_starts: list(sealed.starts),
    sealed_lengths: list(sealed.lengths),
    sealed_bytes: sealed.bytes,
    fresh: list(messages.map(({ key }) => key.fresh)),
    wrapped_keys: messages.map(({ key }) => key.wrapped),
    receipt_ids: list(messages.map(({ receipt }) => receipt.id)),
    receipt_starts: list(receipts.starts),
    receipt_lengths: list(receipts.lengths),
    receipt_bytes: receipts.bytes,
    request_ids: list(messages.map(({ requestId }) => requestId ?? null)),
    ...(facts.bytes.length > 0 && {
      fact_starts: list(facts.starts),
      fact_lengths: list(facts.lengths),
      fact_bytes: facts.bytes,
    }),
    ...(named.length > 0 && {
      naming_places: list(named.map(({ place }) => place)),
      attachment_nos: list(named.map(({ no }) => no)),
      attachment_keys: named.map(({ wrapped }) => wrapped),
    }),
  })
  const { rows } = await database.query<{ place: number; outcome: Recorded['outcome']; standing_key: Buffer | null }>({
    name: `accept-messages${named.length > 0 ? '-with-attachments' : ''}${facts.bytes.length > 0 ? '-with-facts' : ''}`,
    text: `select place, outcome, case when outcome = 'other-key' then standing_key end as standing_key from ${sql}`,
    values: [...values],
  })
  const byPlace = new Map(rows.map((row) => [row.place, row]))
  return messages.map((_, at) => {
    const { outcome, standing_key: standing } = byPlace.get(at + 1) ?? { outcome: 'made' as const, standing_key: null }
    return outcome === 'other-key' ? { outcome, standing: standing ?? undefined } : { outcome }
  })
}

/** How a message is named on the wire: the sender, and the id that the sender gave it. A recipient makes it nobody else's. */
export type MessageKey = { readonly sender: string; readonly id: string; readonly recipient?: string | undefined }

const WANTED = `unnest($1::text[], $2::uuid[], $3::text[]) with ordinality as wanted (sender, id, recipient, ord)
        join message m on m.sender = wanted.sender and m.id = wanted.id
          and (wanted.recipient is null or m.recipient = wanted.recipient)`

const wanted = (keys: readonly MessageKey[]): unknown[] => [
  keys.map(({ sender }) => sender),
  keys.map(({ id }) => id),
  keys.map(({ recipient = null }) => recipient),
]

/** The accepted messages of these names, each at its place; undefined where there is none. */
export async function findMessages(
  database: Queryable,
  keys: readonly MessageKey[],
): Promise<readonly (MessageRow | undefined)[]> {
  const { rows } = await database.query<MessageRow & { ord: number }>({
    name: 'find-messages',
    text: `
      select wanted.ord, ${MESSAGE_COLUMNS}
      from ${WANTED} join delivery d on d.message_no = m.no`,
    values: wanted(keys),
  })
  const found = new Map(rows.map((row) => [row.ord - 1, row]))
  return keys.map((_, at) => found.get(at))
}

/** A message with what it says, sealed, and the wrapped key of its case; either is null where the case has been erased. */
export type SealedMessage = Addressed & {
  readonly sealed: Buffer | null
  readonly wrapped: Buffer | null
}

/** The messages of these names with their contents. */
export async function readMessages(
  database: Queryable,
  keys: readonly MessageKey[],
): Promise<readonly (SealedMessage | undefined)[]> {
  const { rows } = await database.query<Omit<SealedMessage, 'sealed'> & { sealed: string | null; ord: number }>({
    name: 'read-messages',
    text: `
      select wanted.ord, m.no, m.sender, m.id, m.recipient, m.case_id, m.type, m.priority, m.accepted_at,
        m.digest, d.state, d.desk, d.attempts, d.consigned_leaf, m.request_id, encode(m.sealed, 'base64') as sealed, k.wrapped
      from ${WANTED} join delivery d on d.message_no = m.no
        left join case_key k on k.case_id = m.case_id`,
    values: wanted(keys),
  })
  // As hexadecimal text, node-postgres's own way, it would be half as long again.
  const found = new Map(
    rows.map(({ sealed, ...row }) => [
      row.ord - 1,
      { ...row, sealed: sealed === null ? null : Buffer.from(sealed, 'base64') },
    ]),
  )
  return keys.map((_, at) => found.get(at))
}

/**
 * Whether an agency has sent or received an accepted message of the case (protocol section 5, «took part»). What it sent to itself
 * shows nothing: anybody may name any case.
 */
export async function tookPart(database: Queryable, caseId: string, agency: string): Promise<boolean> {
  const { rows } = await database.query<{ took_part: boolean }>({
    name: 'took-part',
    text: 'select exists (select from message where case_id = $1 and (sender = $2 or recipient = $2) and sender <> recipient) as took_part',
    values: [caseId, agency],
  })
  return rows[0]?.took_part === true
}

/** The newest `limit` messages of a case that an agency sent or received, oldest first. */
export async function caseOf(
  database: Queryable,
  caseId: string,
  agency: string,
  limit: number,
): Promise<readonly MessageRow[]> {
  const { rows } = await database.query<MessageRow>({
    name: 'case-of',
    text: `select ${MESSAGE_COLUMNS} from message m join delivery d on d.message_no = m.no
      where m.case_id = $1 and (m.sender = $2 or m.recipient = $2) order by m.no desc limit $3`,
    values: [caseId, agency, limit],
  })
  return rows.toReversed()
}

/** What an operator may look for (protocol section 11): metadata, never what a message says. */
export type Search = {
  readonly state?: State
  /** As sender or as recipient. */
  readonly agency?: string
  readonly type?: string
  readonly priority?: Priority
  readonly caseId?: string
  readonly messageId?: string
  /** Row number: only older ones. */
  readonly before?: number
  readonly limit: number
}

/**
 * Messages' metadata, newest first. Each of what may be looked for has an index in the order of the numbers, and so has each
 * agency as sender and as recipient: of both the newest are taken, and the newest of these.
 */
export async function searchMessages(database: Database, search: Search): Promise<readonly MessageRow[]> {
  const conditions: string[] = []
  const values: unknown[] = []
  const parameter = (value: string | number): string => `$${values.push(value)}`
  const where = (condition: string, value: string | number | undefined): void => {
    if (value !== undefined) conditions.push(`${condition} ${parameter(value)}`)
  }
  where('d.state collate "C" =', search.state)
  where('m.type collate "C" =', search.type)
  where('m.priority =', search.priority && priorities.indexOf(search.priority))
  where('m.case_id =', search.caseId)
  where('m.no <', search.before)
  if (search.messageId !== undefined)
    // Ids are the senders' own: it is looked for at each party that ever was.
    conditions.push(
      `m.id = ${parameter(search.messageId)} and m.sender = any(array(select distinct party from pinned_certificate))`,
    )
  const limit = parameter(search.limit)
  const newest = (of?: string): string => {
    const all = of === undefined ? conditions : [...conditions, of]
    return `select ${MESSAGE_COLUMNS} from message m join delivery d on d.message_no = m.no
      ${all.length > 0 ? `where ${all.join(' and ')}` : ''} order by m.no desc limit ${limit}`
  }
  const text = search.agency === undefined ? newest() : ofAgency(newest, parameter(search.agency), limit)
  return await readPlanned<MessageRow>(database, text, values)
}

/** What an agency sent to itself is there once. */
const ofAgency = (newest: (of: string) => string, agency: string, limit: string): string =>
  `(${newest(`m.sender collate "C" = ${agency}`)})
   union all (${newest(`m.recipient collate "C" = ${agency} and m.sender <> ${agency}`)})
   order by no desc limit ${limit}`
