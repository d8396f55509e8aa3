import type { Queryable } from './database.ts'
import { call } from './functions.ts'

/** That the contents of a case were erased (protocol section 12). `actId` is the id of the leaf that says so. */
export type Erasure = { readonly actId: string; readonly caseId: string; readonly at: Date }

/**
 * Destroys the key of a case, its contents and the operators' words about it. Nothing is asked first: an erasure that a restored
 * backup has not seen is done so again, and one that it has seen is not done twice, for the case may have new contents since.
 * @returns how many messages lost their contents, or undefined where this erasure was recorded before
 */
export async function eraseCase(tx: Queryable, { actId, caseId, at }: Erasure): Promise<number | undefined> {
  const { sql, values } = call('erase_case', { erased_case: caseId, act: actId, erased_at: at })
  const { rows } = await tx.query<{ messages: number | null }>(`select ${sql} as messages`, [...values])
  return rows[0]?.messages ?? undefined
}

/** The erasures at or after a time, oldest first, at most `limit`, behind the one given last where there is one. */
export async function erasuresSince(
  database: Queryable,
  since: Date,
  limit: number,
  after?: Erasure,
): Promise<readonly Erasure[]> {
  const { rows } = await database.query<Erasure>(
    `select act_id as "actId", case_id as "caseId", at from erasure
     where at >= $1 and ($3::uuid is null or (at, act_id) > ($2::timestamptz, $3::uuid)) order by at, act_id limit $4`,
    [since, after?.at ?? null, after?.actId ?? null, limit],
  )
  return rows
}
