import type { Queryable } from './database.ts'

/** That an operator asks for a successor of the log that was closed, as they signed it by the gateway: it cannot be appended before. */
export type SuccessorRequest = {
  readonly actId: string
  readonly operator: string
  readonly at: Date
  readonly reasonCode: string | undefined
  readonly sealedReason: Buffer
  /** The leaf that it becomes. */
  readonly jws: string
}

type Row = {
  readonly act_id: string
  readonly operator: string
  readonly at: Date
  readonly reason_code: string | null
  readonly sealed_reason: Buffer
  readonly jws: Buffer
}

/** The one that waits for a second operator. @param since what was asked before has lapsed */
export async function successorRequest(database: Queryable, since: Date): Promise<SuccessorRequest | undefined> {
  const { rows } = await database.query<Row>('select * from successor_request where at > $1', [since])
  const [row] = rows
  return (
    row && {
      actId: row.act_id,
      operator: row.operator,
      at: row.at,
      reasonCode: row.reason_code ?? undefined,
      sealedReason: row.sealed_reason,
      jws: row.jws.toString('latin1'),
    }
  )
}

/** Notes it, in the place of one that has lapsed. Whoever calls it has locked the log. */
export async function keepSuccessorRequest(tx: Queryable, request: SuccessorRequest): Promise<void> {
  await forgetSuccessorRequest(tx)
  const { actId, operator, at, reasonCode, sealedReason, jws } = request
  await tx.query(
    'insert into successor_request (act_id, operator, at, reason_code, sealed_reason, jws) values ($1, $2, $3, $4, $5, $6)',
    [actId, operator, at, reasonCode ?? null, sealedReason, Buffer.from(jws, 'latin1')],
  )
}

export async function forgetSuccessorRequest(tx: Queryable): Promise<void> {
  await tx.query('delete from successor_request')
}
