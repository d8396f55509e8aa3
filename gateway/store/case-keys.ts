import type { Queryable } from './database.ts'

/**
 * The wrapped keys of these cases, made where a case has none. Rows are locked against erasure until the transaction ends, so
 * that nothing is ever sealed under a key that is being destroyed. Where two processes open a case at once, both get the
 * winner's key. Ids go in sorted: two batches then wait for each other and never in a circle.
 * @param proposed a wrapped key for each case, sorted by case id, used only where the case has none yet
 */
export async function caseKeys(
  tx: Queryable,
  proposed: readonly { caseId: string; wrapped: Buffer }[],
): Promise<ReadonlyMap<string, Buffer>> {
  const { rows } = await tx.query<{ case_id: string; wrapped: Buffer }>({
    name: 'case-keys',
    text: `
      with wanted as (select * from unnest($1::uuid[], $2::bytea[]) as wanted (case_id, wrapped)),
        standing as (select case_id, wrapped from case_key where case_id = any($1::uuid[]) for key share),
        made as (
          insert into case_key (case_id, wrapped)
          select case_id, wrapped from wanted where case_id not in (select case_id from standing) order by case_id
          on conflict (case_id) do update set case_id = excluded.case_id
          returning case_id, wrapped)
      select case_id, wrapped from standing union all select case_id, wrapped from made`,
    values: [proposed.map(({ caseId }) => caseId), proposed.map(({ wrapped }) => wrapped)],
  })
  return new Map(rows.map(({ case_id, wrapped }) => [case_id, wrapped]))
}
