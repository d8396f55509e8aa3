import { createWriteStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'

/** Where a backup is written: a folder, or one file. All of it is for its owner alone, and on the disk when `end` resolves. */
export type Writing = {
  folder(path: string): Promise<void>
  /** @param size of the content, in bytes */
  file(path: string, size: number, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>
  end(): Promise<void>
}

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/** A name that a power cut takes back would take with it what it names. */
export async function flushFolder(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  await handle.sync()
}

/**
 * Writes under a new folder.
 * @param durable whether it must outlive a power cut
 */
export async function writeFolder(root: string, durable = true): Promise<Writing> {
  const folders = [root]
  await mkdir(root, { mode: FOLDER_MODE })
  return {
    async folder(path) {
      const made = await mkdir(join(root, path), { recursive: true, mode: FOLDER_MODE })
      if (made !== undefined) folders.push(join(root, path))
    },
    async file(path, _, content) {
      const target = join(root, path)
      await mkdir(dirname(target), { recursive: true, mode: FOLDER_MODE })
      await pipeline(
        Readable.from(content, { objectMode: false }),
        createWriteStream(target, { flags: 'wx', mode: FILE_MODE, flush: durable }),
      )
    },
    async end() {
      if (durable) for (const folder of folders) await flushFolder(folder)
    },
  }
}

/** Writes a new file: a tar archive (POSIX.1-2001, ustar). */
export function writeTar(file: string): Writing {
  const archive = pack()
  const written = pipeline(archive, createWriteStream(file, { flags: 'wx', mode: FILE_MODE, flush: true }))
  // Told where it is waited for.
  written.catch(() => undefined)
  const failing = written.then(() => new Promise<never>(() => undefined))
  const add = async (
    name: string,
    size: number,
    content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<void> => {
    const entry = archive.entry({ name, size, mode: FILE_MODE, mtime: new Date(0) })
    await Promise.race([pipeline(Readable.from(content, { objectMode: false }), entry), failing])
  }
  return {
    folder: async () => undefined, // the description names them
    file: add,
    async end() {
      archive.finalize()
      await written
    },
  }
}
