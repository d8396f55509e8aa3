import type { Wakes } from '../record/record.ts'

/** Who waits for one thing in so many places already waits out its time only: see `waitFor`. */
const MOST_LISTENING = 64
/** Nobody wakes it. */
const NOBODY = 'nobody'

/**
 * Looks, and where there is nothing waits for the topic and looks again, until something is there or the time is over. Beyond
 * so many that listen to one topic the next sleeps its time out and looks once more at its end: a wake must not make everybody
 * ask at once, and an answer without a wait would only make them ask again.
 */
export async function waitFor<T>(
  { wakes }: { readonly wakes: Wakes },
  topic: string,
  waitMs: number,
  signal: AbortSignal,
  look: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const end = performance.now() + waitMs
  const heard = wakes.waiting(topic) < MOST_LISTENING ? topic : NOBODY
  for (;;) {
    const left = end - performance.now()
    // Listening begins before looking: what comes in between is not missed.
    const stop = new AbortController()
    const woken = wakes.next(heard, Math.max(0, left), AbortSignal.any([signal, stop.signal]))
    try {
      const found = await look()
      if (found.length > 0 || left <= 0 || signal.aborted) return found
      await woken
    } finally {
      stop.abort()
    }
  }
}
