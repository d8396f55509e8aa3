import type { Queryable } from './database.ts'
import type { Vault } from './vault.ts'
import type { CaseFact, DatedFact } from '../protocol/protocol.ts'

type FactRow = {
  readonly case_id: string
  readonly sender: string
  readonly id: string
  readonly accepted_at: Date
  readonly sealed: Buffer
  readonly wrapped: Buffer
}

/** A case by its first referral; `no` is the row number of that. */
export type ReferredCase = { readonly caseId: string; readonly at: Date; readonly no: number }

/** No referral of the case came before: one whose fact was erased counts as well, so that no case is counted twice. */
const IS_FIRST = `not exists (
  select from message earlier where earlier.case_id = m.case_id and earlier.type = 'referral' and earlier.no < m.no)`
const REFERRALS = `select m.case_id as "caseId", referred_at as at, m.no from case_fact join message m on m.no = message_no`

/** Cases whose first referral was accepted from `start` on and before `end`, in order. @param after only those behind it */
export async function casesReferred(
  tx: Queryable,
  { start, end }: { readonly start: Date; readonly end: Date },
  limit: number,
  after?: ReferredCase,
): Promise<readonly ReferredCase[]> {
  const { rows } = await tx.query<ReferredCase>(
    `${REFERRALS} where referred_at >= $1 and referred_at < $2
       and (referred_at, message_no) > (coalesce($3::timestamptz, '-infinity'), coalesce($4::bigint, 0)) and ${IS_FIRST}
     order by referred_at, message_no limit $5`,
    [start, end, after?.at ?? null, after?.no ?? null, limit],
  )
  return rows
}

/** The first referral of a case, where its fact is here. */
export async function firstReferral(tx: Queryable, caseId: string): Promise<ReferredCase | undefined> {
  const { rows } = await tx.query<ReferredCase>(
    `${REFERRALS} where referred_at is not null and m.case_id = $1 and ${IS_FIRST}`,
    [caseId],
  )
  return rows[0]
}

/** What is kept of each of these cases, opened, in the order of acceptance. @throws SealFault */
export async function factsOf(
  tx: Queryable,
  vault: Vault,
  caseIds: readonly string[],
): Promise<ReadonlyMap<string, readonly DatedFact[]>> {
  const { rows } = await tx.query<FactRow>(
    `select m.case_id, m.sender, m.id, m.accepted_at, f.sealed, k.wrapped
     from message m join case_fact f on f.message_no = m.no join case_key k on k.case_id = m.case_id
     where m.case_id = any($1::uuid[]) order by m.no`,
    [caseIds],
  )
  const dated = rows.map((row) => ({
    caseId: row.case_id,
    fact: JSON.parse(vault.openFact(row, row.sealed, row.wrapped).toString()) as CaseFact,
    at: row.accepted_at,
  }))
  return Map.groupBy(dated, ({ caseId }) => caseId)
}

/** Forgets what is kept of a case. @returns of how many messages */
export async function forgetFacts(tx: Queryable, caseId: string): Promise<number> {
  const { rowCount } = await tx.query(
    'delete from case_fact using message m where m.no = message_no and m.case_id = $1',
    [caseId],
  )
  return rowCount ?? 0
}

/** When the first message was accepted, or the first referral where that was before; undefined where there is none. */
export async function oldestMessage(database: Queryable): Promise<Date | undefined> {
  const { rows } = await database.query<{ oldest: Date | null }>(
    `select least((select accepted_at from message order by no limit 1),
       (select min(referred_at) from case_fact where referred_at is not null)) as oldest`,
  )
  return rows[0]?.oldest ?? undefined
}
