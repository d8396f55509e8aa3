/** The thread that reads a large revocation list: one file, one answer. */
import { parentPort, workerData } from 'node:worker_threads'
import { parseCrls } from './crl.ts'
import { CertificateFault } from './der-blocks.ts'

const bytes = workerData as Uint8Array<ArrayBuffer>
try {
  const crls = parseCrls(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  // Handed over and not copied, but for what shares its memory with others.
  const alone = crls.filter(({ der }) => der.buffer.byteLength === der.byteLength)
  const moved = [...alone.map(({ der }) => der.buffer as ArrayBuffer), ...crls.map(({ table }) => table.buffer)]
  parentPort?.postMessage({ crls }, moved)
} catch (error) {
  if (!(error instanceof CertificateFault)) throw error
  parentPort?.postMessage({ fault: error.message }, [])
}
