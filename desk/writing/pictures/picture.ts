import { newId } from '../../../sdk/sign.ts'
import { sha256 } from '../../../sdk/hash.ts'
import { freed } from './freed.ts'
import { mediaTypeOf } from './media-type.ts'

/** A picture or paper of a draft, as it would be sent: pictures are made smaller, and freed of place and device. */
export type Picture = {
  readonly blob: Blob
  readonly mediaType: string
  /** Of the bytes, as a message names it (section 9). */
  readonly digest: string
  readonly description: string
}

/** At most so many in a message, of at most so many bytes (protocol sections 3 and 9). */
export const MOST_PICTURES = 20
export const MOST_BYTES = 25 * 1024 * 1024

export type NotTaken = 'too-large' | 'too-many' | 'not-allowed' | 'not-readable'

/** Takes a file that was chosen or photographed; gives it with a new id, or why it cannot be sent. */
export async function takePicture(file: File): Promise<{ readonly id: string; readonly picture: Picture } | NotTaken> {
  const type = await mediaTypeOf(file)
  if (type === undefined) return 'not-allowed'
  const blob = type.startsWith('image/') ? await freed(file) : new Blob([await file.arrayBuffer()], { type })
  if (blob === undefined) return 'not-readable'
  if (blob.size > MOST_BYTES || blob.size === 0) return 'too-large'
  const hash = await sha256(new Uint8Array(await blob.arrayBuffer()))
  return { id: newId(), picture: { blob, mediaType: blob.type, digest: `sha-256:${hash}`, description: '' } }
}
