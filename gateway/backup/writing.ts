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
  const target = createWriteStream(file, { flags: 'wx', mode: FILE_MODE, flush: true })
  const failed = Promise.withResolvers<never>()
  let fault: Error | undefined
  target.once('error', (error) => failed.reject((fault = error)))
  const written = pipeline(archive, target)
  // Each is told where it is waited for.
  for (const promise of [written, failed.promise]) promise.catch(() => undefined)
  return {
    folder: async () => undefined, // the description names them
    async file(name, size, content) {
      try {
        const entry = archive.entry({ name, size, mode: FILE_MODE, mtime: new Date(0) })
        await Promise.race([failed.promise, pipeline(Readable.from(content, { objectMode: false }), entry)])
      } catch (error) {
        throw fault ?? error // what the disk refuses, and not what follows from it
      }
    },
    async end() {
      archive.finalize()
      await written
    },
  }
}
