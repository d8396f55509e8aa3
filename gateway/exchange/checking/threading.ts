import { type Transferable, Worker } from 'node:worker_threads'

/** A thread that answers questions in the order in which it is asked. */
export type Thread<Question, Answer> = {
  /** Rejects where it ends before it is ready. */
  readonly ready: Promise<void>
  /** Asks, and hands over the memory of `moved`. Rejects where the thread ends before it has answered. */
  ask(question: Question, moved: readonly Transferable[]): Promise<Answer>
  close(): Promise<void>
}

type Options = {
  readonly name: string
  readonly script: URL
  readonly data: unknown
  /** Called where another thread has taken the place of one that ended: it knows nothing of what that was told. */
  readonly restarted?: () => void
  /** How long a thread may be silent while it owes an answer, in looks; and how often somebody looks. */
  readonly looking?: { readonly looks: number; readonly everyMs: number }
}

/** No answer takes a second; a machine that was stopped for an hour counts as one look. */
const LOOKING = { looks: 10, everyMs: 1_000 }

/**
 * Starts a thread whose script posts `undefined` once it is ready, and an answer for each message. Where the thread ends, or
 * is silent for too long and is ended, what it owes is rejected, and another one takes its place.
 */
export function openThread<Question, Answer>(options: Options): Thread<Question, Answer> {
  const { name, script, data, restarted, looking = LOOKING } = options
  const owed: PromiseWithResolvers<Answer>[] = []
  const ready = Promise.withResolvers<void>()
  let closed = false
  let isReady = false
  let silent = 0
  let worker = start()
  // Whoever opens it awaits this, perhaps not at once.
  ready.promise.catch(() => undefined)
  const watch = setInterval(() => {
    silent = owed.length === 0 ? 0 : silent + 1
    if (silent > looking.looks) void worker.terminate()
  }, looking.everyMs).unref()

  function start(): Worker {
    silent = 0
    const started = new Worker(script, { name, workerData: data })
    started.on('message', (answer: Answer | undefined) => {
      silent = 0
      if (answer !== undefined) owed.shift()?.resolve(answer)
      else {
        isReady = true
        ready.resolve()
      }
    })
    started.on('error', fail)
    started.on('exit', () => {
      fail(new Error(`the ${name} thread has ended`))
      if (closed || !isReady) return
      restarted?.()
      worker = start()
    })
    return started
  }

  function fail(error: Error): void {
    ready.reject(error)
    for (const { reject } of owed.splice(0)) reject(error)
  }

  return {
    ready: ready.promise,
    ask(question, moved) {
      const answer = Promise.withResolvers<Answer>()
      owed.push(answer)
      worker.postMessage(question, [...moved])
      return answer.promise
    },
    async close() {
      closed = true
      clearInterval(watch)
      await worker.terminate()
    },
  }
}
