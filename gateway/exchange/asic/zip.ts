import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { CONTAINER_TYPE, type File } from './file.ts'

/** What is signed in base64 hardly shrinks, and what begins to compress takes 256 KiB first: only for what is large is it worth that. */
const LARGE_BYTES = 32 * 1024

/**
 * The container's bytes: a ZIP whose first file is `mimetype`, neither compressed nor with an extra field, so that what it is stands at a
 * fixed place of it (EN 319 162-1, A.1).
 */
export async function zip(files: readonly File[], at: Date): Promise<Buffer> {
  const archive = new ZipFile()
  const options = { mtime: at, mode: 0o100644, forceDosTimestamp: true }
  archive.addBuffer(Buffer.from(CONTAINER_TYPE), 'mimetype', { ...options, compress: false })
  for (const { name, bytes } of files)
    archive.addBuffer(bytes, name, { ...options, compress: bytes.length > LARGE_BYTES })
  archive.end()
  return await buffer(archive.outputStream)
}
