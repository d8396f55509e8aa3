import type { State } from '../protocol/protocol.ts'
import type { Queryable } from './database.ts'

/** What is waiting, or a dead letter, for one agency with one priority: how many, and since when the oldest is due. */
export type Backlog = {
  readonly recipient: string
  readonly state: State
  readonly priority: number
  readonly count: number
  readonly oldest: Date
}

/** All that is not delivered yet. It reads the whole of it: ask seldom. */
export async function backlog(database: Queryable): Promise<readonly Backlog[]> {
  const { rows } = await database.query<Backlog>(
    `select recipient, state, priority, count(*) as count, min(due_at) as oldest from delivery
     where state in ('accepted', 'dead-lettered') group by recipient, state, priority`,
  )
  return rows
}

/** For which agencies that are none of these something waits. */
export async function waitingForOthers(database: Queryable, agencies: readonly string[]): Promise<readonly string[]> {
  const { rows } = await database.query<{ recipient: string }>(
    `select distinct recipient from delivery where state = 'accepted' and recipient <> all($1::text[]) order by recipient`,
    [agencies],
  )
  return rows.map(({ recipient }) => recipient)
}
