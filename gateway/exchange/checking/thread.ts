import type { KeyObject } from 'node:crypto'
import {
  type Algorithm,
  type Facts,
  type Fault,
  makeSignature,
  type Reading,
  type SchemaFiles,
  type SignatureWork,
  type VerifyingJob,
} from '../../protocol/protocol.ts'
import { createGroup, createTurns, SMALL } from '../../base/base.ts'
import { type Batch, type Job, packJobs, type Results } from './batch.ts'
import type { Explained, Unexplained } from './explainer.ts'
import { openThread } from './threading.ts'

/**
 * Each hand-over wakes two threads, and what is verified together is parsed, recorded and answered together: a steady stream
 * gathers for some milliseconds. Small all the same, because each job waits for its whole batch.
 */
const VERIFYING = { largest: 16, atOnce: 1, gather: SMALL, whose: ({ whose }: OwnedJob) => whose }
/** Behind those at most: whole batches of the record wait to be signed, while what is to be verified only joins a later one. */
const SIGNING = { largest: 32, atOnce: 1 }
/** Making one of these takes 25 and 40 µs, less than handing it over; the others take up to two milliseconds. */
const QUICK: ReadonlySet<Algorithm> = new Set(['ES256', 'EdDSA'])
/** So many of those are made here in one turn of the event loop; for more, everybody else would have to wait. */
const MOST_AT_ONCE = 32
/** Bodies of one agency that wait to be explained; each waits for one of every other agency. */
const MOST_UNEXPLAINED = 32

/** What somebody asked for. Who asks for nobody waits among the others as one of them. */
type OwnedJob = { readonly job: Job; readonly whose: string }

/**
 * What is done beside the main thread: signatures, the reading of what they sign, and what is wrong with it. Signatures are
 * verified by turns between those for `whose` sake it is done.
 */
export type Checking = Pick<SignatureWork, 'sign'> & {
  verify(job: VerifyingJob, whose?: string): Promise<boolean>
  /** What a message says; undefined where its signature does not verify, and then nothing under it has been looked at. */
  readMessage(job: VerifyingJob, whose?: string): Promise<Reading | undefined>
  /**
   * The faults of a message that was read and whose body is not valid. One message is explained at a time, by turns between
   * the agencies, and no check of a signature waits for it. Rejects with an OverloadFault where too many of an agency's wait.
   */
  explain(message: Pick<Facts, 'from' | 'schemaVersion' | 'type'>, payload: Uint8Array): Promise<readonly Fault[]>
  /** For signatures that nobody waits for: the thread makes them all. */
  readonly background: Pick<SignatureWork, 'sign'>
  /** Rejects where the schemas do not compile. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/**
 * Starts a thread that checks signatures, reads the messages that they sign, and makes the signatures that take long, some
 * at a hand-over. libuv's pool wakes a thread for each of them; where there are few processors each wake takes the main
 * thread's turn away, and with it every other request's. And the pool is also where files are read: what hangs there holds
 * up no signature here. A second thread explains what is wrong with a body.
 */
export function openChecking(files: SchemaFiles): Checking {
  let numbers = new WeakMap<KeyObject, number>()
  let next = 0
  const checker = openThread<Batch, Results>({
    name: 'checking',
    script: new URL('./worker.ts', import.meta.url),
    data: files,
    restarted: () => (numbers = new WeakMap()),
  })
  const explainer = openThread<Unexplained, Explained>({
    name: 'explaining',
    script: new URL('./explainer.ts', import.meta.url),
    data: files,
  })
  const ready = Promise.all([checker.ready, explainer.ready]).then(() => undefined)
  // Whoever opens it awaits this, perhaps not at once.
  ready.catch(() => undefined)
  const takeTurns = createTurns(MOST_UNEXPLAINED)

  function handOver(jobs: readonly Job[]): Promise<Results> {
    const keys: [number, KeyObject][] = []
    const packed = packJobs(jobs, (key) => {
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, next)
      keys.push([next, key])
      return next++
    })
    return checker.ask({ ...packed, keys }, [packed.bytes.buffer])
  }

  let atOnce = 0
  const signing = createGroup(handOver, SIGNING)
  const verifying = createGroup((owned: readonly OwnedJob[]) => handOver(owned.map(({ job }) => job)), VERIFYING)
  const signPatiently: Checking['sign'] = async (job) => {
    const made = await signing.add(job)
    if (made instanceof Uint8Array) return made
    throw made instanceof Error ? made : new Error('no signature was made')
  }
  return {
    ready,
    async sign(job) {
      if (QUICK.has(job.alg) && atOnce < MOST_AT_ONCE) {
        if (atOnce === 0) setImmediate(() => (atOnce = 0))
        atOnce += 1
        return makeSignature(job)
      }
      return signPatiently(job)
    },
    async verify(job, whose = '') {
      const verified = await verifying.add({ job, whose })
      if (verified instanceof Error) throw verified
      return verified === true
    },
    background: { sign: signPatiently },
    async readMessage(job, whose = '') {
      const read = await verifying.add({ job: { ...job, reads: true }, whose })
      if (read === false) return undefined
      if (read instanceof Error) throw read
      return read as Reading
    },
    explain: ({ from, schemaVersion, type }, payload) =>
      takeTurns(from, async () => {
        const copy = Uint8Array.from(payload)
        const explained = await explainer.ask({ schemaVersion, type, payload: copy }, [copy.buffer])
        if (explained instanceof Error) throw explained
        return explained
      }),
    async close() {
      await Promise.all([checker.close(), explainer.close()])
    },
  }
}
