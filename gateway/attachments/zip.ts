import { inflateRawSync } from 'node:zlib'
import { createTail } from './tail.ts'

/** A ZIP is read from its end: the list of what is in it must lie in these last bytes. 1,500 parts fit. */
const END_BYTES = 128 * 1024
/** What is looked at in one go: less than is kept, so that what lies across two is still there. */
const AT_ONCE = END_BYTES / 2
/** The part that says what each other part is (ECMA-376, part 2, section 7.2.3). */
const CONTENT_TYPES = '[Content_Types].xml'
/** So much of it, compressed and not, is read. Word's own is of 2 KiB. */
const MOST_COMPRESSED = 32 * 1024
const MOST_BYTES = 256 * 1024
/** Documents in a document have such a part, too: the first one and these last ones are kept. */
const MOST_FOUND = 8

const DOCUMENT = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
/** Macros by any name, and what would let a name be written in another way. */
const UNWANTED = /macroenabled|vba|&|<!/i

/** APPNOTE 4.3.7, 4.3.12 and 4.3.16: a part's header, its entry in the list, the end of the list; each with its fixed length. */
const HEADER = { signature: Buffer.from('PK\u0003\u0004'), bytes: 30 }
const ENTRY = { signature: Buffer.from('PK\u0001\u0002'), bytes: 46 }
const END = { signature: Buffer.from('PK\u0005\u0006'), bytes: 22 }
const MOST_COMMENT = 65_535
const STORED = 0
const DEFLATED = 8

/** Some of a file's bytes, and where they lie in it. */
type Range = { readonly start: number; bytes: Buffer }
/** What the list says of a part. */
type Entry = { name: string; flags: number; method: number; compressed: number; size: number; offset: number }

/** What goes by, seen as a ZIP. */
export type ZipCheck = {
  take(chunk: Buffer): void
  /** Whether it ends as a ZIP does, whatever it begins with. */
  endsAsZip(): boolean
  /** Whether it is a DOCX. */
  isDocx(): boolean
}

/**
 * Looks at a ZIP that goes by. A DOCX is one whose list of content types names a Word document without macros as its main
 * part. Only that list is decompressed, and never more than 256 KiB of it; other parts are not looked into. Not by a library:
 * those read a file that is there, and what they throw between two reads would end the process.
 */
export function createZipCheck(): ZipCheck {
  const tail = createTail(END_BYTES)
  const found: Range[] = []
  let looked = 0

  /** Looks for the part's header in what is new, beginning so far back that none is cut in two. */
  const look = (): void => {
    const bytes = tail.bytes()
    const start = tail.size - bytes.length
    let at = Math.max(0, looked - HEADER.bytes - CONTENT_TYPES.length - start)
    while ((at = bytes.indexOf(CONTENT_TYPES, at, 'latin1')) !== -1) {
      const header = at - HEADER.bytes
      if (header >= 0 && begins(bytes, header, HEADER)) keep(start + header)
      at += 1
    }
    looked = tail.size
    for (const range of found) fill(range, bytes, start)
  }
  const keep = (start: number): void => {
    if (found.some((range) => range.start === start)) return
    if (found.length === MOST_FOUND) found.splice(1, 1)
    found.push({ start, bytes: Buffer.alloc(0) })
  }

  return {
    take(chunk) {
      for (let at = 0; at < chunk.length; at += AT_ONCE) {
        tail.take(chunk.subarray(at, at + AT_ONCE))
        look()
      }
    },
    endsAsZip: () => findEnds(tail.bytes()).length > 0,
    isDocx() {
      const last = { start: tail.size - tail.bytes().length, bytes: tail.bytes() }
      const types = readContentTypes(last, [...found, last])
      if (types === undefined || UNWANTED.test(types)) return false
      const main = types.match(/"[^"<>]*\.main\+xml"/g)
      return main?.length === 1 && main[0] === `"${DOCUMENT}"`
    },
  }
}

/** Adds to a range what follows it in the file's last bytes, as far as it is wanted. */
function fill(range: Range, bytes: Buffer, start: number): void {
  const from = range.start + range.bytes.length - start
  const wanted = MOST_COMPRESSED - range.bytes.length
  if (wanted > 0) range.bytes = Buffer.concat([range.bytes, bytes.subarray(from, from + wanted)])
}

const begins = (bytes: Buffer, at: number, record: { readonly signature: Buffer; readonly bytes: number }): boolean =>
  at + record.bytes <= bytes.length && bytes.subarray(at, at + 4).equals(record.signature)

/** Where a list ends whose comment is as long as it says. */
function findEnds(bytes: Buffer): readonly number[] {
  const ends: number[] = []
  let at = Math.max(0, bytes.length - END.bytes - MOST_COMMENT)
  while ((at = bytes.indexOf(END.signature, at)) !== -1) {
    if (begins(bytes, at, END) && at + END.bytes + bytes.readUInt16LE(at + 20) === bytes.length) ends.push(at)
    at += 1
  }
  return ends
}

/** The text of the list of content types; undefined where there is not exactly one such part, kept and readable. */
function readContentTypes(last: Range, kept: readonly Range[]): string | undefined {
  const named = readList(last)?.filter(({ name }) => name.toLowerCase() === CONTENT_TYPES.toLowerCase())
  const [entry] = named ?? []
  if (entry === undefined || named?.length !== 1 || entry.name !== CONTENT_TYPES) return undefined
  for (const range of kept) {
    const data = dataOf(entry, range)
    if (data !== undefined) return textOf(entry, data)
  }
  return undefined
}

/** What is in a ZIP, from the list that its last bytes end with; undefined where that is not one list, and whole. */
function readList({ start, bytes }: Range): readonly Entry[] | undefined {
  const [end, another] = findEnds(bytes)
  if (end === undefined || another !== undefined) return undefined
  const count = bytes.readUInt16LE(end + 10)
  let at = bytes.readUInt32LE(end + 16) - start
  const entries: Entry[] = []
  while (entries.length < count) {
    if (at < 0 || !begins(bytes, at, ENTRY)) return undefined
    const nameAt = at + ENTRY.bytes
    const nameBytes = bytes.readUInt16LE(at + 28)
    entries.push({
      name: bytes.toString('latin1', nameAt, nameAt + nameBytes),
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      compressed: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    })
    at = nameAt + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return at === end ? entries : undefined
}

/** A part's data as it lies in the file; undefined where these bytes do not have it whole. */
function dataOf(entry: Entry, { start, bytes }: Range): Buffer | undefined {
  const at = entry.offset - start
  if (at < 0 || !begins(bytes, at, HEADER)) return undefined
  const data = at + HEADER.bytes + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
  return data + entry.compressed <= bytes.length ? bytes.subarray(data, data + entry.compressed) : undefined
}

function textOf(entry: Entry, data: Buffer): string | undefined {
  try {
    const bytes = entry.method === DEFLATED ? inflateRawSync(data, { maxOutputLength: MOST_BYTES }) : data
    const isReadable = (entry.flags & 1) === 0 && (entry.method === DEFLATED || entry.method === STORED)
    if (!isReadable || bytes.length !== entry.size) return undefined
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Not compressed as it says, too long, or no UTF-8: no list.
    return undefined
  }
}
