import { MAX_ATTACHMENT_BYTES } from '../protocol/protocol.ts'

/**
 * Where the sealed chunks of an attachment lie. `no` is its row in the record; `name` is what it is called outside the record, null
 * where its chunks are rows of the record itself. `whose` is the agency that puts or fetches it: those who wait have turns.
 */
export type Place = { readonly no: number; readonly name: string | null; readonly whose: string }

/** Takes the sealed chunks of one attachment, in order. Of several calls only one is under way at a time. */
export type ChunkWriter = {
  /** Takes the next chunk; resolves when the one after it may come. @param chunkNo counts from 0 */
  write(chunkNo: number, sealed: Buffer): Promise<void>
  /** Resolves when all chunks are durably kept, though to nobody visible: that is the record's to say. */
  commit(): Promise<void>
  /** Forgets what was written, as far as it can: what it leaves is found and removed by its place. Does not throw. */
  abort(): Promise<void>
}

/**
 * What keeps sealed chunks. It sees nothing but sealed bytes, and is not believed: a chunk that is cut, swapped, repeated or moved
 * does not open. Every chunk but the last has SEALED_CHUNK_BYTES.
 */
export type ChunkStore = {
  /** Makes the name of a new attachment, which says nothing of what it is the name of; null where it needs none. */
  name(): string | null
  begin(place: Place): ChunkWriter
  /** Whether all of what the record calls whole is there. @param size before sealing @throws Problem `unavailable` where nobody can say */
  has(place: Place, size: number): Promise<boolean>
  /** Gives the chunks from `first` to `last`, both included, one by one, as fast as they are asked for; fewer where fewer are there. */
  read(place: Place, first: number, last: number): AsyncIterable<Buffer>
  /** Removes whatever lies under these names, unfinished uploads too; what is not there any more is no fault. */
  remove(names: readonly string[]): Promise<void>
}

/** What is sealed in one piece. A range costs no more than one piece too much at each end, and a transfer holds about three. */
export const CHUNK_BYTES = 256 * 1024
/** A nonce of 12 bytes and a tag of 16 (`gateway/record/sealing.ts`). */
const SEAL_BYTES = 28
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + SEAL_BYTES
/** Chunks of the largest attachment. */
export const MOST_CHUNKS = MAX_ATTACHMENT_BYTES / CHUNK_BYTES

/** How many chunks so many bytes are, which are at least one. */
export const chunksOf = (size: number): number => Math.ceil(size / CHUNK_BYTES)
/** How many bytes so many are once they are sealed. */
export const sealedBytes = (size: number): number => size + chunksOf(size) * SEAL_BYTES
