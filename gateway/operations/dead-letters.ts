import { priorities, type Priority } from '../protocol/protocol.ts'
import { type Database, deadLettersOf } from '../record/record.ts'

/** An agency's dead letters: how many, and for each priority that has any how many and how long the oldest has been here. */
export type DeadLetters = {
  readonly count: number
  readonly priorities: readonly {
    readonly priority: Priority
    readonly count: number
    readonly oldestSeconds: number
  }[]
}

export async function countDead(
  { database, now }: { readonly database: Database; readonly now: () => Date },
  agency: string,
): Promise<DeadLetters> {
  const rows = await deadLettersOf(database, agency)
  const at = now().getTime()
  return {
    count: rows.reduce((sum, { count }) => sum + count, 0),
    priorities: rows.flatMap(({ priority: place, count, oldest }) => {
      const priority = priorities[place]
      return priority
        ? [{ priority, count, oldestSeconds: Math.max(0, Math.floor((at - oldest.getTime()) / 1000)) }]
        : []
    }),
  }
}
