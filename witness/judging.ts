import { type Checkpoint, judge, type VerifierKey } from '../tlog/note.ts'
import { EMPTY_ROOT, verifyConsistency } from '../tlog/tree.ts'
import type { Request } from './request.ts'

/** The last checkpoint of a log that the witness cosigned, or is about to. */
export type Seen = {
  readonly checkpoint: Checkpoint
  /** The note as the log signed it. */
  readonly note: string
  /** When the log signed it, in seconds, where one of its keys says so. */
  readonly signedAt?: number
}

/**
 * What a log has done that no honest one does. `fork` and `rolled-back` are proven by two of its own signatures; `inconsistent` is a
 * signed checkpoint that nobody has shown to continue the last one: its own proof is wrong, or somebody else sent it with a wrong one.
 */
export type Misdeed = 'fork' | 'rolled-back' | 'inconsistent'

export type Judgement =
  /** May be cosigned, once it is kept: the checkpoint as the keys that are trusted have signed it, with no other line. */
  { readonly status: 200; readonly offered: Seen } | { readonly status: Refused; readonly misdeed?: Misdeed }

/** How a witness refuses a request that it can read, about a log that it watches. */
export type Refused = 400 | 403 | 409 | 422

/** A log's clock may be put right by so much without anybody calling it a roll-back. */
const CLOCK_SECONDS = 60

/**
 * Judges a request as C2SP tlog-witness has it, and what it shows of the log beside.
 * @param keys those that are trusted for the checkpoint's origin
 */
export function judgeRequest(
  { oldSize, proof, checkpoint }: Request,
  keys: readonly VerifierKey[],
  seen?: Seen,
): Judgement {
  const verdicts = keys.map((key) => judge(checkpoint, key))
  const good = verdicts.filter((verdict) => verdict.is === 'good')
  if (good.length === 0 || verdicts.some(({ is }) => is === 'forged')) return { status: 403 }
  const times = good.flatMap(({ at }) => (at === undefined ? [] : [at]))
  const signedAt = times.length === 0 ? {} : { signedAt: Math.max(...times) }
  const note = `${checkpoint.text}\n${good.map(({ line }) => `${line}\n`).join('')}`
  const last = seen?.checkpoint ?? { size: 0, root: EMPTY_ROOT }
  const misdeed = misdeedOf(checkpoint, signedAt.signedAt, last, seen?.signedAt)
  if (oldSize > checkpoint.size) return { status: 400, ...misdeed }
  if (oldSize !== last.size) return { status: 409, ...misdeed }
  if (misdeed.misdeed !== undefined) return { status: 422, ...misdeed }
  // Also where the old size is zero: an empty tree has one root.
  if (checkpoint.size === 0 && !checkpoint.root.equals(EMPTY_ROOT)) return { status: 422 }
  if (verifyConsistency(last, checkpoint, proof)) return { status: 200, offered: { checkpoint, note, ...signedAt } }
  return { status: 422, ...(oldSize > 0 && oldSize < checkpoint.size && { misdeed: 'inconsistent' as const }) }
}

/** What two signed checkpoints show by themselves, whatever proof came with the second. */
function misdeedOf(
  { size, root }: Checkpoint,
  signedAt: number | undefined,
  last: Pick<Checkpoint, 'size' | 'root'>,
  lastAt: number | undefined,
): { readonly misdeed?: Misdeed } {
  if (size === last.size && !root.equals(last.root)) return { misdeed: 'fork' }
  // By its timestamp the log has said that this was its largest tree, after it had signed a larger one (tlog-cosignature).
  if (size < last.size && signedAt !== undefined && lastAt !== undefined && signedAt > lastAt + CLOCK_SECONDS)
    return { misdeed: 'rolled-back' }
  return {}
}
