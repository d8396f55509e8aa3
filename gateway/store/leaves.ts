import { list, packTexts } from './arrays.ts'
import type { Queryable } from './database.ts'

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
 * Appends leaves to the log in force, in order. It holds the log's row until the transaction ends, so that indices follow the
 * order of commits: append last, just before the commit. Inside the same transaction, behind this statement, the first of
 * the `n` new leaves has the index `(select size from log) - n`.
 * @returns the index of the first one
 * @throws where no log was opened: a leaf without an index is refused by the table
 */
export async function appendLeaves(tx: Queryable, leaves: readonly Leaf[]): Promise<number> {
  const { bytes, starts, lengths } = packTexts(leaves.map(({ jws }) => jws))
  const { rows } = await tx.query<{ index: number }>({
    name: 'append-leaves',
    text: `
      with head as (update log set size = size + $1 returning size - $1 as first)
      insert into leaf (index, id, typ, jws, event, message_no, feed)
      select (select first from head) + ord - 1, id, typ, substring($2::bytea from start for length), event, message_no, feed
      from unnest($3::uuid[], $4::text[], $5::int[], $6::int[], $7::text[], $8::bigint[], $9::text[])
        with ordinality as input (id, typ, start, length, event, message_no, feed, ord)
      returning index`,
    values: [
      leaves.length,
      bytes,
      list(leaves.map(({ id }) => id)),
      list(leaves.map(({ typ }) => typ)),
      list(starts),
      list(lengths),
      list(leaves.map(({ event }) => event ?? null)),
      list(leaves.map(({ messageNo }) => messageNo ?? null)),
      list(leaves.map(({ feed }) => feed ?? null)),
    ],
  })
  const first = rows[0]
  if (first === undefined || rows.length !== leaves.length) throw new Error('the evidence log is not open')
  return rows.reduce((least, { index }) => Math.min(least, index), first.index)
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
 * in the order of commits.
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
        from leaf where feed = $1 and index > $2 order by index limit $3) page
      where total <= $4 or total = size order by index`,
    values: [agency, after, limit, LARGEST_PAGE_BYTES],
  })
  return rows.map(({ index, jws }) => ({ index, jws: jws.toString('latin1') }))
}
