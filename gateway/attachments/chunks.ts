import { openBytes, sealBytes, SealFault } from '../record/record.ts'
import { CHUNK_BYTES, chunksOf } from './store.ts'

/**
 * An attachment as sealed chunks: each is sealed under the attachment's own key, which seals nothing else, and bound to the
 * attachment, to its number and to whether it is the last. So no chunk opens that was cut, swapped, repeated or moved, and no
 * attachment from which chunks were cut off (STREAM: Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015, section 7).
 */
const chunkPlace = (digest: Buffer, chunkNo: number, isLast: boolean): Buffer =>
  Buffer.from(`attachment\n${digest.toString('base64url')}\n${chunkNo}\n${isLast ? 'last' : 'more'}`)

/** Cuts what comes into chunks and seals them. */
export type Sealing = {
  /** Takes the next bytes; gives the chunks that are full, of which none is the last, sealed. */
  take(bytes: Buffer): Generator<Buffer>
  /** Gives the last chunk, sealed. */
  end(): Buffer
  /** How many chunks were given. */
  readonly chunks: number
}

/** Begins to seal an attachment. @param key 32 bytes, of this attachment alone; @param digest what its SHA-256 must come to be */
export function createSealing(key: Buffer, digest: Buffer): Sealing {
  const held = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  let filled = 0
  let chunks = 0

  function seal(isLast: boolean): Buffer {
    const sealed = sealBytes(key, held.subarray(0, filled), chunkPlace(digest, chunks, isLast))
    chunks += 1
    filled = 0
    return sealed
  }

  return {
    *take(bytes) {
      for (let at = 0; at < bytes.length; ) {
        // A full chunk waits for what comes behind it: it may be the last.
        if (filled === CHUNK_BYTES) yield seal(false)
        const copied = bytes.copy(held, filled, at)
        filled += copied
        at += copied
      }
    },
    end: () => seal(true),
    get chunks() {
      return chunks
    },
  }
}

/** An attachment whose chunks can be opened. */
export type SealedWhole = { readonly key: Buffer; readonly digest: Buffer; readonly size: number }

/** Opens a chunk. @throws SealFault where it is not this chunk of this attachment, whole and unchanged */
export function openChunk({ key, digest, size }: SealedWhole, chunkNo: number, sealed: Buffer): Buffer {
  const last = chunksOf(size) - 1
  const plain = openBytes(key, sealed, chunkPlace(digest, chunkNo, chunkNo === last))
  const length = chunkNo === last ? size - last * CHUNK_BYTES : CHUNK_BYTES
  if (plain.length !== length) throw new SealFault()
  return plain
}
