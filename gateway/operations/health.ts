import type { LaneQueue } from '../delivery/delivery.ts'
import type { Database } from '../record/record.ts'

/** Why the gateway cannot do its work just now; nothing where it can. */
export type Health = { reasons(): Promise<readonly Reason[]> }
export type Reason = 'record-unreachable' | 'queue-unreachable' | 'stopping'

/** An answer that takes longer than this is none. */
const PATIENCE_MS = 3_000

/** Asks the record and the queue, at most once at a time however many ask. */
export function createHealth(database: Database, queue: Pick<LaneQueue, 'depth'>, stopping: AbortSignal): Health {
  let asking: Promise<readonly Reason[]> | undefined

  async function ask(): Promise<readonly Reason[]> {
    const [record, lanes] = await Promise.all([answers(database.query('select 1')), answers(queue.depth())])
    return [
      ...(record ? [] : (['record-unreachable'] as const)),
      ...(lanes ? [] : (['queue-unreachable'] as const)),
      ...(stopping.aborted ? (['stopping'] as const) : []),
    ]
  }

  return {
    reasons() {
      asking ??= ask().finally(() => {
        asking = undefined
      })
      return asking
    },
  }
}

async function answers(question: Promise<unknown>): Promise<boolean> {
  const over = Promise.withResolvers<boolean>()
  const timer = setTimeout(over.resolve, PATIENCE_MS, false)
  const answered = question.then(
    () => true,
    () => false,
  )
  return await Promise.race([answered, over.promise]).finally(() => clearTimeout(timer))
}
