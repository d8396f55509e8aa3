import { crc32, deflateRawSync, deflateSync } from 'node:zlib'

/** Little-endian, as in a ZIP. */
const uint16 = (value: number): Buffer => Buffer.from(Uint16Array.of(value).buffer)
const uint32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer)
/** Big-endian, as in pictures. */
const uint16be = (value: number): Buffer => uint16(value).swap16()
const uint32be = (value: number): Buffer => uint32(value).swap32()

/** A part of a ZIP: its name and what it holds; `stored` is not compressed. */
export type Part = { readonly name: string; readonly bytes: Buffer | string; readonly stored?: true }

/**
 * A ZIP (APPNOTE) of these parts, in this order.
 * @param options `descriptors`: sizes stand behind the data, as LibreOffice writes them; `comment`: at its very end
 */
export function makeZip(parts: readonly Part[], options: { descriptors?: true; comment?: string } = {}): Buffer {
  const written: Buffer[] = []
  const listed: Buffer[] = []
  let offset = 0
  for (const { name, bytes, stored } of parts) {
    const content = Buffer.from(bytes)
    const data = stored ? content : deflateRawSync(content)
    const sizes = [uint32(crc32(content)), uint32(data.length), uint32(content.length)]
    const inFront = options.descriptors ? [Buffer.alloc(12)] : sizes
    const behind = options.descriptors ? [Buffer.from('PK\u0007\u0008'), ...sizes] : []
    const method = [uint16(20), uint16(options.descriptors ? 8 : 0), uint16(stored ? 0 : 8), Buffer.alloc(4)]
    const header = [Buffer.from('PK\u0003\u0004'), ...method, ...inFront, uint16(name.length), uint16(0)]
    const local = Buffer.concat([...header, Buffer.from(name), data, ...behind])
    const entry = [
      Buffer.from('PK\u0001\u0002'),
      uint16(20),
      ...method,
      ...sizes,
      uint16(name.length),
      Buffer.alloc(12),
    ]
    listed.push(...entry, uint32(offset), Buffer.from(name))
    written.push(local)
    offset += local.length
  }
  const list = Buffer.concat(listed)
  const comment = Buffer.from(options.comment ?? '')
  const counts = [Buffer.alloc(4), uint16(parts.length), uint16(parts.length), uint32(list.length), uint32(offset)]
  return Buffer.concat([...written, list, Buffer.from('PK\u0005\u0006'), ...counts, uint16(comment.length), comment])
}

/** The list of content types of a document, whose main part is of this type. */
export const contentTypes = (main: string, more = ''): string =>
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
  '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' +
  '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
  `<Override PartName="/word/document.xml" ContentType="${main}"/>${more}</Types>`

/** The main part's type of a Word document without macros, and with. */
export const WORD_DOCUMENT = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml'
export const WORD_WITH_MACROS = 'application/vnd.ms-word.document.macroEnabled.main+xml'

const LINK = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument'
const MAIN = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'

/** The parts of a Word document that says one thing. */
export const wordParts = (text: string, types = contentTypes(WORD_DOCUMENT)): readonly Part[] => [
  { name: '[Content_Types].xml', bytes: types },
  {
    name: '_rels/.rels',
    bytes:
      '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
      `<Relationship Id="rId1" Type="${LINK}" Target="word/document.xml"/></Relationships>`,
  },
  {
    name: 'word/document.xml',
    bytes: `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="${MAIN}"><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`,
  },
]

/** A Word document. */
export const makeDocx = (text: string): Buffer => makeZip(wordParts(text))

/** A PDF of one empty page. */
export function makePdf(title: string): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\n% ${title}`,
  ]
  let pdf = '%PDF-1.4\n'
  const offsets = objects.map((object, at) => {
    const offset = pdf.length
    pdf += `${at + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const trailer = `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`
  return Buffer.from(`${pdf}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${trailer}`, 'latin1')
}

/** A PNG of one grey dot, with these chunks before its pixels. */
export function makePng(before: readonly Buffer[] = []): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
  const pixels = deflateSync(Buffer.from([0, 128]))
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    start,
    pngChunk('IHDR', header),
    ...before,
    pngChunk('IDAT', pixels),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** A chunk of a PNG. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  return Buffer.concat([uint32be(data.length), named, uint32be(crc32(named))])
}

/** The smallest grey JPEG, with a comment. */
export function makeJpeg(comment: string | Buffer = ''): Buffer {
  const text = Buffer.from(comment)
  const tables = `ffdb004300${'01'.repeat(64)}ffc0000b080001000101011100ffc40014000100${'00'.repeat(14)}00ffda0008010100003f00`
  const start = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex')
  const commented = Buffer.concat([Buffer.from([0xff, 0xfe]), uint16be(text.length + 2), text])
  return Buffer.concat([start, commented, Buffer.from(`${tables}d2cf20ffd9`, 'hex')])
}

/** The first box of an image in HEIF, and one of its data. */
export function makeHeif(major: string, ...brands: readonly string[]): Buffer {
  const listed = Buffer.from(`ftyp${major}\0\0\0\0${brands.join('')}`, 'latin1')
  const data = Buffer.from('mdat synthetic', 'latin1')
  return Buffer.concat([uint32be(listed.length + 4), listed, uint32be(data.length + 4), data])
}
