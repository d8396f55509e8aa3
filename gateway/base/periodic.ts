import { setTimeout as pause } from 'node:timers/promises'

/**
 * Does a piece of work at once and then again and again, each time `ms` milliseconds after the last was done, so that it never
 * overtakes itself.
 * @param work is given the signal by which it is told to stop; @param onError hears of what fails, and the next turn comes all the same
 * @returns the call that stops it, which resolves when what is under way has ended
 */
export function every(
  ms: number,
  work: (stop: AbortSignal) => Promise<unknown> | void,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const stop = new AbortController()
  const running = (async () => {
    while (!stop.signal.aborted) {
      try {
        await work(stop.signal)
      } catch (error) {
        onError(error)
      }
      await pause(ms, undefined, { signal: stop.signal, ref: false }).catch(() => undefined)
    }
  })()
  return async () => {
    stop.abort()
    await running
  }
}
