import {
  type Checkpoint,
  NoteFault,
  openCheckpoint,
  parseNote,
  parseSignature,
  parseVerifierKey,
  type Verified,
  type VerifierKey,
  verifyLine,
} from '../protocol/protocol.ts'

/** The line of a witness in its answer, verified; lines of keys that nobody knows count for nothing. @param note the checkpoint's */
export function cosignatureIn(body: string, key: VerifierKey, note: string): Verified | undefined {
  return unlessFaulty(() => {
    const { text } = parseNote(note)
    const lines = body.split('\n').filter((line) => line !== '')
    return lines.map((line) => verifyLine(key, text, parseSignature(line))).find((one) => one !== undefined)
  })
}

/** The tree of a checkpoint that all keys of this log have signed; nothing for anything else. */
export function signedTree(
  note: string,
  { origin, verifierKeys }: { readonly origin: string; readonly verifierKeys: readonly string[] },
): Checkpoint | undefined {
  return unlessFaulty(() => openCheckpoint(note, origin, verifierKeys.map(parseVerifierKey)))
}

/** What is read of a note; undefined where it is none, or does not verify. */
export function unlessFaulty<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof NoteFault) return undefined
    throw error
  }
}
