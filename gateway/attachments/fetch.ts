import { Problem } from '../protocol/protocol.ts'
import { type Database, findShared, SealFault, type Vault } from '../record/record.ts'
import { openChunk } from './chunks.ts'
import { CHUNK_BYTES, type ChunkStore } from './store.ts'

export type Fetching = {
  readonly database: Database
  readonly vault: Pick<Vault, 'openAttachmentKey'>
  /** Where an attachment's chunks are. */
  readonly storeOf: (name: string | null) => ChunkStore
}

/** An attachment that an agency may have. */
export type Fetched = {
  readonly mediaType: string
  readonly size: number
  /** Its bytes from `first` to `last`, both included, as fast as they are asked for. @throws SealFault where they are not what was put */
  read(first: number, last: number): AsyncGenerator<Buffer, void>
}

export type Asked = { readonly recipient: string; readonly from: string; readonly id: string; readonly digest: Buffer }

/**
 * An attachment of a message that an agency was sent.
 * @throws Problem `not-found` where the message was sent to another, or never, or discarded, or does not name it; `erased`
 */
export async function fetchAttachment(needs: Fetching, { recipient, from, id, digest }: Asked): Promise<Fetched> {
  const found = await findShared(needs.database, { recipient, sender: from, id, digest })
  if (found === undefined || found.state === 'discarded') throw new Problem('not-found')
  if (found.erased || found.case_key === null) throw new Problem('erased')
  const { no, media_type: mediaType, size, wrapped_key: shared, place: name, case_key: caseKey } = found
  if (no === null || mediaType === null || size === null || shared === null) throw new Problem('not-found')
  const key = needs.vault.openAttachmentKey(found, digest, shared, caseKey)
  const store = needs.storeOf(name)

  return {
    mediaType,
    size,
    async *read(first, last) {
      let chunkNo = Math.floor(first / CHUNK_BYTES)
      const lastNo = Math.floor(last / CHUNK_BYTES)
      for await (const sealed of store.read({ no, name, whose: recipient }, chunkNo, lastNo)) {
        const start = chunkNo * CHUNK_BYTES
        yield openChunk({ key, digest, size }, chunkNo, sealed).subarray(Math.max(0, first - start), last + 1 - start)
        chunkNo += 1
      }
      if (chunkNo <= lastNo) throw new SealFault()
    },
  }
}
