import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { PassThrough, pipeline, type Readable } from 'node:stream'
import { extract } from 'tar-stream'
import { type Progress, takeBaseBackup } from '../record/embedded/embedded.ts'
import { isJsonObject, type Json, parseJson } from '../protocol/protocol.ts'
import { type Description, formatDescription } from './description.ts'
import { DESCRIPTION, ERASURES, MANIFEST, RECORD, SUMS } from './names.ts'
import { formatSums, isSafePath } from './sums.ts'
import type { Writing } from './writing.ts'

/** How much was written. */
export type Taken = { readonly files: number; readonly bytes: number }

/** Between PostgreSQL and the disk. */
const BUFFERED = 2 ** 20

/**
 * Takes a backup of a running record: every file as PostgreSQL sends it, with its SHA-256, which must be the one that PostgreSQL's own
 * manifest has.
 * @param about what the backup says of itself, but its folders; @param listErasures writes the list to a file, and gives its path
 */
export async function takeBackup(
  url: string,
  writing: Writing,
  about: Omit<Description, 'folders'>,
  listErasures: () => Promise<string>,
  progress: Progress,
): Promise<Taken> {
  const sums = new Map<string, string>()
  const folders: string[] = []
  let bytes = 0

  async function file(path: string, size: number, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    if (!isSafePath(path) || sums.has(path)) throw new Error(`a file has a name that no backup foresees: ${path}`)
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

  async function unpack(archive: Readable): Promise<void> {
    const entries = extract()
    pipeline(archive, entries, () => undefined) // what fails is told by `entries`
    for await (const entry of entries) {
      const { name, size = 0, type } = entry.header
      const path = `${RECORD}${name.replace(/^\.\/|\/$/g, '')}`
      if (type === 'file') await file(path, size, entry)
      else if (type === 'directory') {
        entry.resume()
        folders.push(path)
        await writing.folder(path)
      } else throw new Error(`the record has a link: ${path}`)
    }
  }

  const archive = new PassThrough({ highWaterMark: BUFFERED })
  const unpacking = unpack(archive).catch((error: Error) => {
    archive.destroy(error)
    throw error
  })
  const [manifest] = await Promise.all([takeBaseBackup(url, archive, progress), unpacking])
  compareManifest(manifest, sums)
  await file(MANIFEST, manifest.length, [manifest])
  const list = await listErasures()
  await file(ERASURES, (await stat(list)).size, createReadStream(list))
  const description = Buffer.from(formatDescription({ ...about, folders }))
  await file(DESCRIPTION, description.length, [description])
  const taken = { files: sums.size, bytes }
  const text = Buffer.from(formatSums(sums))
  await file(SUMS, text.length, [text])
  await writing.end()
  return taken
}

/**
 * Compares what was written with what PostgreSQL's manifest says that it sent. The manifest does not have the write-ahead log, whose records
 * have checksums of their own.
 * @param sums of what was written, by path; @throws where a file is missing or did not arrive as it was sent
 */
export function compareManifest(manifest: Buffer, sums: ReadonlyMap<string, string>): void {
  const read = parseJson(manifest)
  const files = isJsonObject(read) ? read['Files'] : undefined
  if (!Array.isArray(files) || files.length === 0) throw new Error('PostgreSQL has sent no manifest of the backup')
  for (const one of files as readonly Json[]) {
    const { Path: path, Checksum: checksum } = isJsonObject(one) ? one : {}
    if (typeof path !== 'string') throw new Error('PostgreSQL names a file of the backup as no backup foresees')
    if (typeof checksum !== 'string' || checksum !== sums.get(`${RECORD}${path}`))
      throw new Error(`${path} of the backup did not arrive as PostgreSQL sent it`)
  }
}
