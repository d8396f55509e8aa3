import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, every } from '../base/base.ts'
import { isJsonObject, parseJson, parseTime } from '../protocol/protocol.ts'

/** Tells when the last good backup was begun, and whether it is older than it may be. */
export type BackupAge = {
  /** Undefined where none was noted. */
  last(): Date | undefined
  isOverdue(now: Date): boolean
  close(): Promise<void>
}

const FILE = 'last-backup.json'
const LOOK_MS = 5_000

/** Notes when the last good backup was begun, where every process on the data folder sees it. Nothing in it is secret. */
export async function noteBackup(folder: string, at: Date): Promise<void> {
  const file = join(folder, FILE)
  await writeFile(`${file}.new`, `${JSON.stringify({ at })}\n`, { mode: 0o644, flush: true })
  await rename(`${file}.new`, file)
}

/**
 * Watches how old the last good backup is; has looked once when it resolves. Where none was noted, or nobody can read what was, it is
 * overdue.
 * @param mostMs how old it may be; undefined: however old
 * @param onError hears of a note that cannot be read
 */
export async function watchBackup(
  folder: string,
  mostMs: number | undefined,
  onError: (error: unknown) => void,
): Promise<BackupAge> {
  let last: Date | undefined
  const look = async (): Promise<void> => {
    try {
      last = await readNote(join(folder, FILE))
    } catch (error) {
      last = undefined
      onError(error)
    }
  }
  await look()
  const close = every(LOOK_MS, look, onError)
  return {
    last: () => last,
    isOverdue: (now) => mostMs !== undefined && (last === undefined || now.getTime() - last.getTime() > mostMs),
    close,
  }
}

async function readNote(file: string): Promise<Date | undefined> {
  const text = await readFile(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  const note = text && parseJson(text)
  const at = isJsonObject(note) ? parseTime(note['at']) : undefined
  if (text !== undefined && at === undefined) throw new Error(`${file} does not say when the last backup was begun`)
  return at
}
