import { type Database, type Queryable, transaction } from './database.ts'

/** A checkpoint that was time-stamped: of the log whose first leaf is `base` in the record. */
export type StampedRow = {
  readonly base: number
  readonly size: number
  /** The authority's time. */
  readonly at: Date
  readonly note: string
  readonly token: Buffer
}

/** When the authority was last asked, and how often in a row to no avail. */
export type StampTries = { readonly triedAt: Date | undefined; readonly failures: number }

/** The tries so far. */
export async function stampTries(database: Queryable): Promise<StampTries> {
  const { rows } = await database.query<{ tried_at: Date | null; failures: number }>({
    name: 'stamp-tries',
    text: 'select tried_at, failures from time_stamping',
  })
  return { triedAt: rows[0]?.tried_at ?? undefined, failures: rows[0]?.failures ?? 0 }
}

/**
 * Takes the turn to ask: counted as a failure until it is known to be none, so that a process that dies meanwhile holds nobody up. False
 * where another has taken it since.
 */
export async function takeStampTurn(
  database: Queryable,
  { triedAt, failures }: StampTries,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await database.query({
    name: 'take-stamp-turn',
    text: `update time_stamping set tried_at = $1, failures = failures + 1
           where tried_at is not distinct from $2 and failures = $3`,
    values: [at, triedAt ?? null, failures],
  })
  return rowCount === 1
}

/** Keeps a time stamp that was verified, and that the last try was none to no avail. */
export async function keepTimeStamp(database: Database, { base, size, at, note, token }: StampedRow): Promise<void> {
  await transaction(database, async (tx) => {
    await tx.query(
      'insert into time_stamp (base, size, at, note, token) values ($1, $2, $3, $4, $5) on conflict do nothing',
      [base, size, at, note, token],
    )
    await tx.query('update time_stamping set failures = 0')
    return { result: undefined }
  })
}

/** How many leaves of a log the largest checkpoint has that was time-stamped: 0 where none was. */
export async function stampedSize(database: Queryable, base: number): Promise<number> {
  const { rows } = await database.query<{ size: number }>({
    name: 'stamped-size',
    text: 'select size from time_stamp where base = $1 order by size desc limit 1',
    values: [base],
  })
  return rows[0]?.size ?? 0
}

/** For each leaf, by its index in the record, the first time-stamped checkpoint that has it; those that none has are left out. */
export async function firstStamps(
  database: Queryable,
  indices: readonly number[],
): Promise<readonly (StampedRow & { readonly index: number })[]> {
  const { rows } = await database.query<StampedRow & { index: number }>({
    name: 'first-stamps',
    text: `
      select wanted.index, first.* from unnest($1::bigint[]) with ordinality as wanted (index, place),
        lateral (select base from time_stamp where base <= wanted.index order by base desc limit 1) log,
        lateral (select base, size, at, note, token from time_stamp s
          where s.base = log.base and s.size > wanted.index - log.base order by s.size limit 1) first
      order by place`,
    values: [indices],
  })
  return rows
}
