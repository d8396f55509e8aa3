import type { Queryable } from './database.ts'
import { hold, release } from './parties.ts'

/** Deliveries to an agency that an operator holds. */
export type Pause = {
  readonly agency: string
  readonly operator: string
  readonly since: Date
  /** The second operator; from then on it does not lapse. */
  readonly joinedBy: string | undefined
  readonly joinedAt: Date | undefined
}

type Row = Omit<Pause, 'joinedBy' | 'joinedAt'> & { readonly joined_by: string | null; readonly joined_at: Date | null }
const COLUMNS = 'agency, operator, since, joined_by, joined_at'
const toPause = ({ joined_by, joined_at, ...row }: Row): Pause => ({
  ...row,
  joinedBy: joined_by ?? undefined,
  joinedAt: joined_at ?? undefined,
})

/** All pauses, the oldest first; of one agency where it is named. */
export async function pauses(database: Queryable, agency?: string): Promise<readonly Pause[]> {
  const { rows } = await database.query<Row>(
    `select ${COLUMNS} from pause where agency = coalesce($1, agency) order by since, agency`,
    [agency ?? null],
  )
  return rows.map(toPause)
}

/**
 * Pauses an agency, or joins the pause of another operator. Whoever comes second waits until the first has committed.
 * @returns whether anything has changed: not where this operator has paused it, or two have
 */
export async function pause(
  tx: Queryable,
  { agency, operator, now }: { readonly agency: string; readonly operator: string; readonly now: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    'insert into pause (agency, operator, since) values ($1, $2, $3) on conflict do nothing',
    [agency, operator, now],
  )
  if (rowCount === 1) {
    await hold(tx, [agency], now)
    return true
  }
  const joined = await tx.query(
    `update pause set joined_by = $2, joined_at = $3 where agency = $1 and operator <> $2 and joined_by is null`,
    [agency, operator, now],
  )
  return joined.rowCount === 1
}

/**
 * Ends a pause. @param isActive whether the registry lets deliveries go on; they are held all the same where it does not
 * @returns whether there was one
 */
export async function endPause(tx: Queryable, agency: string, isActive: boolean, now: Date): Promise<boolean> {
  const { rowCount } = await tx.query('delete from pause where agency = $1', [agency])
  if (rowCount !== 1) return false
  if (isActive) await release(tx, [agency], now)
  return true
}

/** SQL: an immediate message waits for the agency. */
const IMMEDIATE_WAITS = `exists (
  select from delivery d where d.recipient = pause.agency and d.priority = 0 and d.state = 'accepted')`

/** The pauses that nobody has joined, and whether an immediate message waits meanwhile. */
export async function alonePauses(
  database: Queryable,
): Promise<readonly (Pause & { readonly immediateWaits: boolean })[]> {
  const { rows } = await database.query<Row & { immediate_waits: boolean }>(
    `select ${COLUMNS}, ${IMMEDIATE_WAITS} as immediate_waits from pause where joined_by is null order by since, agency`,
  )
  return rows.map(({ immediate_waits, ...row }) => ({ ...toPause(row), immediateWaits: immediate_waits }))
}

/** Locks a pause that has lapsed: nobody joined it, it is older than that, and an immediate message waits. @returns whether it has */
export async function lockLapsed(tx: Queryable, agency: string, before: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select from pause where agency = $1 and joined_by is null and since <= $2 and ${IMMEDIATE_WAITS} for update`,
    [agency, before],
  )
  return rowCount === 1
}
