import { list, packTexts } from './arrays.ts'
import type { Queryable } from './database.ts'
import { call, type Call } from './functions.ts'

/** What becomes a leaf of the evidence log: the bytes that were signed, and by what they are found again. */
export type Leaf = {
  readonly id: string
  readonly typ: 'delivery-receipt+jws' | 'registry-entry+jws' | 'operator-act+jws'
  readonly jws: string
  readonly event?: string
  /** The row of the message that a receipt speaks of. */
  readonly messageNo?: number
  /** The agency in whose feed of receipts it appears (protocol section 6). */
  readonly feed?: string
}

/**
 * The call that appends leaves to the log in force, in order, and gives the index of the first: for a statement that needs it. It
 * holds the log's row until the transaction ends, so that indices follow the order of commits: append last, just before the commit.
 * It fails where no log was opened.
 * @param taken how many parameters the statement around it has
 */
export function appending(leaves: readonly Leaf[], taken: number): Call {
  const { bytes, starts, lengths } = packTexts(leaves.map(({ jws }) => jws))
  const args = {
    ids: list(leaves.map(({ id }) => id)),
    typs: list(leaves.map(({ typ }) => typ)),
    events: list(leaves.map(({ event }) => event ?? null)),
    message_nos: list(leaves.map(({ messageNo }) => messageNo ?? null)),
    feeds: list(leaves.map(({ feed }) => feed ?? null)),
    starts: list(starts),
    lengths: list(lengths),
    bytes,
  }
  return call('append_leaves', args, taken)
}

/** Appends leaves that no other row speaks of, as `appending` does. @returns the index of the first one */
export async function appendLeaves(tx: Queryable, leaves: readonly Leaf[]): Promise<number> {
  const { sql, values } = appending(leaves, 0)
  const { rows } = await tx.query<{ first: number }>({
    name: 'append-leaves',
    text: `select ${sql} as first`,
    values: [...values],
  })
  if (rows[0] === undefined) throw new Error('the evidence log gave no index')
  return rows[0].first
}

/** Opens the evidence log under `origin` where there is none; the log in force otherwise stays. Gives its origin. */
export async function openLog(tx: Queryable, origin: string): Promise<string> {
  await tx.query('insert into log (origin, size) values ($1, 0) on conflict do nothing', [origin])
  const { rows } = await tx.query<{ origin: string }>('select origin from log')
  return rows[0]?.origin ?? origin
}

/** How much an answer may hold of leaves, beyond the first: it is made in memory, whole, and many are made at once. */
const LARGEST_PAGE_BYTES = 512 * 1024
/** Few messages have more than five; each operator's retry adds two. */
const MOST_RECEIPTS = 1_000

/** The receipts of one message, oldest first, as compact JWS. Of more than an answer may hold, the newest. */
export async function receiptsOf(database: Queryable, messageNo: number): Promise<readonly string[]> {
  const { rows } = await database.query<{ jws: Buffer }>({
    name: 'receipts-of',
    text: `
      select jws from (
        select index, jws, length(jws) as size, sum(length(jws)) over (order by index desc rows unbounded preceding) as total
        from leaf where message_no = $1 order by index desc limit $2) newest
      where total <= $3 or total = size order by index`,
    values: [messageNo, MOST_RECEIPTS, LARGEST_PAGE_BYTES],
  })
  return rows.map(({ jws }) => jws.toString('latin1'))
}

/** The newest receipt of one of these events for a message. */
export async function receiptOf(
  database: Queryable,
  messageNo: number,
  events: readonly string[],
): Promise<string | undefined> {
  const { rows } = await database.query<{ jws: Buffer }>({
    name: 'receipt-of',
    text: 'select jws from leaf where message_no = $1 and event = any($2) order by index desc limit 1',
    values: [messageNo, events],
  })
  return rows[0]?.jws.toString('latin1')
}

/**
 * An agency's feed of receipts after `after` (a leaf index, -1 is the start), at most `limit`, and no more than an answer may hold,
 * in the order of commits: those of what it sent, and those that stand in its feed as well (`leaf_in_feed`).
 */
export async function feedOf(
  database: Queryable,
  agency: string,
  after: number,
  limit: number,
): Promise<readonly { index: number; jws: string }[]> {
  const { rows } = await database.query<{ index: number; jws: Buffer }>({
    name: 'feed-of',
    text: `
      select index, jws from (
        select index, jws, length(jws) as size, sum(length(jws)) over (order by index rows unbounded preceding) as total
        from (
          (select index, jws from leaf where feed = $1 and index > $2 order by index limit $3)
          union all
          (select index, jws from leaf_in_feed join leaf on index = leaf_index
            where agency = $1 and leaf_index > $2 order by leaf_index limit $3)
          order by index limit $3) both_kinds) page
      where total <= $4 or total = size order by index`,
    values: [agency, after, limit, LARGEST_PAGE_BYTES],
  })
  return rows.map(({ index, jws }) => ({ index, jws: jws.toString('latin1') }))
}
