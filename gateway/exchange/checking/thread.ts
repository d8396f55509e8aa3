import type { KeyObject } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { SchemaFiles } from '../../protocol/catalogue.ts'
import type { Algorithm } from '../../protocol/jws.ts'
import type { Reading } from '../../protocol/reading.ts'
import { makeSignature, type SignatureWork, type VerifyingJob } from '../../protocol/signature.ts'
import { createGroup, SMALL } from '../../record/group.ts'
import { type Job, packJobs, type Results } from './batch.ts'

/**
 * Each hand-over wakes two threads, and what is verified together is parsed, recorded and answered together: a steady stream
 * gathers for some milliseconds. Small all the same, because each job waits for its whole batch.
 */
const VERIFYING = { largest: 16, atOnce: 1, gather: SMALL }
/** Behind those at most: whole batches of the record wait to be signed, while what is to be verified only joins a later one. */
const SIGNING = { largest: 32, atOnce: 1 }
/** Making one of these takes 25 and 40 µs, less than handing it over; the others take up to two milliseconds. */
const QUICK: ReadonlySet<Algorithm> = new Set(['ES256', 'EdDSA'])
/** So many of those are made here in one turn of the event loop; for more, everybody else would have to wait. */
const MOST_AT_ONCE = 32

/** What is done beside the main thread: signatures, and the reading of what they sign. */
export type Checking = SignatureWork & {
  /** What a message says; undefined where its signature does not verify, and then nothing under it has been looked at. */
  readMessage(job: VerifyingJob): Promise<Reading | undefined>
  /** For signatures that nobody waits for: the thread makes them all. */
  readonly patient: Pick<SignatureWork, 'sign'>
  /** Rejects where the schemas do not compile. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/**
 * Starts a thread that checks signatures, reads the messages that they sign, and makes the signatures that take long, some
 * at a hand-over. libuv's pool wakes a thread for each of them; where there are few processors each wake takes the main
 * thread's turn away, and with it every other request's. And the pool is also where files are read: what hangs there holds
 * up no signature here. Where the thread ends, another one takes its place.
 */
export function openChecking(files: SchemaFiles): Checking {
  /** The thread answers batches in the order in which it was given them. */
  const answers: PromiseWithResolvers<Results>[] = []
  let numbers = new WeakMap<KeyObject, number>()
  let next = 0
  let closed = false
  let isReady = false
  const ready = Promise.withResolvers<void>()
  let worker = start()
  // Whoever opens it awaits this, perhaps not at once.
  ready.promise.catch(() => undefined)

  function start(): Worker {
    const started = new Worker(new URL('./worker.ts', import.meta.url), { name: 'checking', workerData: files })
    started.on('message', (results: Results | undefined) => {
      if (results !== undefined) answers.shift()?.resolve(results)
      else {
        isReady = true
        ready.resolve()
      }
    })
    started.on('error', fail)
    started.on('exit', () => {
      fail(new Error('the checking thread has ended'))
      if (closed || !isReady) return
      // Whatever ended it, the next job finds another one, which has seen no key yet.
      numbers = new WeakMap()
      worker = start()
    })
    return started
  }

  function fail(error: Error): void {
    ready.reject(error)
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
  const signPatiently: Checking['sign'] = async (job) => {
    const made = await signing.add(job)
    if (made instanceof Uint8Array) return made
    throw made instanceof Error ? made : new Error('no signature was made')
  }
  return {
    ready: ready.promise,
    async sign(job) {
      if (QUICK.has(job.alg) && atOnce < MOST_AT_ONCE) {
        if (atOnce === 0) setImmediate(() => (atOnce = 0))
        atOnce += 1
        return makeSignature(job)
      }
      return signPatiently(job)
    },
    verify: async (job) => (await verifying.add(job)) === true,
    patient: { sign: signPatiently },
    async readMessage(job) {
      const read = await verifying.add({ ...job, reads: true })
      if (read === false) return undefined
      if (read instanceof Error) throw read
      return read as Reading
    },
    async close() {
      closed = true
      await worker.terminate()
    },
  }
}
