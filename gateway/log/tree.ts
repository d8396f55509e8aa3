import { setTimeout as pause } from 'node:timers/promises'
import { codeOf, every, type FaultPoint, type Log } from '../base/base.ts'
import { type NoteSigner } from '../protocol/protocol.ts'
import { ANYTHING, cosignaturesOf, type Database, forgetCheckpoints, type Wakes } from '../record/record.ts'
import { growTree } from './growing.ts'
import { openProofs, type Proofs } from './proofs.ts'
import { openPublishing, type PublishedCheckpoint } from './published.ts'

/** Where a checkpoint that is new is told. */
export const CHECKPOINT = 'checkpoint'

/** The tree of the evidence log as it is published (protocol section 10). */
export type Tree = AsyncDisposable &
  Proofs & {
    /** The newest checkpoint, without what witnesses say of it; undefined where there is none yet. */
    latest(): PublishedCheckpoint | undefined
    /** Its note with the cosignatures that have come so far. */
    note(): Promise<string | undefined>
    /** Whether the log was closed, because something was published that the record has not got: the gateway serves reading only. */
    isClosed(): boolean
    state(): TreeState
    /** Calls when a successor has taken the place of a log that was closed. */
    onSuccessor(listener: () => void): void
    /** Begins to follow the leaves. Until then only what stands in the record is shown. */
    follow(): void
  }

/** How the tree stands. */
export type TreeState = {
  readonly origin: string | undefined
  readonly base: number
  /** Leaves of the log in force. */
  readonly leaves: number
  /** Those that the newest checkpoint has. */
  readonly published: number
  readonly closed: boolean
  /** When the oldest leaf was made that is in no checkpoint which is shown; undefined where all are, or the log is closed. */
  readonly waitingSince: Date | undefined
  /** How many logs came before the one in force. */
  readonly past: number
}

type Needs = {
  readonly database: Database
  readonly wakes: Wakes
  readonly keys: { readonly origin: string; readonly signers: readonly NoteSigner[] }
  /** Beside the data folder: what was published. */
  readonly file: string
  readonly fault: FaultPoint
  readonly log: Log
  readonly now: () => Date
  /** No sooner is there another checkpoint. */
  readonly betweenMs?: number
}

/** So long is between two checkpoints: each costs two signatures, and 4 KiB until it is forgotten. */
const BETWEEN_MS = 2_000
/** And no later is it looked: not every commit wakes somebody. */
const LOOK_MS = 1_000
const RETRY_MS = 1_000
/** Checkpoints of which nothing but the last of a day is kept. */
const KEPT_MS = 3_600_000
const FORGET_MS = 60_000
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT'])

/**
 * Opens the tree, and has looked once at what the record and the file say when it resolves. A full disk is no reason not to open it.
 * @throws ConfigurationFault where the file cannot be used; what the record throws
 */
export async function openTree(needs: Needs): Promise<Tree> {
  const { database, wakes, keys, fault, log, now, betweenMs = BETWEEN_MS } = needs
  const opened = new AsyncDisposableStack()
  const publishing = await openPublishing(needs)
  await publishing.look().catch((error: unknown) => {
    // No reason to accept no messages: nothing is shown until there is room, and that is an alarm.
    if (!FULL.has(codeOf(error))) throw error
    log.error({ err: error }, 'what is published of the evidence log cannot be written down: the disk is full')
  })
  let successor: () => void = () => undefined
  const growing = { database, keys, published: publishing.known, fault, now }

  const isClosed = (): boolean => publishing.log()?.closedAt !== undefined

  async function grow(stop: AbortSignal): Promise<void> {
    const [before, closed] = [publishing.latest()?.size, isClosed()]
    const grown = await growTree(growing)
    await publishing.look()
    if (closed && !isClosed()) successor()
    if (publishing.latest()?.size !== before) wakes.wake([CHECKPOINT])
    if (grown !== 'behind') await Promise.all([wakes.next(ANYTHING, LOOK_MS, stop), wait(betweenMs, stop)])
  }

  return {
    ...openProofs(database, publishing),
    latest: publishing.latest,
    isClosed,
    onSuccessor(listener) {
      successor = listener
    },
    async note() {
      const latest = publishing.latest()
      if (latest === undefined) return undefined
      return latest.note + (await cosignaturesOf(database, latest.size)).map((line) => `${line}\n`).join('')
    },
    state() {
      const standing = publishing.log()
      return {
        origin: standing?.origin,
        base: standing?.base ?? 0,
        leaves: standing?.size ?? 0,
        published: publishing.latest()?.size ?? 0,
        closed: isClosed(),
        waitingSince: isClosed() ? undefined : publishing.waitingSince(),
        past: publishing.past(),
      }
    },
    follow() {
      const onError = (error: unknown): void => log.error({ err: error }, 'the tree of the log could not be grown')
      const step = (stop: AbortSignal): Promise<void> =>
        grow(stop).catch(async (error: unknown) => {
          onError(error)
          await wait(RETRY_MS, stop)
        })
      const stopGrowing = every(0, step, onError)
      opened.defer(stopGrowing)
      const forget = (): Promise<void> => forgetCheckpoints(database, new Date(now().getTime() - KEPT_MS))
      const stopForgetting = every(FORGET_MS, forget, (error) =>
        log.error({ err: error }, 'old checkpoints could not be forgotten'),
      )
      opened.defer(stopForgetting)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  pause(ms, undefined, { signal, ref: false }).catch(() => undefined)
