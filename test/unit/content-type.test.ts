import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ContentVerdict, createContentCheck, declaredMediaType } from '../../gateway/attachments/content-type.ts'
import {
  contentTypes,
  makeDocx,
  makeHeif,
  makeJpeg,
  makePdf,
  makePng,
  makeZip,
  pngChunk,
  WORD_DOCUMENT,
  WORD_WITH_MACROS,
  wordParts,
} from '../support/papers.ts'
import { runs } from '../support/runs.ts'

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

/** The verdict on bytes that come in chunks of one size. */
async function judge(declared: string, bytes: Buffer | string, chunkBytes = 16_384): Promise<ContentVerdict> {
  const content = Buffer.from(bytes)
  const check = createContentCheck(declared)
  for (let at = 0; at < content.length; at += chunkBytes) check.take(content.subarray(at, at + chunkBytes))
  return check.end()
}

const papers: Readonly<Record<string, Buffer>> = {
  'application/pdf': makePdf('synthetic'),
  'image/jpeg': makeJpeg('synthetic'),
  'image/png': makePng(),
  'image/heic': makeHeif('heic', 'mif1', 'heic'),
  'text/plain': Buffer.from('Le garçon dit que ce n’est pas son frère.\r\n\tSynthétique.\f'),
  [DOCX]: makeDocx('synthetic'),
}
const kinds = Object.entries(papers)

describe('each kind that is allowed', () => {
  test.each(kinds)('%s is taken as what it is, whatever its chunks', async (type, bytes) => {
    for (const chunkBytes of [1, 3, 29, 4100, 1 << 20]) expect(await judge(type, bytes, chunkBytes)).toBe('ok')
  })

  test.each(kinds)('%s is taken as no other', async (type, bytes) => {
    for (const other of Object.keys(papers)) {
      if (other !== type) expect(await judge(other, bytes)).toBe('disagrees')
    }
  })

  test.each(kinds.filter(([type]) => type !== 'text/plain'))('%s is none with a ZIP behind it', async (type, bytes) => {
    const parts = [{ name: 'run.js', bytes: 'run()' }]
    for (const zip of [makeZip(parts), makeZip(parts, { comment: 'x'.repeat(65_535) })]) {
      expect(await judge(type, Buffer.concat([bytes, zip]))).toBe('not-allowed')
    }
  })

  test.each(['image/jpeg', 'text/plain', DOCX])('%s is none where a reader of PDF finds one in it', async (type) => {
    const inside = {
      'image/jpeg': makeJpeg('%PDF-1.4'),
      'text/plain': Buffer.from(`${' '.repeat(1023)}%PDF-1.4`),
      [DOCX]: makeZip([{ name: 'a', bytes: '%PDF-1.4', stored: true }, ...wordParts('synthetic')]),
    }[type]
    expect(await judge(type, inside ?? '')).toBe('not-allowed')
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a program', Buffer.from('MZ\u0090\u0000\u0003\u0000\u0000\u0000')],
    ['a GIF', Buffer.from('GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000')],
    ['a moving PNG', makePng([pngChunk('acTL', Buffer.alloc(8))])],
    ['a video', makeHeif('mp42', 'isom')],
    ['an AVIF', makeHeif('mif1', 'avif', 'miaf')],
    ['a sequence of images', makeHeif('hevc', 'heic')],
    ['an RTF', Buffer.from('{\\rtf1\\ansi synthetic}')],
    ['an XML', Buffer.from('<?xml version="1.0"?><svg/>')],
    ['a ZIP', makeZip([{ name: 'a.txt', bytes: 'synthetic' }])],
    ['random bytes', randomBytes(5000)],
  ])('%s is none of them', async (_, bytes) => {
    for (const type of Object.keys(papers)) expect(await judge(type, bytes)).toBe('not-allowed')
  })

  test('HEIC is so by its major brand or by another', async () => {
    for (const heic of [makeHeif('heix'), makeHeif('mif1', 'miaf', 'heic'), makeHeif('mif1', 'heix')]) {
      expect(await judge('image/heic', heic)).toBe('ok')
    }
  })

  test('a picture with a long profile before its pixels', async () => {
    expect(await judge('image/png', makePng([pngChunk('iCCP', randomBytes(200_000))]))).toBe('ok')
  })
})

describe('what is declared', () => {
  test.each([
    ['text/plain', 'text/plain'],
    ['Text/Plain; charset=UTF-8', 'text/plain'],
    ['text/plain;charset="utf-8"', 'text/plain'],
    ['image/heic', 'image/heic'],
    ['text/plain; charset=iso-8859-1', undefined],
    ['text/plain; charset=utf-8; charset=utf-16', undefined],
    ['text/plain; format=flowed', undefined],
    ['image/png; charset=utf-8', undefined],
    ['image/heif', undefined],
    ['text/html', undefined],
    ['image/jpg', undefined],
    ['', undefined],
  ])('%s is %s', async (declared, type) => {
    expect(declaredMediaType(declared)).toBe(type)
    expect(await judge(declared, papers[type ?? 'text/plain'] ?? '')).toBe(type === undefined ? 'not-allowed' : 'ok')
  })
})

describe('plain text', () => {
  test('is UTF-8 without control characters, wherever its chunks end', async () => {
    const characters = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => Buffer.from(text))
    const bytes = fc.oneof(characters, fc.uint8Array({ maxLength: 20 }).map(Buffer.from))
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 7 }), async (content, chunkBytes) => {
        const isText =
          content.length > 0 && isUtf8(content) && !/(?![\t\n\f\r])\p{Cc}/u.test(new TextDecoder().decode(content))
        expect(await judge('text/plain', content, chunkBytes)).toBe(isText ? 'ok' : 'not-allowed')
      }),
      { numRuns: runs(1000) },
    )
  })

  test.each([
    'BMI of the child',
    'MZ',
    'ID3',
    'FORM A',
    'solid ',
    'regf',
    '\u{feff}with a byte order mark',
    '<p>no page</p>',
  ])('%s is text, whatever else begins so', async (text) => expect(await judge('text/plain', text)).toBe('ok'))

  test.each(['\u0000', '\u0008', '\u000b', '\u001b[2J', '\u007f', '\u0085'])('%j ends it', async (control) => {
    expect(await judge('text/plain', `${'a'.repeat(70_000)}${control}`)).toBe('not-allowed')
  })
})

describe('a Word document', () => {
  const picture = { name: 'word/media/injury-1.jpg', bytes: randomBytes(300_000), stored: true } as const

  test('is one wherever in it the list of types stands, and however it was written', async () => {
    const [types, ...parts] = wordParts('synthetic')
    if (types === undefined) throw new Error('no list')
    for (const ordered of [
      [types, ...parts, picture],
      [...parts, picture, types],
      [picture, types, picture, ...parts],
    ]) {
      for (const zip of [
        makeZip(ordered),
        makeZip(ordered, { descriptors: true }),
        makeZip(ordered, { comment: 'x' }),
      ]) {
        for (const chunkBytes of [997, 16_384, 1 << 20]) expect(await judge(DOCX, zip, chunkBytes)).toBe('ok')
      }
    }
  })

  test('is one with other documents in it', async () => {
    const other = { name: 'word/embeddings/other.docx', bytes: makeDocx('other'), stored: true } as const
    const [types, ...parts] = wordParts('synthetic')
    if (types === undefined) throw new Error('no list')
    const many = [...Array(20).keys()].map((at) => ({ ...other, name: `word/embeddings/other-${at}.docx` }))
    expect(await judge(DOCX, makeZip([types, ...many, picture, ...parts]))).toBe('ok')
    expect(await judge(DOCX, makeZip([...many, picture, ...parts, types]))).toBe('ok')
  })

  const macros = '<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
  test.each<[string, string]>([
    ['macros', contentTypes(WORD_WITH_MACROS)],
    ['macros that are a part of an innocent document', contentTypes(WORD_DOCUMENT, macros)],
    ['macros spelt otherwise', contentTypes(WORD_DOCUMENT, macros.replace('vba', '&#118;ba'))],
    ['macros behind a comment', contentTypes(WORD_WITH_MACROS.replace('macro', 'm'), `<!-- "${WORD_DOCUMENT}" -->`)],
    ['two main parts', contentTypes(WORD_DOCUMENT, contentTypes('application/x.main+xml'))],
    ['a workbook', contentTypes('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml')],
    ['a template', contentTypes('application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml')],
    ['no list', ''],
    ['a list that swells', contentTypes(WORD_DOCUMENT, ' '.repeat(1_000_000))],
    ['a list in another encoding', Buffer.from(contentTypes(WORD_DOCUMENT), 'utf16le').toString('latin1')],
  ])('is none with %s', async (_, types) => {
    expect(await judge(DOCX, makeZip(wordParts('synthetic', types)))).toBe('not-allowed')
  })

  test('is none with two lists of types, or with one of another name', async () => {
    const [types, ...parts] = wordParts('synthetic')
    if (types === undefined) throw new Error('no list')
    const lowerCase = { ...types, name: '[content_types].xml' }
    const wrong = [[types, ...parts, types], [types, ...parts, lowerCase], [lowerCase, ...parts], parts]
    for (const [at, its] of wrong.entries()) expect([at, await judge(DOCX, makeZip(its))]).toEqual([at, 'not-allowed'])
  })

  test('is none where anything stands before or behind it, or where it is cut', async () => {
    const docx = makeDocx('synthetic')
    for (const bytes of [Buffer.concat([Buffer.from('#!'), docx]), Buffer.concat([docx, Buffer.from('x')])]) {
      expect(await judge(DOCX, bytes)).toBe('not-allowed')
    }
    for (let length = 4; length < docx.length; length += 1) {
      expect(await judge(DOCX, docx.subarray(0, length))).toBe('not-allowed')
    }
  })

  test('is never a fault, whatever is changed in it', async () => {
    const docx = makeZip(wordParts('synthetic'), { descriptors: true })
    await fc.assert(
      fc.asyncProperty(fc.nat(docx.length - 1), fc.integer({ min: 0, max: 255 }), async (at, value) => {
        const changed = Buffer.from(docx)
        changed[at] = value
        expect(['ok', 'not-allowed']).toContain(await judge(DOCX, changed))
      }),
      { numRuns: runs(500) },
    )
  })
})
