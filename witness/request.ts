import { type Checkpoint, NoteFault, parseCheckpoint, unbase64 } from '../tlog/note.ts'
import { HASH_BYTES } from '../tlog/tree.ts'

/** What a log asks of a witness: C2SP tlog-witness, `add-checkpoint`. Nothing of it has been verified yet. */
export type Request = {
  readonly oldSize: number
  readonly proof: readonly Buffer[]
  readonly checkpoint: Checkpoint
  /** The checkpoint's bytes, as text. */
  readonly note: string
}

const OLD = /^old (0|[1-9][0-9]{0,15})$/
/** «The client MUST NOT send more than 63 consistency proof lines.» */
const MOST_PROOF_LINES = 63

/** Reads a request's body. @throws NoteFault for which the answer is 400 */
export function parseRequest(body: Uint8Array): Request {
  const text = decode(body)
  const end = text.indexOf('\n\n')
  const [first = '', ...lines] = (end < 0 ? '' : text.slice(0, end)).split('\n')
  const oldSize = Number(OLD.exec(first)?.[1] ?? Number.NaN)
  if (!Number.isSafeInteger(oldSize)) throw new NoteFault('has no old size line')
  if (lines.length > MOST_PROOF_LINES) throw new NoteFault('has too many proof lines')
  const proof = lines.map((line) => {
    const bytes = unbase64(line)
    if (bytes?.length !== HASH_BYTES) throw new NoteFault('has a malformed proof line')
    return bytes
  })
  const note = text.slice(end + 2)
  return { oldSize, proof, checkpoint: parseCheckpoint(note), note }
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    throw new NoteFault('is not in UTF-8')
  }
}
