import { createTurns } from '../base/base.ts'
import { type Database, insertChunk, readChunk } from '../record/record.ts'
import type { ChunkStore } from './store.ts'

/** Chunks under way to and from the record: the pool has three times as many connections, and messages need them. */
const AT_ONCE = 4
/** Of one agency, which may not have more transfers under way (`http/admission/kinds.ts`). */
const MOST_WAITING = 256

/**
 * Keeps sealed chunks as rows of the record: one backup, one place to be erased from, and no other server. Those who wait for it
 * have turns. Nothing is to be removed by name: chunks go with their attachment.
 */
export function openRecordStore(database: Database): ChunkStore {
  const byTurns = createTurns(MOST_WAITING, AT_ONCE)
  return {
    name: () => null,
    begin: ({ no, whose }) => ({
      write: (chunkNo, sealed) => byTurns(whose, () => insertChunk(database, no, chunkNo, sealed)),
      // Row and chunks are made durable by one commit (`finishAttachment`), and deleted by one (`dropAttachment`).
      commit: async () => undefined,
      abort: async () => undefined,
    }),
    // Row and chunks come and go together.
    has: async () => true,
    async *read({ no, whose }, first, last) {
      for (let chunkNo = first; chunkNo <= last; chunkNo++) {
        const sealed = await byTurns(whose, () => readChunk(database, no, chunkNo))
        if (sealed === undefined) return
        yield sealed
      }
    },
    remove: async () => undefined,
  }
}
