import pg from 'pg'
import type { State } from '../protocol/protocol.ts'
import { list } from './arrays.ts'
import { type Database, type Queryable, transaction } from './database.ts'
import { call } from './functions.ts'

/** An attachment that an agency begins to put. */
export type NewAttachment = {
  readonly owner: string
  /** The SHA-256 that it must turn out to have. */
  readonly digest: Buffer
  readonly mediaType: string
  /** As many bytes as may come. */
  readonly mostBytes: number
  /** Its key under the data key. */
  readonly wrapped: Buffer
  /** What it will be called outside the record; null where its chunks are rows of it. */
  readonly name: string | null
}

/** `there`: its owner has put it before; `full`: its owner has put too much that no message has named. */
export type Begun =
  | { readonly outcome: 'begun'; readonly no: number }
  | ({ readonly outcome: 'there'; readonly no: number; readonly size: number } & Pick<
      NewAttachment,
      'wrapped' | 'name'
    >)
  | { readonly outcome: 'full' }

/** Makes room for an attachment. @param quota bytes of one agency that no message has named, at most */
export async function beginAttachment(
  database: Queryable,
  { owner, digest, mediaType, mostBytes, wrapped, name }: NewAttachment,
  at: Date,
  quota: number,
): Promise<Begun> {
  const { sql, values } = call('begin_attachment', {
    putter: owner,
    of_digest: digest,
    as_media_type: mediaType,
    most_bytes: mostBytes,
    own_key: wrapped,
    at_place: name,
    at_time: at,
    quota,
  })
  const { rows } = await database.query<Begun>({
    name: 'begin-attachment',
    text: `select outcome, attachment_no as no, its_key as wrapped, its_place as name, its_size as size from ${sql}`,
    values: [...values],
  })
  const [begun] = rows
  if (begun === undefined) throw new Error('an attachment was neither begun nor refused')
  return begun
}

/** PostgreSQL's word for a second row where there may be one. */
const UNIQUE_VIOLATION = '23505'

/**
 * Shows to its owner an attachment of which everything has come.
 * @returns `again` where the owner has put it another time meanwhile, `gone` where a chunk of it, or all of it, is not there
 */
export async function finishAttachment(
  database: Queryable,
  no: number,
  { size, chunks, at }: { readonly size: number; readonly chunks: number; readonly at: Date },
): Promise<'put' | 'again' | 'gone'> {
  try {
    const { rowCount } = await database.query({
      name: 'finish-attachment',
      // Chunks are not waited for until they are on the disk: this commit is, and so are they, if they are all here.
      text: `update attachment set whole = true, size = $2, put_at = $4 where no = $1 and not whole
        and (place is not null or $3 = (select count(*) from attachment_chunk where attachment_no = $1))`,
      values: [no, size, chunks, at],
    })
    return rowCount === 1 ? 'put' : 'gone'
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION) return 'again'
    throw error
  }
}

/** Counts what an agency has put before as put now. @returns false where it is not there any more */
export async function renewAttachment(
  database: Queryable,
  { owner, digest }: Pick<NewAttachment, 'owner' | 'digest'>,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await database.query({
    name: 'renew-attachment',
    text: 'update attachment set put_at = greatest(put_at, $3) where owner = $1 and digest = $2 and whole',
    values: [owner, digest, at],
  })
  return rowCount === 1
}

/** Deletes an attachment that is not whole, and what has come of it. @returns false where there is none */
export async function dropAttachment(database: Queryable, no: number): Promise<boolean> {
  const { rows } = await database.query<{ gone: number }>({
    name: 'drop-attachment',
    text: `select forget_attachments(nos => array(
      select no from attachment where no = $1 and not whole for update)) as gone`,
    values: [no],
  })
  return rows[0]?.gone === 1
}

/** Keeps a chunk. It need not be on the disk yet: `finishAttachment` waits for all of them. */
export async function insertChunk(database: Queryable, no: number, chunkNo: number, sealed: Buffer): Promise<void> {
  await database.query({
    name: 'insert-chunk',
    text: `insert into attachment_chunk (attachment_no, chunk_no, sealed)
      select $1, $2, $3 where set_config('synchronous_commit', 'off', true) = 'off'`,
    values: [no, chunkNo, sealed],
  })
}

/** A chunk as it was kept; undefined where it is not there. */
export async function readChunk(database: Queryable, no: number, chunkNo: number): Promise<Buffer | undefined> {
  const { rows } = await database.query<{ sealed: string }>({
    name: 'read-chunk',
    text: `select encode(sealed, 'base64') as sealed from attachment_chunk where attachment_no = $1 and chunk_no = $2`,
    values: [no, chunkNo],
  })
  // As hexadecimal text, node-postgres's own way, it would be half as long again.
  return rows[0] && Buffer.from(rows[0].sealed, 'base64')
}

/** What an agency has put, as a message may name it. */
export type PutAttachment = {
  readonly no: number
  readonly digest: Buffer
  readonly media_type: string
  readonly size: number
  readonly wrapped_key: Buffer
}

/** Those of these that an agency has put. */
export async function findPut(
  database: Queryable,
  owner: string,
  digests: readonly Buffer[],
): Promise<readonly PutAttachment[]> {
  const { rows } = await database.query<PutAttachment>({
    name: 'find-put',
    text: 'select no, digest, media_type, size, wrapped_key from attachment where owner = $1 and digest = any($2) and whole',
    values: [owner, digests],
  })
  return rows
}

/** A message that an agency was sent, and of its attachments the one that is asked for; null where it names no such one. */
export type SharedAttachment = {
  readonly sender: string
  readonly id: string
  readonly case_id: string
  readonly state: State
  /** What it said, and its attachments, are gone. */
  readonly erased: boolean
  readonly case_key: Buffer | null
  readonly no: number | null
  readonly media_type: string | null
  readonly size: number | null
  readonly place: string | null
  readonly wrapped_key: Buffer | null
}

/**
 * An attachment of a message, asked for by sender, message, recipient and digest at once: whatever of it is another's, or is not there,
 * is one and the same answer, and the same work.
 */
export async function findShared(
  database: Queryable,
  asked: { readonly recipient: string; readonly sender: string; readonly id: string; readonly digest: Buffer },
): Promise<SharedAttachment | undefined> {
  const { rows } = await database.query<SharedAttachment>({
    name: 'find-shared',
    text: `
      select m.sender, m.id, m.case_id, d.state, m.sealed is null or k.wrapped is null as erased, k.wrapped as case_key,
        named.no, named.media_type, named.size, named.place, named.wrapped_key
      from message m join delivery d on d.message_no = m.no
        left join case_key k on k.case_id = m.case_id
        left join lateral (
          select a.no, a.media_type, a.size, a.place, n.wrapped_key
          from message_attachment n join attachment a on a.no = n.attachment_no
          where n.message_no = m.no and a.digest = $4) named on true
      where m.sender = $1 and m.id = $2 and m.recipient = $3`,
    values: [asked.sender, asked.id, asked.recipient, asked.digest],
  })
  return rows[0]
}

/** Whoever holds it deletes; the others have nothing to do. */
const FORGETTING_LOCK = `pg_try_advisory_xact_lock(hashtext('forget attachments'))`

/**
 * Deletes attachments that no message has named, or of which not everything has come, since some time; of both up to a limit.
 * @returns how many; none where another process is at it
 */
export async function forgetAttachments(
  database: Database,
  { putBefore, begunBefore, limit }: { readonly putBefore: Date; readonly begunBefore: Date; readonly limit: number },
): Promise<number> {
  return await transaction(database, async (tx) => {
    const { rows: locks } = await tx.query<{ locked: boolean }>(`select ${FORGETTING_LOCK} as locked`)
    if (locks[0]?.locked !== true) return { result: 0 }
    const forget = async (which: string, before: Date): Promise<number> => {
      const { rows } = await tx.query<{ gone: number }>(
        `select forget_attachments(nos => array(
           select no from attachment where ${which} and put_at < $1 order by put_at limit $2 for update skip locked)) as gone`,
        [before, limit],
      )
      return rows[0]?.gone ?? 0
    }
    return { result: (await forget('not named', putBefore)) + (await forget('not whole', begunBefore)) }
  })
}

/** Names outside the record of what is still to be removed there. */
export async function namesLeft(database: Queryable, limit: number): Promise<readonly string[]> {
  const { rows } = await database.query<{ place: string }>('select place from attachment_left limit $1', [limit])
  return rows.map(({ place }) => place)
}

/** They have been removed. */
export async function namesRemoved(database: Queryable, names: readonly string[]): Promise<void> {
  await database.query('delete from attachment_left where place = any($1)', [list(names)])
}
