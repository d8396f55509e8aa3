import type { StampedCheckpoint } from '../../log/log.ts'
import type { Bundle } from '../evidence.ts'
import { type File, textFile } from './file.ts'

const TEXT = 'text/plain'

/** The checkpoints in which the bundle's proofs end, each once, with what witnesses have said of it. */
export function checkpointFiles({ receipts, parties, erasure = [] }: Bundle): readonly File[] {
  const proofs = [...receipts, ...parties, ...erasure].map(({ proof }) => proof)
  // C2SP tlog-proof: the checkpoint stands behind the first empty line.
  const notes = new Set(proofs.map((proof) => proof.slice(proof.indexOf('\n\n') + 2)))
  return [...notes].map((note) => {
    const [origin = '', size = ''] = note.split('\n', 2)
    return textFile(`checkpoints/${nameOf(origin, size)}.txt`, TEXT, note)
  })
}

/**
 * Checkpoints as they were time-stamped, each with its token (RFC 3161) and with the proofs of the receipts that no earlier one has.
 * @param names of the receipts, by their place
 */
export function stampFiles(stamped: readonly StampedCheckpoint[], names: readonly string[]): readonly File[] {
  return stamped.flatMap(({ origin, size, note, token, proofs }) => {
    const folder = `timestamps/${nameOf(origin, String(size))}`
    return [
      textFile(`${folder}/checkpoint.txt`, TEXT, note),
      { name: `${folder}/checkpoint.tst`, mediaType: 'application/vnd.etsi.timestamp-token', bytes: token },
      ...proofs.map(({ place, text }) => textFile(`${folder}/${names[place]}.tlog-proof`, TEXT, text)),
    ]
  })
}

/** A log is told from another by the digits at the end of its origin (protocol section 10). */
const nameOf = (origin: string, size: string): string => `${origin.slice(-8)}-${size}`
