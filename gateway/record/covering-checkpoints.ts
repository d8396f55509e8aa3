import type { Queryable } from './database.ts'

/** A checkpoint of the log in force as its log signed it, and what witnesses have said of it. */
export type CosignedCheckpoint = {
  readonly size: number
  readonly note: string
  readonly cosignatures: readonly string[]
  /** Who has said it, by the names of their keys. */
  readonly witnesses: readonly string[]
}

/** The newest checkpoints, of so many leaves at least and at most. */
export async function recentCheckpoints(
  database: Queryable,
  { least, most, limit }: { readonly least: number; readonly most: number; readonly limit: number },
): Promise<readonly CosignedCheckpoint[]> {
  const { rows } = await database.query<CosignedCheckpoint>({
    name: 'recent-checkpoints',
    text: `
      select size, note,
        array(select line from cosignature c where c.size = checkpoint.size order by at, witness limit 14) as cosignatures,
        array(select witness from cosignature c where c.size = checkpoint.size order by at, witness limit 14) as witnesses
      from checkpoint where size between $1 and $2 order by size desc limit $3`,
    values: [least, most, limit],
  })
  return rows
}
