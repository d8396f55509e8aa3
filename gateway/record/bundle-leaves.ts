import type { Queryable } from './database.ts'

/** A leaf as a bundle needs it. */
export type BundleLeaf = { readonly index: number; readonly jws: string }

type Row = { readonly index: number; readonly jws: Buffer }
const toLeaf = ({ index, jws }: Row): BundleLeaf => ({ index, jws: jws.toString('latin1') })

/** Each of a message's deliveries adds two: what has more was put back a thousand times. */
const MOST_RECEIPTS = 2_000

/** The receipts of a message, in the order of the log. */
export async function leavesAbout(database: Queryable, messageNo: number): Promise<readonly BundleLeaf[]> {
  const { rows } = await database.query<Row>({
    name: 'leaves-about',
    text: `select index, jws from leaf where message_no = $1 order by index limit ${MOST_RECEIPTS}`,
    values: [messageNo],
  })
  return rows.map(toLeaf)
}

/** An entry of a party is wanted that stands before a leaf. */
export type Wanted = { readonly party: string; readonly before: number }

/** So many entries back one is looked for: two processes may have two registries in force for a moment. */
const BACK = 4

/**
 * For each that is wanted, the party's entries before that leaf, the newest first, and last the one behind it: a registry is in force in a
 * process a moment before its entries are in the log.
 */
export async function entriesAround(
  database: Queryable,
  wanted: readonly Wanted[],
): Promise<readonly (readonly BundleLeaf[])[]> {
  const { rows } = await database.query<Row & { ord: number }>({
    name: 'entries-around',
    text: `
      select ord, index, jws from unnest($1::text[], $2::bigint[]) with ordinality as one (wanted_party, before, ord), lateral (
        (select leaf_index, 0 as side from party_leaf where party = wanted_party and leaf_index < before
          order by leaf_index desc limit ${BACK})
        union all
        (select leaf_index, 1 from party_leaf where party = wanted_party and leaf_index > before order by leaf_index limit 1)) near
        join leaf on index = leaf_index
      order by ord, side, index desc`,
    values: [wanted.map(({ party }) => party), wanted.map(({ before }) => before)],
  })
  return wanted.map((_, at) => rows.filter(({ ord }) => ord === at + 1).map(toLeaf))
}

/**
 * The acts by which the contents of a case were first erased behind a leaf: that of the second operator and, before it, the first's; or that of
 * the retention alone. In the order of the log; none where nothing was erased.
 */
export async function erasingLeaves(
  database: Queryable,
  caseId: string,
  behind: number,
): Promise<readonly BundleLeaf[]> {
  const { rows } = await database.query<Row>({
    name: 'erasing-leaves',
    text: `
      with done as (
        select act.leaf_index, act.at, act.operator from erasure join act on act.id = act_id
        where erasure.case_id = $1 and act.leaf_index > $2 order by act.leaf_index limit 1),
      asked as (
        select act.leaf_index from act, done
        where act.case_id = $1 and act.act = 'erase' and act.leaf_index < done.leaf_index and act.leaf_index > $2
          and act.operator <> done.operator and act.at > done.at - interval '24 hours'
        order by act.leaf_index desc limit 1)
      select index, jws from leaf where index in (select leaf_index from done union all select leaf_index from asked) order by index`,
    values: [caseId, behind],
  })
  return rows.map(toLeaf)
}

/** The certificates of these thumbprints that the registry or the gateway ever had, PEM. */
export async function pinnedCertificates(
  database: Queryable,
  thumbprints: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await database.query<{ pem: string }>({
    name: 'pinned-certificates',
    text: 'select distinct on (thumbprint) pem from pinned_certificate where thumbprint = any($1) order by thumbprint',
    values: [thumbprints],
  })
  return rows.map(({ pem }) => pem)
}
