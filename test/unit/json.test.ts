import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonFault, parseJson } from '../../gateway/protocol/json.ts'
import { character } from '../support/character.ts'
import { runs } from '../support/runs.ts'

const parse = (text: string): unknown => parseJson(Buffer.from(text))

/** Gives the reason for which bytes are refused, in English; a value, or another throw, fails the test. */
function reasonOf(source: string | Uint8Array): string {
  try {
    parseJson(Buffer.from(source))
  } catch (error) {
    if (error instanceof JsonFault) return error.reason.en
    throw error
  }
  throw new Error('it was not refused')
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
/** Writes each character of a string as a \u escape. */
const escaped = (text: string): string =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

describe('what RFC 8259 allows', () => {
  test('gives what JSON.parse gives, for any document', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 6, stringUnit: character }),
        fc.constantFrom(undefined, 1, '\t', '\r\n'),
        (text, indent) => {
          const document = JSON.stringify(JSON.parse(text), null, indent)
          expect(parse(document)).toStrictEqual(JSON.parse(document))
        },
      ),
      { seed: 1, numRuns: 250 },
    )
  })

  test('agrees with JSON.parse on whether mangled text is JSON at all', () => {
    const scraps = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      '1',
      '-',
      '0',
      '.',
      'e',
      'true',
      'nul',
      ' ',
      'a',
    )
    fc.assert(
      fc.property(fc.array(scraps, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        let expected: unknown
        try {
          expected = JSON.parse(text)
        } catch {
          expect(reasonOf(text)).toBe('not JSON (RFC 8259)')
          return
        }
        expect(parse(text)).toStrictEqual(expected)
      }),
      { seed: 2, numRuns: runs(3000) },
    )
  })

  test.each([
    '""',
    '{"":1}',
    '-0',
    '1e308',
    '"\\ud83d\\ude00"',
    '"\u{10ffff}"',
    ' \t\r\n[ ]\n',
    '{"a":{"b":1},"b":{"a":1}}',
  ])('takes %s', (text) => expect(parse(text)).toStrictEqual(JSON.parse(text)))

  test('braces, colons and quotes inside strings are only characters', () => {
    expect(parse(String.raw`{"a:{[\"\\":"}]:\\","b":["\\\"{:"]}`)).toEqual({ 'a:{["\\': '}]:\\', b: ['\\"{:'] })
  })

  test('the same name in two objects is no duplicate', () => {
    expect(parse('[{"a":1},{"a":2,"b":{"a":3}}]')).toEqual([{ a: 1 }, { a: 2, b: { a: 3 } }])
  })

  test('__proto__, constructor and toString are own members like any other', () => {
    const value = parse('{"__proto__":{"polluted":true},"constructor":1,"toString":2}')
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'toString'])
    expect('polluted' in (value as object)).toBe(false)
    expect('polluted' in {}).toBe(false)
  })

  test('32 levels are taken', () => {
    expect(parse(nested(32))).toEqual(JSON.parse(nested(32)))
    expect(parse('{"a":'.repeat(32) + '1' + '}'.repeat(32))).toBeTypeOf('object')
  })

  test('reads the bytes of a view, not of the buffer under it', () => {
    expect(parseJson(new Uint8Array(Buffer.from('xx{"a":1}xx')).subarray(2, 9))).toEqual({ a: 1 })
  })
})

describe('what is refused', () => {
  test('duplicate names, wherever they stand and however they are escaped', () => {
    const place = fc.constantFrom('@', '[@]', '{"outer":@}', '[1,{"x":[@]}]')
    const name = fc.string({ unit: 'grapheme', maxLength: 8 })
    fc.assert(
      fc.property(name, place, fc.boolean(), fc.json({ maxDepth: 2 }), (name, place, escape, between) => {
        const plain = JSON.stringify(name)
        const twin = escape ? `"${escaped(name)}"` : plain
        expect(reasonOf(place.replace('@', () => `{${plain}:1,"…":${between},${twin}:2}`))).toMatch(/twice/)
      }),
      { seed: 3, numRuns: 500 },
    )
  })

  test.each([
    [String.raw`{"a":1,"\u0061":2}`, /twice/],
    ['{"__proto__":1,"__proto__":2}', /twice/],
    [String.raw`{"__proto__":1,"\u005f_proto__":{}}`, /twice/],
    ['{"1":1,"1":2}', /twice/],
    ['{"":1,"":1}', /twice/],
    [String.raw`"\ud800"`, /surrogate/],
    [String.raw`"\udc00\ud800"`, /surrogate/],
    [String.raw`{"\uDFFF":1}`, /surrogate/],
    [String.raw`[["x\uD83D y"]]`, /surrogate/],
    ['1e999', /too large/],
    ['{"a":[-1e400]}', /too large/],
    [nested(33), /deeper than 32/],
    ['{"a":'.repeat(33) + '1' + '}'.repeat(33), /deeper than 32/],
    ['\ufeff{}', /byte order mark/],
    ['{}\ufeff', /not JSON/],
    ['', /not JSON/],
    ['{} {}', /not JSON/],
    ['{}\0', /not JSON/],
    ['NaN', /not JSON/],
    ['-Infinity', /not JSON/],
    ['01', /not JSON/],
    ['+1', /not JSON/],
    ['1.', /not JSON/],
    ['.5', /not JSON/],
    ['0x10', /not JSON/],
    ["{'a':1}", /not JSON/],
    ['{a:1}', /not JSON/],
    ['[1,]', /not JSON/],
    ['{"a":1,}', /not JSON/],
    ['// x\n1', /not JSON/],
    ['"\n"', /not JSON/],
    ['"\0"', /not JSON/],
    [String.raw`"\x41"`, /not JSON/],
    ['"open', /not JSON/],
    ['"\\', /not JSON/],
    ['\u00a01', /not JSON/],
    ['{"a"::1}', /not JSON/],
  ])('%j', (text, reason) => expect(reasonOf(text)).toMatch(reason))

  test.each([
    ['a stray continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['an overlong NUL', [0x22, 0xe0, 0x80, 0x80, 0x22]],
    ['a surrogate as three bytes (CESU-8)', [0x22, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0x22]],
    ['beyond U+10FFFF', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ['a sequence cut off', [0x22, 0xe2, 0x82]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('invalid UTF-8: %s', (_, bytes) => expect(reasonOf(Uint8Array.from(bytes))).toBe('not valid UTF-8'))

  test('any bytes give a value or a JsonFault, and its reason does not quote them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          parseJson(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(JsonFault)
        }
      }),
      { seed: 4, numRuns: runs(2000) },
    )
    expect(reasonOf('{"name": Amina}')).toBe('not JSON (RFC 8259)')
  })

  test('a quarter of a mebibyte of brackets does not overflow the stack', () => {
    expect(reasonOf('['.repeat(262_144))).toMatch(/deeper/)
    expect(reasonOf('{"a":'.repeat(50_000))).toMatch(/deeper/)
    expect(reasonOf(`"${'\\'.repeat(262_143)}`)).toMatch(/not JSON/)
  })
})
