import type { KeyObject } from 'node:crypto'
import type { Algorithm } from '../core/jws.ts'
import type { SigningJob, VerifyingJob } from '../core/signature.ts'

/**
 * Signature jobs as they cross to the thread: numbers and one block of bytes, which changes hands without being copied.
 */
export type Batch = {
  /** For each job: whether it verifies, algorithm, key, and where its input and then its signature stand in `bytes`. */
  readonly table: Int32Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Keys that the thread has not seen yet, by the number that jobs call them. */
  readonly keys: readonly (readonly [number, KeyObject])[]
}

/** For each job: the signature that was made, whether one verified, or why none was made. */
export type Results = readonly (Uint8Array | boolean | Error)[]

export type Job = SigningJob | VerifyingJob

const ALGORITHMS: readonly Algorithm[] = ['ES256', 'ES384', 'PS256', 'EdDSA']
const FIELDS = 6

const signatureOf = (job: Job): Uint8Array | undefined => ('signature' in job ? job.signature : undefined)

/** Packs jobs; `numberOf` gives the number of a key. */
export function packJobs(jobs: readonly Job[], numberOf: (key: KeyObject) => number): Omit<Batch, 'keys'> {
  const size = jobs.reduce((sum, job) => sum + job.input.length + (signatureOf(job)?.length ?? 0), 0)
  const bytes = new Uint8Array(size)
  const table = new Int32Array(jobs.length * FIELDS)
  let at = 0
  for (const [index, job] of jobs.entries()) {
    const signature = signatureOf(job)
    const { length } = job.input
    bytes.set(job.input, at)
    if (signature !== undefined) bytes.set(signature, at + length)
    const isVerifying = signature === undefined ? 0 : 1
    const fields = [isVerifying, ALGORITHMS.indexOf(job.alg), numberOf(job.key), at, length, signature?.length ?? 0]
    table.set(fields, index * FIELDS)
    at += length + (signature?.length ?? 0)
  }
  return { table, bytes }
}

/** The jobs of a batch again; `keyOf` gives the key of a number. Throws RangeError for what packJobs never made. */
export function unpackJobs(
  { table, bytes }: Omit<Batch, 'keys'>,
  keyOf: (number: number) => KeyObject,
): readonly Job[] {
  return Array.from({ length: table.length / FIELDS }, (_, index): Job => {
    const fields = table.subarray(index * FIELDS, (index + 1) * FIELDS)
    const [isVerifying = 0, algorithm = -1, key = -1, start = 0, length = 0, signed = 0] = fields
    const alg = ALGORITHMS[algorithm]
    if (alg === undefined) throw new RangeError('no such algorithm')
    const end = start + length
    const job = { alg, key: keyOf(key), input: bytes.subarray(start, end) }
    return isVerifying === 1 ? { ...job, signature: bytes.subarray(end, end + signed) } : job
  })
}
