/** Where what happens in the background is posted, and whoever expects it waits: in either order, and never for ever. */
export type Board<T> = { post(key: string, value: T): void; wait(key: string): Promise<T> }

/** Takes how long anything may take and what ends all waiting; gives a board. `wait` throws where the time is over. */
export function makeBoard<T>(timeoutMs: number, signal: AbortSignal): Board<T> {
  const posted = new Map<string, PromiseWithResolvers<T>>()
  const slot = (key: string) => {
    const known = posted.get(key)
    if (known !== undefined) return known
    const made = Promise.withResolvers<T>()
    posted.set(key, made)
    return made
  }
  return {
    post: (key, value) => slot(key).resolve(value),
    wait: (key) => {
      const { promise } = slot(key)
      return within(promise, timeoutMs, signal, key)
    },
  }
}

/** Takes a promise; gives its value, or throws when the time is over or the signal aborts. */
export function within<T>(promise: Promise<T>, timeoutMs: number, signal: AbortSignal, what: string): Promise<T> {
  const { promise: first, resolve, reject } = Promise.withResolvers<T>()
  const timer = setTimeout(() => reject(new Error(`waited ${timeoutMs} ms in vain for ${what}`)), timeoutMs)
  const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  promise.then(resolve, reject)
  return first.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  })
}

/** Takes things and how many may be worked on at once; works on all of them in order. Throws the first fault, when what is under way is over. */
export async function eachBounded<T>(
  things: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (thing: T) => Promise<void>,
): Promise<void> {
  const under = new Set<Promise<void>>()
  const faults: unknown[] = []
  try {
    for await (const thing of things) {
      const task: Promise<void> = work(thing)
        .catch((fault: unknown) => void faults.push(fault))
        .finally(() => under.delete(task))
      under.add(task)
      if (under.size >= limit) await Promise.race(under)
      if (faults.length > 0) break
    }
  } finally {
    await Promise.all(under)
  }
  if (faults.length > 0) throw faults[0]
}
