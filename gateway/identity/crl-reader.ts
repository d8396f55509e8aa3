import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type Crl, parseCrls } from './crl.ts'
import { CertificateFault } from './der-blocks.ts'

/** Up to here reading takes less than starting a thread: 5 ms at most. */
const SMALL_BYTES = 256 * 1024

/**
 * Reads every CRL of a file: a large one in a thread of its own, for a million entries take the better part of a second.
 * @throws CertificateFault
 */
export async function readCrls(bytes: Buffer): Promise<readonly Crl[]> {
  if (bytes.length <= SMALL_BYTES) return parseCrls(bytes)
  const worker = new Worker(new URL('./crl-worker.ts', import.meta.url), {
    name: 'revocation list',
    workerData: bytes,
    ...(isAlone(bytes) && { transferList: [bytes.buffer as ArrayBuffer] }),
  })
  try {
    // Rejects where the thread fails, for want of memory for one.
    const [answer] = (await once(worker, 'message')) as [{ crls?: readonly Crl[]; fault?: string }]
    if (answer.crls === undefined) throw new CertificateFault(answer.fault ?? 'cannot be read')
    return answer.crls
  } finally {
    await worker.terminate()
  }
}

/** Whether nothing else stands in the same memory. */
function isAlone({ buffer, length }: Buffer): boolean {
  return buffer.byteLength === length
}
