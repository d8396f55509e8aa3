import type { Queryable } from './database.ts'

export type ActRecord = {
  readonly id: string
  readonly at: Date
  readonly act: string
  readonly operator: string
  readonly sealedReason: Buffer
}

/** Records an operator's act. Call it right behind the `appendLeaves` whose last leaf is the act. */
export async function recordAct(tx: Queryable, { id, at, act, operator, sealedReason }: ActRecord): Promise<void> {
  await tx.query(
    `insert into act (id, at, act, operator, sealed_reason, leaf_index)
     values ($1, $2, $3, $4, $5, (select size - 1 from log))`,
    [id, at, act, operator, sealedReason],
  )
}
