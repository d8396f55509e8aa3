import { parentPort } from 'node:worker_threads'

/** A thread's script for the tests of threads: answers what it hears, ends at `end`, and at `hang` never says another word. */
const port = parentPort
port?.on('message', (heard: string) => {
  if (heard === 'end') throw new Error('the script has ended')
  if (heard === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  port.postMessage(heard)
})
port?.postMessage(undefined)
