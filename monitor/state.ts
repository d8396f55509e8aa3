import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HASH_BYTES, peaksOf } from '../tlog/tree.ts'
import { CannotLook } from './finding.ts'

/** What the monitor knows of one log. Hashes are base64. */
export type LogState = {
  readonly verifierKeys: readonly string[]
  readonly size: number
  readonly root: string
  /** The roots of its full subtrees, by which it is seen to grow and to do nothing else. */
  readonly peaks: readonly string[]
  readonly note: string
}

/** A party as its newest entry has it. */
export type PartyState = {
  readonly leafIndex: number
  readonly certificates: readonly { readonly use: string; readonly thumbprint: string }[]
  readonly status?: string
  readonly roles?: readonly string[]
}

/** All that outlives a run. */
export type State = {
  readonly version: 1
  /** The log that was followed last. */
  readonly origin?: string
  readonly logs: Readonly<Record<string, LogState>>
  readonly parties: Readonly<Record<string, PartyState>>
  /** Each certificate that an entry ever pinned, and for whom. */
  readonly pinned: Readonly<Record<string, string>>
  /** Digests of kept messages that were handed over or refused, with all their receipts in the log. */
  readonly settled: readonly string[]
}

export const NO_STATE: State = { version: 1, logs: {}, parties: {}, pinned: {}, settled: [] }

const fileIn = (folder: string): string => join(folder, 'monitor.json')

/** @throws CannotLook where what is there is damaged: who forgets what was seen lets a log go back */
export async function readState(folder: string): Promise<State> {
  const file = fileIn(folder)
  try {
    const state = JSON.parse(await readFile(file, 'utf8')) as State
    const isWhole = Object.values(state.logs).every(
      ({ size, peaks }) =>
        peaks.length === peaksOf(size) && peaks.every((peak) => Buffer.from(peak, 'base64').length === HASH_BYTES),
    )
    if (state.version !== 1 || !isWhole || !Array.isArray(state.settled)) throw new Error('of another form')
    return state
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return NO_STATE
    throw new CannotLook(`${file} cannot be read, or is damaged`)
  }
}

/** Writes it so that it is the one before or the whole new one, whenever the machine stops. */
export async function writeState(folder: string, state: State): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = `${fileIn(folder)}.${process.pid}.draft`
  await writeFile(draft, `${JSON.stringify(state)}\n`, { mode: 0o600, flush: true })
  await rename(draft, fileIn(folder))
  await using handle = await open(folder, 'r')
  await handle.sync()
}
