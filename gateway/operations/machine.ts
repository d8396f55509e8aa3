import type { LaneQueue } from '../delivery/delivery.ts'
import { type BackupAge, type Database, processesThere, type RecordFacts, recordFacts } from '../record/record.ts'
import { shareFor } from './share-for.ts'

/** What the gateway runs on. */
export type Machine = {
  readonly record: RecordFacts
  readonly queue: {
    readonly kind: LaneQueue['kind']
    /** Undefined where it does not answer. */
    readonly workers: number | undefined
  }
  /** Processes on this record, as `host process 42`. */
  readonly processes: readonly string[]
  /** When the last good backup was begun; undefined where none was noted. */
  readonly backupAt: Date | undefined
}

type Needs = {
  readonly database: Database
  readonly queue: Pick<LaneQueue, 'kind' | 'workers'>
  readonly backup: Pick<BackupAge, 'last'>
}

/** The size of a database is counted file by file. */
const FRESH_MS = 10_000
const MOST_PROCESSES = 100

/** Opens the look at what the gateway runs on; it may be some seconds old. @throws what the record does */
export function openMachine({ database, queue, backup }: Needs): () => Promise<Machine> {
  return shareFor(FRESH_MS, async () => {
    const [record, processes, workers] = await Promise.all([
      recordFacts(database),
      processesThere(database, MOST_PROCESSES),
      queue.workers().catch(() => undefined),
    ])
    return { record, queue: { kind: queue.kind, workers }, processes, backupAt: backup.last() }
  })
}
