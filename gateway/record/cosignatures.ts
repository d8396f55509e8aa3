import type { LastCosigned } from '../protocol/protocol.ts'
import type { Queryable } from './database.ts'

/** The size of the newest checkpoint that had been published by then. */
export async function checkpointBy(database: Queryable, by: Date): Promise<number | undefined> {
  const { rows } = await database.query<{ size: number }>({
    name: 'checkpoint-by',
    text: 'select size from checkpoint where at <= $1 order by size desc limit 1',
    values: [by],
  })
  return rows[0]?.size
}

/** What each of these witnesses has cosigned last. @param names of their keys */
export async function lastCosigned(
  database: Queryable,
  names: readonly string[],
): Promise<ReadonlyMap<string, LastCosigned>> {
  const { rows } = await database.query<LastCosigned & { witness: string }>({
    name: 'last-cosigned',
    text: `
      select named.witness, last.size, last.at from unnest($1::text[]) as named (witness)
      cross join lateral (
        select size, at from cosignature c where c.witness = named.witness order by size desc limit 1) last`,
    values: [names],
  })
  return new Map(rows.map(({ witness, size, at }) => [witness, { size, at }]))
}

/**
 * Keeps a cosignature that was verified, in the place of an earlier one of the same witness for the same checkpoint. Nothing where the
 * checkpoint has been taken away meanwhile.
 */
export async function keepCosignature(
  database: Queryable,
  { size, witness, at, line }: LastCosigned & { readonly witness: string; readonly line: string },
): Promise<void> {
  await database.query({
    name: 'keep-cosignature',
    text: `
      insert into cosignature (size, witness, at, line)
      select $1, $2, $3, $4 where exists (select from checkpoint where size = $1 for key share)
      on conflict (size, witness) do update set at = excluded.at, line = excluded.line
      where cosignature.at < excluded.at`,
    values: [size, witness, at, line],
  })
}
