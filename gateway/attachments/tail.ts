/** The last bytes of what went by, and how many there were in all. */
export type Tail = {
  take(chunk: Buffer): void
  /** How many bytes have gone by. */
  readonly size: number
  /** The last of them, at least as many as were asked for where there were so many; valid until the next chunk. */
  bytes(): Buffer
}

/** Keeps the last `least` bytes of a stream, in twice as much memory whatever its length and its chunks. */
export function createTail(least: number): Tail {
  const kept = Buffer.alloc(2 * least)
  let held = 0
  let size = 0
  return {
    take(chunk) {
      for (let at = 0; at < chunk.length; at += least) {
        const part = chunk.subarray(at, at + least)
        if (held + part.length > kept.length) {
          kept.copyWithin(0, held - least, held)
          held = least
        }
        held += part.copy(kept, held)
      }
      size += chunk.length
    },
    get size() {
      return size
    },
    bytes: () => kept.subarray(0, held),
  }
}
