import { ATTACHMENT_TYPES, type AttachmentType } from '../protocol/protocol.ts'
import { createTextCheck } from './plain-text.ts'
import { createZipCheck } from './zip.ts'

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

/** RFC 9110, section 8.3.1; of parameters only `charset=utf-8` of text, which says what text is here anyway. */
const TEXT_IN_UTF8 = /^text\/plain[ \t]*;[ \t]*charset=(?:utf-8|"utf-8")$/

/** The media type that a `Content-Type` declares, as messages name it; undefined where it is none that is allowed. */
export function declaredMediaType(contentType: string): AttachmentType | undefined {
  const declared = contentType.trim().toLowerCase()
  return TEXT_IN_UTF8.test(declared) ? 'text/plain' : ATTACHMENT_TYPES.find((type) => type === declared)
}

/**
 * How content and declaration agree. `not-allowed`: the content, or what is declared, is of no kind that is allowed;
 * `disagrees`: the content is of another kind than declared.
 */
export type ContentVerdict = 'ok' | 'not-allowed' | 'disagrees'

/** Takes the content as it streams by, then `end` once. */
export type ContentCheck = { take(chunk: Buffer): void; end(): Promise<ContentVerdict> }

/** The kind of most files shows in so many of their first bytes (npm file-type). */
const HEAD_BYTES = 4100
/** Readers of PDF take one that begins anywhere in the first 1,024 bytes (ISO 32000-1, annex H.3). */
const PDF_WITHIN = 1024 + 4
const PDF_START = '%PDF-'
/** A local header of a ZIP. */
const ZIP_START = 'PK\u0003\u0004'
/** Formats that are written in characters, and yet are no text to read. */
const NO_PLAIN_TEXT = new Set(['application/pdf', 'application/rtf', 'application/xml', 'application/postscript'])

/**
 * Judges an attachment by its content (protocol section 9), which goes by in chunks; at most 0.6 MiB of it is kept. What is
 * of two kinds at once, such as a picture that a reader of ZIP or PDF takes as well, is of none.
 * @param declared the request's `Content-Type`
 */
export function createContentCheck(declared: string): ContentCheck {
  let head = Buffer.alloc(0)
  const text = createTextCheck()
  const zip = createZipCheck()

  const kindOf = async (): Promise<AttachmentType | undefined> => {
    if (head.subarray(0, PDF_WITHIN).indexOf(PDF_START, 'latin1') > 0) return undefined
    if (head.indexOf(ZIP_START, 'latin1') === 0) return zip.isDocx() ? DOCX : undefined
    if (zip.endsAsZip()) return undefined
    const known = await formatOf(head)
    if (text.end() && !NO_PLAIN_TEXT.has(known ?? '')) return 'text/plain'
    return ATTACHMENT_TYPES.find((type) => type === known)
  }

  return {
    take(chunk) {
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.length)])
      text.take(chunk)
      zip.take(chunk)
    },
    async end() {
      const wanted = declaredMediaType(declared)
      const kind = wanted && (await kindOf())
      if (kind === undefined) return 'not-allowed'
      return kind === wanted ? 'ok' : 'disagrees'
    },
  }
}

/** The media type of a format that shows in its first bytes; undefined where it is none that the library knows. */
async function formatOf(head: Buffer): Promise<string | undefined> {
  const { fileTypeFromBuffer } = await import('file-type')
  // What the library cannot read to its end is of no kind.
  const found = await fileTypeFromBuffer(head).catch(() => undefined)
  return found?.mime === 'image/heif' && isHeic(head) ? 'image/heic' : found?.mime
}

/** Whether an image in HEIF says that it is HEIC as well: its first box lists its brands (ISO/IEC 23008-12, section 10.2). */
function isHeic(head: Buffer): boolean {
  const box = head.subarray(0, head.readUInt32BE(0))
  for (let at = 16; at + 4 <= box.length; at += 4) {
    if (['heic', 'heix'].includes(box.toString('latin1', at, at + 4))) return true
  }
  return false
}
