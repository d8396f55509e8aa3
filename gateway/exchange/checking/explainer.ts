import { parentPort, workerData } from 'node:worker_threads'
import { compileExplanations, type Facts, type Fault, peekBody } from '../../protocol/protocol.ts'
import { asFiles } from './files.ts'

/**
 * The thread that explains: takes a message whose body is not valid, gives its faults, or an Error. Whatever a body costs here
 * falls on no check of a signature. It says `undefined` when it is ready.
 */
export type Unexplained = Pick<Facts, 'schemaVersion' | 'type'> & { readonly payload: Uint8Array<ArrayBuffer> }
export type Explained = readonly Fault[] | Error

/** Processor time for one message: a body that breaks its schema anyhow takes two. What is found by then is told. */
const BUDGET_MICROSECONDS = 30_000

const explanations = compileExplanations(asFiles(workerData))

const port = parentPort
port?.on('message', (unexplained: Unexplained) => port.postMessage(explain(unexplained)))
port?.postMessage(undefined)

function explain({ schemaVersion, type, payload }: Unexplained): Explained {
  const { user, system } = process.threadCpuUsage()
  const isSpent = (): boolean => {
    const now = process.threadCpuUsage()
    return now.user + now.system - user - system > BUDGET_MICROSECONDS
  }
  try {
    const faults = explanations(schemaVersion, type, peekBody(payload), isSpent)
    return faults.length > 0 ? faults : new Error('a body that was not accepted has no fault')
  } catch (error) {
    return error instanceof Error ? error : new Error('a body could not be explained')
  }
}
