import type { Connection } from './connection.ts'

/** Lets handshakes begin, so many a second for each address. */
export type Handshakes = {
  /** Begins it when its address has its turn: at once where that has some left, else the last that came first. */
  begin(connection: Connection, start: () => void): void
  /** It has failed after so many bytes: what was more than a handshake needs counts as more than one. */
  failed(address: string, bytes: number): void
}

/** An agency's processes all start at once: an address may save up so many seconds. */
const BURST_S = 2
/** A client's part of a handshake with a chain of three is 2 to 8 KiB. */
const ONE_HANDSHAKE = 8 * 1024
/** How many addresses are remembered; one that is forgotten has all its turns again. */
const MOST_ADDRESSES = 16_384
/** Of one address: where so many wait, those that have gone are let go of. No more can be there than may be half open. */
const MOST_WAITING = 2_048

type Bucket = { left: number; at: number; waiting: { connection: Connection; start: () => void }[] }

/**
 * What a handshake costs is spent before the other end has shown any right to it: 1 to 2 ms, and 100 where a client sends as
 * many and as large certificates as TLS takes. So an address has `perSecond` of them, and pays for a large failed one as for many.
 * What comes beyond waits, and ends with the time that a handshake may take. The last that came is served first: under a
 * flood the others have waited so long that whoever sent them has gone.
 */
export function createHandshakes(perSecond: number, onWait: () => void): Handshakes {
  const burst = perSecond * BURST_S
  const buckets = new Map<string, Bucket>()
  const crowded = new Set<Bucket>()
  let timer: NodeJS.Timeout | undefined

  function refill(bucket: Bucket): Bucket {
    const now = performance.now()
    bucket.left = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    return bucket
  }

  function bucketOf(address: string): Bucket {
    const bucket = buckets.get(address) ?? { left: burst, at: performance.now(), waiting: [] }
    // The one that was used last stands last.
    buckets.delete(address)
    buckets.set(address, bucket)
    return refill(bucket)
  }

  function forget(): void {
    for (const [address, bucket] of buckets) {
      if (buckets.size <= MOST_ADDRESSES) return
      if (!crowded.has(bucket)) buckets.delete(address)
    }
  }

  function serve(): void {
    for (const bucket of crowded) {
      refill(bucket)
      while (bucket.left >= 1 && bucket.waiting.length > 0) {
        const next = bucket.waiting.pop()
        if (next === undefined || next.connection.raw.destroyed) continue
        bucket.left -= 1
        next.start()
      }
      if (bucket.waiting.length === 0) crowded.delete(bucket)
    }
    if (crowded.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  return {
    begin(connection, start) {
      const bucket = bucketOf(connection.address)
      forget()
      if (bucket.left >= 1) {
        bucket.left -= 1
        return start()
      }
      // The first that came are never reached as long as others come faster than they have turns.
      if (bucket.waiting.length >= MOST_WAITING)
        bucket.waiting = bucket.waiting.filter((one) => !one.connection.raw.destroyed)
      bucket.waiting.push({ connection, start })
      crowded.add(bucket)
      onWait()
      timer ??= setInterval(serve, Math.max(1, 1000 / perSecond)).unref()
    },
    failed(address, bytes) {
      if (bytes > ONE_HANDSHAKE) bucketOf(address).left -= Math.ceil(bytes / ONE_HANDSHAKE) - 1
    },
  }
}
