import { type Database, forgetAttachments, namesLeft, namesRemoved } from '../record/record.ts'
import type { ChunkStore } from './store.ts'

export type Forgetting = {
  readonly database: Database
  /** Where chunks lie outside the record; absent where none do. */
  readonly outside?: ChunkStore | undefined
  /** `PASSERELLE_ATTACHMENT_GRACE`. */
  readonly graceMs: number
  readonly now: () => Date
}

/** What has not come in by then never will: its process is dead, for a transfer has ten minutes. */
const UNFINISHED_MS = 15 * 60_000
/** At a time, so that no transaction takes long: 25 MiB of each are to be deleted. */
const AT_ONCE = 20
const NAMES_AT_ONCE = 100

/**
 * Deletes what no message has named in time (protocol section 9), what broke off, and what either has left outside the record. Several
 * processes may be at it: one of them does it.
 * @returns how many attachments were deleted
 */
export async function forgetPassed(needs: Forgetting, stop: AbortSignal): Promise<number> {
  const { database, outside, graceMs, now } = needs
  let gone = 0
  for (let some = AT_ONCE; some >= AT_ONCE && !stop.aborted; gone += some) {
    const at = now().getTime()
    const putBefore = new Date(at - graceMs)
    const begunBefore = new Date(at - UNFINISHED_MS)
    some = await forgetAttachments(database, { putBefore, begunBefore, limit: AT_ONCE })
  }
  if (outside !== undefined) await removeLeft(database, outside, stop)
  return gone
}

async function removeLeft(database: Database, outside: ChunkStore, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const names = await namesLeft(database, NAMES_AT_ONCE)
    if (names.length === 0) return
    await outside.remove(names)
    await namesRemoved(database, names)
  }
}
