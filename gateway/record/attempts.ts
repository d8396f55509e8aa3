import type { Queryable } from './database.ts'

/** One attempt at an endpoint, as the operators see it; `detail` is a fixed code, never an endpoint's words. */
export type Attempt = {
  readonly messageNo: number
  readonly attempt: number
  readonly at: Date
  readonly desk: string | undefined
  readonly endpoint: string
  readonly outcome: 'consigned' | 'retry' | 'refused' | 'given-up'
  readonly status?: number | undefined
  readonly detail: string
  readonly durationMs: number
}

/** Records attempts; a repetition of one already recorded changes nothing. */
export async function insertAttempts(tx: Queryable, attempts: readonly Attempt[]): Promise<void> {
  await tx.query({
    name: 'insert-attempts',
    text: `
      insert into attempt (message_no, attempt, at, desk, endpoint, outcome, status, detail, duration_ms)
      select * from unnest($1::bigint[], $2::int[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[],
        $9::int[]) on conflict do nothing`,
    values: [
      attempts.map(({ messageNo }) => messageNo),
      attempts.map(({ attempt }) => attempt),
      attempts.map(({ at }) => at.toISOString()),
      attempts.map(({ desk }) => desk ?? null),
      attempts.map(({ endpoint }) => endpoint),
      attempts.map(({ outcome }) => outcome),
      attempts.map(({ status }) => status ?? null),
      attempts.map(({ detail }) => detail),
      attempts.map(({ durationMs }) => durationMs),
    ],
  })
}

export type AttemptRow = {
  readonly attempt: number
  readonly at: Date
  readonly desk: string | null
  readonly endpoint: string
  readonly outcome: string
  readonly status: number | null
  readonly detail: string
  readonly duration_ms: number
}

/** Every attempt at an endpoint, in order. */
export async function attemptsOf(database: Queryable, messageNo: number): Promise<readonly AttemptRow[]> {
  const { rows } = await database.query<AttemptRow>(
    'select attempt, at, desk, endpoint, outcome, status, detail, duration_ms from attempt where message_no = $1 order by attempt',
    [messageNo],
  )
  return rows
}
