import type { Queryable } from './database.ts'

type Mark = { readonly number?: bigint; readonly thisUpdate: Date }

/** By issuer: how new its lists have been, as any process has seen. */
export async function readCrlMarks(database: Queryable): Promise<ReadonlyMap<string, Mark>> {
  const { rows } = await database.query<{ issuer: string; number: string | null; this_update: Date }>(
    'select issuer, number::text, this_update from crl_mark',
  )
  return new Map(
    rows.map(({ issuer, number, this_update: thisUpdate }) => [
      issuer,
      { ...(number === null ? {} : { number: BigInt(number) }), thisUpdate },
    ]),
  )
}

/** Raises the marks that are lower; of several processes that write one at once the highest stays. */
export async function raiseCrlMarks(
  database: Queryable,
  marks: ReadonlyMap<string, Mark & { readonly subject: string }>,
): Promise<void> {
  const entries = [...marks]
  await database.query(
    `insert into crl_mark as mark (issuer, subject, number, this_update)
     select * from unnest($1::text[], $2::text[], $3::numeric[], $4::timestamptz[])
     on conflict (issuer) do update
       set subject = excluded.subject, number = coalesce(excluded.number, mark.number), this_update = excluded.this_update
       where case when excluded.number <> mark.number then excluded.number > mark.number
         else excluded.this_update > mark.this_update end`,
    [
      entries.map(([issuer]) => issuer),
      entries.map(([, { subject }]) => subject),
      entries.map(([, { number }]) => number?.toString() ?? null),
      entries.map(([, { thisUpdate }]) => thisUpdate),
    ],
  )
}
