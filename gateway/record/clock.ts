import { every } from '../base/base.ts'
import type { Database } from './database.ts'

/** The time that all processes on one record agree on. */
export type Clock = AsyncDisposable & { now(): Date }

/** What is known of the record's time: how far it is ahead of a clock that only goes on, in milliseconds. */
export type Offset = { readonly ms: number }

const LOOK_MS = 5_000
/** An answer that took longer says too little about when it was given. */
const LONGEST_MS = 2_000

/**
 * Opens the clock of the record: PostgreSQL's, looked at every few seconds, and between the looks carried on by this process's
 * monotonic clock. So due times, leases and horizons mean the same to all processes, and nobody waits or hurries because a
 * machine's clock was set, in whichever direction: only the record's own counts. Where it is out of reach, the clock goes on.
 * @param onError hears of looks that failed
 */
export async function openClock(database: Database, onError: (error: unknown) => void): Promise<Clock> {
  let offset = await look(database, undefined)
  const stop = every(LOOK_MS, async () => void (offset = await look(database, offset)), onError)
  return {
    now: () => new Date(performance.now() + offset.ms),
    [Symbol.asyncDispose]: stop,
  }
}

async function look(database: Database, known: Offset | undefined): Promise<Offset> {
  const asked = performance.now()
  const { rows } = await database.query<{ now: Date }>({ name: 'clock', text: 'select clock_timestamp() as now' })
  const now = rows[0]?.now
  if (now === undefined) throw new Error('the record does not tell the time')
  return adjust(known, { asked, answered: performance.now(), said: now.getTime() })
}

/**
 * What is known after an answer: it was given between `asked` and `answered`. As long as what was known may still be right it
 * stays, so that the clock does not tremble with each answer.
 */
export function adjust(
  known: Offset | undefined,
  { asked, answered, said }: { readonly asked: number; readonly answered: number; readonly said: number },
): Offset {
  // PostgreSQL's time is cut to milliseconds here.
  const [least, most] = [said - answered, said + 1 - asked]
  if (known !== undefined && known.ms >= least && known.ms <= most) return known
  if (known !== undefined && answered - asked > LONGEST_MS) return known
  return { ms: (least + most) / 2 }
}
