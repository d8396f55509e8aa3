import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationFault } from '../gateway/base/base.ts'
import { NoteFault, parseCheckpoint } from '../tlog/note.ts'
import { flushFolder, readIfThere, removeDrafts, writeDurably } from './files.ts'
import type { Seen } from './judging.ts'

/** Where one log's last checkpoint is kept. */
export type Store = {
  readonly folder: string
  /** What is on the disk; nothing before the first. */
  readonly seen: Seen | undefined
  /** That checkpoint with the cosignatures that were given for it. */
  readonly cosigned: string | undefined
  /** Resolves when the checkpoint is on the disk: only then may it be signed. */
  keep(seen: Seen): Promise<void>
  /** What others may read of it. What a stop loses of this is signed anew. */
  publish(note: string): Promise<void>
}

/** The name of a log's folder, and of its checkpoint for monitors: tlog-witness, «origin hash». */
export const originHash = (origin: string): string => createHash('sha256').update(origin).digest('hex')

/**
 * Opens the folder of a log. A file that is damaged ends the start: a witness that forgets would let the log roll back.
 * @throws ConfigurationFault
 */
export async function openStore(data: string, origin: string): Promise<Store> {
  const folder = join(data, originHash(origin))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await flushFolder(data)
  await removeDrafts(folder)
  const file = join(folder, 'checkpoint.json')
  const published = join(folder, 'cosigned')
  let seen = readSeen(await readIfThere(file), origin, file)
  let cosigned = stillOf(await readIfThere(published), seen)
  return {
    folder,
    get seen() {
      return seen
    },
    get cosigned() {
      return cosigned
    },
    async keep(next) {
      const { note, signedAt } = next
      await writeDurably(file, `${JSON.stringify({ note, signedAt })}\n`)
      seen = next
    },
    async publish(note) {
      await writeDurably(published, note)
      cosigned = note
    },
  }
}

function readSeen(text: string | undefined, origin: string, file: string): Seen | undefined {
  if (text === undefined) return undefined
  try {
    const { note, signedAt } = JSON.parse(text) as { note: string; signedAt?: number }
    const checkpoint = parseCheckpoint(note)
    if (checkpoint.origin !== origin || (signedAt !== undefined && !Number.isSafeInteger(signedAt)))
      throw new NoteFault('is of another log')
    return { checkpoint, note, ...(signedAt !== undefined && { signedAt }) }
  } catch (error) {
    throw new ConfigurationFault(`${file} is damaged: see «A witness that has lost its state» in docs/operating.md`, {
      cause: error,
    })
  }
}

/** What was published counts while it is of the checkpoint that was kept. */
function stillOf(note: string | undefined, seen: Seen | undefined): string | undefined {
  return note !== undefined && seen !== undefined && note.startsWith(`${seen.checkpoint.text}\n`) ? note : undefined
}
