import type { KeyObject } from 'node:crypto'
import type { Algorithm, Reading, SigningJob, VerifyingJob } from '../../protocol/protocol.ts'

/** Jobs as they cross to the thread: numbers and one block of bytes, which changes hands without being copied. */
export type Batch = {
  /** For each job: its kind, algorithm, key, and where its input and then its signature stand in `bytes`. */
  readonly table: Int32Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Keys that the thread has not seen yet, by the number that jobs call them. */
  readonly keys: readonly (readonly [number, KeyObject])[]
}

/** A message: where its signature verifies, what it signs is read. */
export type MessageJob = VerifyingJob & { readonly reads: true }
export type Job = SigningJob | VerifyingJob | MessageJob

/** For each job: the signature that was made, whether one verified, what a message says whose signature did, or why there is none. */
export type Results = readonly (Uint8Array | boolean | Reading | Error)[]

const ALGORITHMS: readonly Algorithm[] = ['ES256', 'ES384', 'PS256', 'EdDSA']
const FIELDS = 6
const [SIGNING, VERIFYING, READING] = [0, 1, 2]

const signatureOf = (job: Job): Uint8Array | undefined => ('signature' in job ? job.signature : undefined)
const kindOf = (job: Job): number => ('reads' in job ? READING : 'signature' in job ? VERIFYING : SIGNING)

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
    const fields = [kindOf(job), ALGORITHMS.indexOf(job.alg), numberOf(job.key), at, length, signature?.length ?? 0]
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
    const [kind, algorithm = -1, key = -1, start = 0, length = 0, signed = 0] = fields
    const alg = ALGORITHMS[algorithm]
    if (alg === undefined) throw new RangeError('no such algorithm')
    const end = start + length
    const job = { alg, key: keyOf(key), input: bytes.subarray(start, end) }
    if (kind === SIGNING) return job
    const signature = bytes.subarray(end, end + signed)
    return kind === READING ? { ...job, signature, reads: true } : { ...job, signature }
  })
}
