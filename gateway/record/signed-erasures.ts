import { type ActRecord, recordAct } from './acts.ts'
import type { Queryable } from './database.ts'
import { type Erasure, eraseCase } from './erasures.ts'

/** An erasure, and the leaf of the log that says so. */
export type SignedErasure = Erasure & { readonly jws: string }

/** All erasures with their leaves, in order of time, at most `limit` of them after the one given last. */
export async function signedErasures(
  database: Queryable,
  limit: number,
  after?: Erasure,
): Promise<readonly SignedErasure[]> {
  const { rows } = await database.query<Erasure & { jws: Buffer }>(
    `select act_id as "actId", erasure.case_id as "caseId", erasure.at, jws from erasure join leaf on leaf.id = act_id
     where $2::uuid is null or (erasure.at, act_id) > ($1::timestamptz, $2::uuid) order by erasure.at, act_id limit $3`,
    [after?.at ?? null, after?.actId ?? null, limit],
  )
  return rows.map(({ jws, ...erasure }) => ({ ...erasure, jws: jws.toString('latin1') }))
}

/**
 * Does again what a restored record has not seen: erases the case, and appends the leaf that said so, as it was signed.
 * @returns whether it had not seen it
 */
export async function repeatErasure(
  tx: Queryable,
  { actId, caseId, at, jws }: SignedErasure,
  { act, operator }: Pick<ActRecord, 'act' | 'operator'>,
): Promise<boolean> {
  if ((await eraseCase(tx, { actId, caseId, at })) === undefined) return false
  const leaf = { id: actId, typ: 'operator-act+jws', jws } as const
  await recordAct(tx, { id: actId, at, act, operator, sealedReason: undefined, subject: { caseId }, leaf }, [])
  return true
}
