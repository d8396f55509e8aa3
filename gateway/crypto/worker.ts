import type { KeyObject } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { checkSignature, makeSignature } from '../core/signature.ts'
import { type Batch, type Job, type Results, unpackJobs } from './batch.ts'

/** The thread of signatures: takes batches, gives their results, keeps the keys that it was given. */
const keys = new Map<number, KeyObject>()

const port = parentPort
port?.on('message', (batch: Batch) => {
  for (const [number, key] of batch.keys) keys.set(number, key)
  const results: Results = unpackJobs(batch, keyOf).map(work)
  port.postMessage(results)
})

function keyOf(number: number): KeyObject {
  const key = keys.get(number)
  if (key === undefined) throw new RangeError('no such key')
  return key
}

function work(job: Job): Uint8Array | boolean | Error {
  try {
    return 'signature' in job ? checkSignature(job) : new Uint8Array(makeSignature(job))
  } catch (error) {
    return error instanceof Error ? error : new Error('the key cannot sign')
  }
}
