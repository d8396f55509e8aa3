import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../base/base.ts'

/** Stands in the data folder of a record that was restored: its log may be older than what it has told. */
const FILE = 'restored.json'

/** Writes down of which backup a record was restored, and what was known then. Nothing in it is secret. */
export async function markRestored(folder: string, mark: object): Promise<void> {
  await writeFile(join(folder, FILE), `${JSON.stringify(mark, undefined, 1)}\n`, { mode: 0o644, flush: true })
}

/** What was written down at the last restore; empty where there was none. It is another after each. */
export async function restoredMark(folder: string): Promise<Buffer> {
  return await readFile(join(folder, FILE)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
}
