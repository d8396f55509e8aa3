import type { KeyObject } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { Algorithm } from '../core/jws.ts'
import { makeSignature, type SignatureWork } from '../core/signature.ts'
import { createGroup } from '../store/group.ts'
import { type Job, packJobs, type Results } from './batch.ts'

/**
 * Each hand-over wakes two threads, and what is verified together is parsed, recorded and answered together: a steady stream
 * gathers for some milliseconds. Small all the same, because each job waits for its whole batch.
 */
const VERIFYING = { largest: 16, writers: 1, small: { below: 8, intervalMs: 8 } }
/** Behind those at most: whole batches of the record wait to be signed, while what is to be verified only joins a later one. */
const SIGNING = { largest: 32, writers: 1 }
/** Making one of these takes 25 and 40 µs, less than handing it over; the others take up to two milliseconds. */
const QUICK: ReadonlySet<Algorithm> = new Set(['ES256', 'EdDSA'])
/** So many of those are made here in one turn of the event loop; for more, everybody else would have to wait. */
const MOST_AT_ONCE = 32

/**
 * Starts a thread that checks signatures, and makes those that take long, some at a hand-over. libuv's pool wakes a thread for
 * each of them; where there are few processors each wake takes the main thread's turn away, and with it every other
 * request's. And the pool is also where files are read: what hangs there holds up no signature here.
 */
export function openCryptoThread(): SignatureWork & { close(): Promise<void> } {
  /** The thread answers batches in the order in which it was given them. */
  const answers: PromiseWithResolvers<Results>[] = []
  let numbers = new WeakMap<KeyObject, number>()
  let next = 0
  let closed = false
  let worker = start()

  function start(): Worker {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { name: 'signatures' })
    started.on('message', (results: Results) => answers.shift()?.resolve(results))
    started.on('error', fail)
    started.on('exit', () => {
      fail(new Error('the thread of signatures has ended'))
      if (closed) return
      // Whatever ended it, the next signature finds another one, which has seen no key yet.
      numbers = new WeakMap()
      worker = start()
    })
    return started
  }

  function fail(error: Error): void {
    for (const { reject } of answers.splice(0)) reject(error)
  }

  function handOver(jobs: readonly Job[]): Promise<Results> {
    const keys: [number, KeyObject][] = []
    const { table, bytes } = packJobs(jobs, (key) => {
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, next)
      keys.push([next, key])
      return next++
    })
    const answer = Promise.withResolvers<Results>()
    answers.push(answer)
    worker.postMessage({ table, bytes, keys }, [table.buffer, bytes.buffer])
    return answer.promise
  }

  let atOnce = 0
  const signing = createGroup(handOver, SIGNING)
  const verifying = createGroup(handOver, VERIFYING)
  return {
    async sign(job) {
      if (QUICK.has(job.alg) && atOnce < MOST_AT_ONCE) {
        if (atOnce === 0) setImmediate(() => (atOnce = 0))
        atOnce += 1
        return makeSignature(job)
      }
      const made = await signing.add(job)
      if (made instanceof Uint8Array) return made
      throw made instanceof Error ? made : new Error('no signature was made')
    },
    verify: async (job) => (await verifying.add(job)) === true,
    async close() {
      closed = true
      await worker.terminate()
    },
  }
}
