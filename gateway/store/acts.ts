import type { Queryable } from './database.ts'
import { appending, type Leaf } from './leaves.ts'

export type ActRecord = {
  readonly id: string
  readonly at: Date
  readonly act: string
  readonly operator: string
  readonly sealedReason: Buffer
  readonly leaf: Leaf
}

/** Records an operator's act, and appends to the log the receipts of what it did and behind them the act's own leaf. */
export async function recordAct(
  tx: Queryable,
  { id, at, act, operator, sealedReason, leaf }: ActRecord,
  receipts: readonly Leaf[],
): Promise<void> {
  const appended = appending([...receipts, leaf], 6)
  await tx.query(
    `insert into act (id, at, act, operator, sealed_reason, leaf_index)
     values ($1, $2, $3, $4, $5, ${appended.sql} + $6)`,
    [id, at, act, operator, sealedReason, receipts.length, ...appended.values],
  )
}
