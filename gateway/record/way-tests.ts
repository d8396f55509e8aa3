import type { Queryable } from './database.ts'

/** What came of a test of one way: `detail` is a fixed word; `desk` is absent where the way is the agency's own. */
export type WayTried = { readonly desk?: string; readonly way: 'email' | 'endpoint'; readonly detail: string }

/** The last test of an agency's ways; without results it goes on still. */
export type WayTest = {
  readonly actId: string
  readonly at: Date
  readonly operator: string
  readonly results: readonly WayTried[] | undefined
}

/** Asks for a test. One that stands takes no other beside it: whoever comes second waits for the first's commit. */
export async function askWayTest(
  tx: Queryable,
  {
    agency,
    id,
    now,
    operator,
  }: { readonly agency: string; readonly id: string; readonly now: Date; readonly operator: string },
): Promise<void> {
  await tx.query(
    `insert into way_test (agency, act_id, at, operator) values ($1, $2, $3, $4)
     on conflict (agency) do update set act_id = $2, at = $3, operator = $4, taken_at = null, done_at = null, results = null`,
    [agency, id, now, operator],
  )
}

/** Whether no test of the agency was asked for since then. */
export async function isUntested(tx: Queryable, agency: string, since: Date): Promise<boolean> {
  const { rowCount } = await tx.query('select from way_test where agency = $1 and at > $2 for update', [agency, since])
  return rowCount === 0
}

/** Takes the test that has waited longest, for this process alone until `again`. @returns its agency and act; nothing where none waits */
export async function takeWayTest(
  database: Queryable,
  now: Date,
  again: Date,
): Promise<{ readonly agency: string; readonly actId: string } | undefined> {
  const { rows } = await database.query<{ agency: string; actId: string }>(
    `update way_test set taken_at = $1 where agency = (
       select agency from way_test where done_at is null and (taken_at is null or taken_at < $2)
       order by at limit 1 for update skip locked)
     returning agency, act_id as "actId"`,
    [now, again],
  )
  return rows[0]
}

/** Writes down what came of a test, unless another has been asked for meanwhile. */
export async function endWayTest(
  database: Queryable,
  { agency, actId }: { readonly agency: string; readonly actId: string },
  results: readonly WayTried[],
  now: Date,
): Promise<void> {
  await database.query('update way_test set done_at = $3, results = $4 where agency = $1 and act_id = $2', [
    agency,
    actId,
    now,
    JSON.stringify(results),
  ])
}

/** The last test of an agency's ways, where there was one. */
export async function lastWayTest(database: Queryable, agency: string): Promise<WayTest | undefined> {
  const { rows } = await database.query<Omit<WayTest, 'results'> & { results: readonly WayTried[] | null }>(
    'select act_id as "actId", at, operator, results from way_test where agency = $1',
    [agency],
  )
  const [found] = rows
  return found && { ...found, results: found.results ?? undefined }
}
