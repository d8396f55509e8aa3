import { createHash } from 'node:crypto'
import { PassThrough, pipeline } from 'node:stream'
import { extract } from 'tar-stream'
import { type Progress, takeBaseBackup } from '../record/embedded/embedded.ts'
import { isJsonObject, parseJson } from '../protocol/protocol.ts'
import { type Description, formatDescription } from './description.ts'
import { DESCRIPTION, ERASURES, MANIFEST, RECORD, SUMS } from './names.ts'
import { formatSums, isSafePath } from './sums.ts'
import type { Writing } from './writing.ts'

/** How much was written. */
export type Taken = { readonly files: number; readonly bytes: number }

/**
 * Takes a backup of a running record: every file as PostgreSQL sends it, with its SHA-256, which must be the one that PostgreSQL's own
 * manifest has.
 * @param about what the backup says of itself, but its folders; @param erasures the list of erasures, asked for when the record is read
 */
export async function takeBackup(
  url: string,
  writing: Writing,
  about: Omit<Description, 'folders'>,
  erasures: () => AsyncIterable<Uint8Array>,
  progress: Progress,
): Promise<Taken> {
  const sums = new Map<string, string>()
  const folders: string[] = []
  let bytes = 0

  async function file(path: string, size: number, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    if (!isSafePath(path) || sums.has(path)) throw new Error(`the record has a file of an unforeseen name: ${path}`)
    const hash = createHash('sha256')
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of content) {
        hash.update(chunk)
        bytes += chunk.length
        yield chunk
      }
    }
    await writing.file(path, size, counted())
    sums.set(path, hash.digest('hex'))
  }
  const text = (path: string, content: Uint8Array): Promise<void> => file(path, content.length, [content])

  const archive = new PassThrough({ highWaterMark: 2 ** 20 })
  const entries = extract()
  pipeline(archive, entries, () => undefined) // what fails is told by `entries`
  const unpacking = (async () => {
    for await (const entry of entries) {
      const { name, size = 0, type } = entry.header
      const path = `${RECORD}${name.replace(/^\.\//, '').replace(/\/$/, '')}`
      if (type === 'directory') {
        entry.resume()
        folders.push(path)
        await writing.folder(path)
      } else if (type === 'file') await file(path, size, entry)
      else throw new Error(`the record has a link: ${path}`)
    }
  })()
  unpacking.catch((error: Error) => archive.destroy(error))
  const [manifest] = await Promise.all([takeBaseBackup(url, archive, progress), unpacking])
  compareManifest(manifest, sums)
  await text(MANIFEST, manifest)
  await collected(erasures(), (list) => text(ERASURES, list))
  await text(DESCRIPTION, Buffer.from(formatDescription({ ...about, folders })))
  const taken = { files: sums.size, bytes }
  await text(SUMS, Buffer.from(formatSums(sums)))
  await writing.end()
  return taken
}
