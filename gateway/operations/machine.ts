import type { LaneQueue } from '../delivery/delivery.ts'
import { type Database, type RecordFacts, recordFacts } from '../record/record.ts'
import { shareFor } from './share-for.ts'

/** What the gateway runs on. */
export type Machine = {
  readonly record: RecordFacts
  readonly queue: {
    readonly kind: LaneQueue['kind']
    /** Undefined where it does not answer. */
    readonly workers: number | undefined
  }
}

type Needs = { readonly database: Database; readonly queue: Pick<LaneQueue, 'kind' | 'workers'> }

/** The size of a database is counted file by file. */
const FRESH_MS = 10_000

/** Opens the look at what the gateway runs on; it may be some seconds old. @throws what the record does */
export function openMachine({ database, queue }: Needs): () => Promise<Machine> {
  return shareFor(FRESH_MS, async () => {
    const [record, workers] = await Promise.all([recordFacts(database), queue.workers().catch(() => undefined)])
    return { record, queue: { kind: queue.kind, workers } }
  })
}
