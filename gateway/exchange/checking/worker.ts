import type { KeyObject } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { checkSignature, compileSchemas, makeSignature, readMessage } from '../../protocol/protocol.ts'
import { type Batch, type Job, type Results, unpackJobs } from './batch.ts'
import { asFiles } from './files.ts'

/** The thread: takes batches, gives their results, keeps the keys that it was given. It says `undefined` when it is ready. */
const keys = new Map<number, KeyObject>()
const schemas = compileSchemas(asFiles(workerData))

const port = parentPort
port?.on('message', (batch: Batch) => {
  for (const [number, key] of batch.keys) keys.set(number, key)
  const results: Results = unpackJobs(batch, keyOf).map(work)
  port.postMessage(results)
})
port?.postMessage(undefined)

function keyOf(number: number): KeyObject {
  const key = keys.get(number)
  if (key === undefined) throw new RangeError('no such key')
  return key
}

function work(job: Job): Results[number] {
  try {
    if (!('signature' in job)) return new Uint8Array(makeSignature(job))
    if (!checkSignature(job)) return false
    return 'reads' in job ? readMessage(payloadOf(job), schemas) : true
  } catch (error) {
    return error instanceof Error ? error : new Error('the job failed')
  }
}

/** What a signing input signs (RFC 7515, section 5.1): its form has been checked. */
function payloadOf({ input }: Job): Buffer {
  const text = Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  return Buffer.from(text.toString('latin1', text.indexOf('.') + 1), 'base64url')
}
