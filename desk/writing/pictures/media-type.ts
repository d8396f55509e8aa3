/** What the protocol takes (section 9), by how a file begins: its name says nothing for certain. */
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const BEGINNINGS: readonly (readonly [type: string, beginning: readonly number[], at?: number])[] = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['application/pdf', [0x25, 0x50, 0x44, 0x46]],
  [DOCX, [0x50, 0x4b, 0x03, 0x04]],
  // ftyp, of HEIC and its kin; a browser reads it, or not.
  ['image/heic', [0x66, 0x74, 0x79, 0x70], 4],
  ['image/webp', [0x57, 0x45, 0x42, 0x50], 8],
]
const LOOKED_AT = 16

/** Gives the media type of a file, undefined where it may not be sent: pictures of any kind are drawn anew as JPEG. */
export async function mediaTypeOf(file: File): Promise<string | undefined> {
  const bytes = new Uint8Array(await file.slice(0, LOOKED_AT).arrayBuffer())
  const found = BEGINNINGS.find(([, beginning, at = 0]) => beginning.every((byte, place) => bytes[at + place] === byte))
  if (found?.[0] === DOCX) return file.name.toLowerCase().endsWith('.docx') ? DOCX : undefined
  if (found !== undefined) return found[0]
  return file.name.toLowerCase().endsWith('.txt') && (await isText(file)) ? 'text/plain' : undefined
}

/** UTF-8 without control characters, as the protocol has it. */
async function isText(file: File): Promise<boolean> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    return !/[\u0000-\u0008\u000b\u000e-\u001f\u007f]/.test(text)
  } catch {
    return false
  }
}
