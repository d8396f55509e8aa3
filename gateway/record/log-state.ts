import type { Queryable } from './database.ts'

/** What the evidence log is: its origin, how many leaves it has, and the id of the last. */
export type LogState = { readonly origin: string; readonly size: number; readonly last: string | undefined }

/**
 * The state of the evidence log, and the record's time just before.
 * @throws where no log was ever opened, or its last leaf is not there
 */
export async function logState(database: Queryable): Promise<LogState & { readonly at: Date }> {
  const { rows } = await database.query<{ at: Date; origin: string; size: number; last: string | null }>(
    `select clock_timestamp() as at, origin, size, (select id from leaf where index = size - 1) as last from log`,
  )
  const [found] = rows
  if (found === undefined) throw new Error('the record has no evidence log: no gateway has ever opened it')
  if (found.size > 0 && found.last === null) throw new Error('the last leaf of the evidence log is missing')
  return { ...found, last: found.last ?? undefined }
}

/** Whether the evidence log has this leaf at this index. */
export async function hasLeaf(database: Queryable, index: number, id: string): Promise<boolean> {
  const { rowCount } = await database.query('select from leaf where index = $1 and id = $2', [index, id])
  return rowCount === 1
}
