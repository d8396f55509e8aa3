import type { Queryable } from './database.ts'

/** A leaf and its place in the log. */
export type LeafRow = { readonly index: number; readonly jws: string }

type Row = { readonly index: number; readonly jws: Buffer }
const toLeaf = ({ index, jws }: Row): LeafRow => ({ index, jws: jws.toString('latin1') })

/** Nobody looks through more of the log for a kind that has become rare. */
const LOOKED_AT = 1_000

/** The newest receipts of one message, newest first. */
export async function leavesOfMessage(
  database: Queryable,
  messageNo: number,
  limit: number,
): Promise<readonly LeafRow[]> {
  const { rows } = await database.query<Row>({
    name: 'leaves-of-message',
    text: 'select index, jws from leaf where message_no = $1 order by index desc limit $2',
    values: [messageNo, limit],
  })
  return rows.map(toLeaf)
}

/** The newest receipts among the last thousand leaves, newest first. */
export async function latestReceipts(database: Queryable, limit: number): Promise<readonly LeafRow[]> {
  const { rows } = await database.query<Row>(
    `select index, jws from leaf
     where typ = 'delivery-receipt+jws' and index > (select max(index) from leaf) - $2 order by index desc limit $1`,
    [limit, LOOKED_AT],
  )
  return rows.map(toLeaf)
}

/** For each party the entry that is in force, those that came last first. */
export async function latestEntries(database: Queryable, limit: number): Promise<readonly LeafRow[]> {
  const { rows } = await database.query<Row>(
    `select leaf.index, leaf.jws from (select leaf_index from party_entry order by leaf_index desc limit $1) newest
       join leaf on leaf.index = newest.leaf_index order by leaf.index desc`,
    [limit],
  )
  return rows.map(toLeaf)
}
