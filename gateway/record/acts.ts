import type { Queryable } from './database.ts'
import { appending, type Leaf } from './leaves.ts'

/** What an act is about, as the log tells it (protocol section 10). */
export type ActSubject = {
  readonly agency?: string
  readonly from?: string
  readonly messageId?: string
  readonly caseId?: string
  /** The code of an alarm; the leaf alone has it. */
  readonly alarm?: string
}

export type ActRecord = {
  readonly id: string
  readonly at: Date
  readonly act: string
  /** Undefined where it was the registry's retention. */
  readonly operator: string | undefined
  /** Undefined where the reason went with what the act erased, or there was none. */
  readonly sealedReason: Buffer | undefined
  readonly subject: ActSubject
  readonly leaf: Leaf
}

/** Records an act, and appends to the log the receipts of what it did and behind them the act's own leaf. */
export async function recordAct(
  tx: Queryable,
  { id, at, act, operator, sealedReason, subject, leaf }: ActRecord,
  receipts: readonly Leaf[],
): Promise<void> {
  const { agency, from, messageId, caseId } = subject
  const about = [agency ?? null, from ?? null, messageId ?? null, caseId ?? null]
  const appended = appending([...receipts, leaf], 10)
  await tx.query(
    `insert into act (id, at, act, operator, sealed_reason, agency, sender, message_id, case_id, leaf_index)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, ${appended.sql} + $10)`,
    [id, at, act, operator ?? null, sealedReason ?? null, ...about, receipts.length, ...appended.values],
  )
}

/** An act that needs two operators, as one of them asks for it; `subject` says in one word what it is about. */
export type Asked = { readonly act: string; readonly subject: string; readonly operator: string; readonly at: Date }

/**
 * Notes that an operator asks for an act of two. Whoever comes second waits until the first has committed.
 * @param since what was asked before has lapsed
 * @returns `first`: noted, and waits for another; `again`: this operator had asked already; `second`: another one had, and it is
 * no longer pending
 */
export async function askForTwo(
  tx: Queryable,
  { act, subject, operator, at }: Asked,
  since: Date,
): Promise<'first' | 'again' | 'second'> {
  await tx.query('delete from pending_act where act = $1 and subject = $2 and at <= $3', [act, subject, since])
  const { rowCount } = await tx.query(
    'insert into pending_act (act, subject, operator, at) values ($1, $2, $3, $4) on conflict do nothing',
    [act, subject, operator, at],
  )
  if (rowCount === 1) return 'first'
  const { rows } = await tx.query<{ operator: string }>(
    'delete from pending_act where act = $1 and subject = $2 and operator <> $3 returning operator',
    [act, subject, operator],
  )
  return rows.length === 1 ? 'second' : 'again'
}

/** Ends acts that wait for a second operator: something was done that contradicts them. */
export async function endPending(tx: Queryable, acts: readonly string[], subjects: readonly string[]): Promise<void> {
  await tx.query('delete from pending_act where act = any($1::text[]) and subject = any($2::text[])', [acts, subjects])
}
