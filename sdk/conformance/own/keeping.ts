/** What a client keeps from one start to the next: its place in the feed, and what became of each message. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../../endpoint.ts'

export type Kept = {
  cursor: string
  /** By `<from> <id>`. */
  readonly taken: { [key: string]: { readonly caseId: string; outcome: Outcome } }
}
export type Keeping = { readonly kept: Kept; save(): void }

/** Opens what is kept in a folder; `save` has written it whole, or not at all, when it returns. */
export function openKeeping(folder: string): Keeping {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'client.json')
  const kept = read(file) ?? { cursor: '', taken: {} }
  return {
    kept,
    save: () => {
      writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 })
      renameSync(`${file}.new`, file)
    },
  }
}

function read(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return undefined
    throw fault
  }
}
