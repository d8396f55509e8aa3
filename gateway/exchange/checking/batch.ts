import type { KeyObject } from 'node:crypto'
import type { Algorithm, Reading, SigningJob, VerifyingJob } from '../../protocol/protocol.ts'

/** Jobs as they cross to the thread: what each is, and one block of bytes, which changes hands without being copied. */
export type Batch = {
  readonly jobs: readonly PackedJob[]
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Keys that the thread has not seen yet, by the number that jobs call them. */
  readonly keys: readonly (readonly [number, KeyObject])[]
}

type PackedJob = {
  readonly kind: 'sign' | 'verify' | 'read'
  readonly alg: Algorithm
  readonly key: number
  /** Where its input stands in `bytes`; behind that its signature, where it has one. */
  readonly start: number
  readonly end: number
  readonly signatureEnd: number
}

/** A message: where its signature verifies, what it signs is read. */
export type MessageJob = VerifyingJob & { readonly reads: true }
export type Job = SigningJob | VerifyingJob | MessageJob

/** For each job: the signature that was made, whether one verified, what a message says whose signature did, or why there is none. */
export type Results = readonly (Uint8Array | boolean | Reading | Error)[]

/** Packs jobs; `numberOf` gives the number of a key. */
export function packJobs(jobs: readonly Job[], numberOf: (key: KeyObject) => number): Omit<Batch, 'keys'> {
  const signatureOf = (job: Job): Uint8Array => ('signature' in job ? job.signature : NONE)
  const bytes = new Uint8Array(jobs.reduce((sum, job) => sum + job.input.length + signatureOf(job).length, 0))
  let start = 0
  const packed = jobs.map((job): PackedJob => {
    const signature = signatureOf(job)
    const end = start + job.input.length
    const signatureEnd = end + signature.length
    bytes.set(job.input, start)
    bytes.set(signature, end)
    const kind = 'reads' in job ? 'read' : 'signature' in job ? 'verify' : 'sign'
    const made = { kind, alg: job.alg, key: numberOf(job.key), start, end, signatureEnd } as const
    start = signatureEnd
    return made
  })
  return { jobs: packed, bytes }
}

const NONE = new Uint8Array()

/** The jobs of a batch again; `keyOf` gives the key of a number, and throws where there is none. */
export function unpackJobs({ jobs, bytes }: Omit<Batch, 'keys'>, keyOf: (number: number) => KeyObject): readonly Job[] {
  return jobs.map(({ kind, alg, key, start, end, signatureEnd }): Job => {
    const job = { alg, key: keyOf(key), input: bytes.subarray(start, end) }
    if (kind === 'sign') return job
    const signature = bytes.subarray(end, signatureEnd)
    return kind === 'read' ? { ...job, signature, reads: true } : { ...job, signature }
  })
}
