import { openAsBlob } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'

/** The media types that an attachment may be of (section 9), by the ends of file names. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.heic': 'image/heic',
  '.txt': 'text/plain',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
}

/** Takes a file; gives it as a Blob that is read piece by piece, with the media type that its name says. Throws a RangeError for a name that says none. */
export async function openFile(path: string): Promise<Blob> {
  const type = MEDIA_TYPES[extname(path).toLowerCase()]
  if (type === undefined) throw new RangeError(`an attachment is ${Object.keys(MEDIA_TYPES).join(', ')}`)
  return openAsBlob(path, { type })
}

/** Gives a name that says nothing about a child, which the name of somebody's file may. */
export function neutralName(mediaType: string, digest: string): string {
  const end = Object.entries(MEDIA_TYPES).find(([, type]) => type === mediaType)?.[0] ?? ''
  return `attachment-${digest.slice(-6).replaceAll(/[^A-Za-z0-9]/g, '0')}${end}`
}

/** Takes bytes as they come and writes them to a file, which is there only once they have ended without a fault; mode 0600. */
export async function saveFile(pieces: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  const partial = `${path}.part`
  try {
    const file = await open(partial, 'w', 0o600)
    try {
      for await (const piece of pieces) await file.write(piece)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partial, path)
  } catch (fault) {
    await rm(partial, { force: true })
    throw fault
  }
}
