import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFresh, type Jws, parseJws } from '../../gateway/protocol/jws.ts'
import type { Problem } from '../../gateway/protocol/problems.ts'
import { refusalOf } from '../support/refusals.ts'

const TYP = 'safeguarding-message+jws'
const der = Buffer.from('3003020100', 'hex')
const thumbprint = createHash('sha256').update(der).digest('base64url')
const header = { alg: 'ES256', typ: TYP, cty: 'json', iat: 1_476_700_000, 'x5t#S256': thumbprint }

const encode = (source: string | Uint8Array): string => Buffer.from(source).toString('base64url')
const compact = (header: unknown, payload = '{}', signature: string | Uint8Array = 'signature'): string =>
  [typeof header === 'string' ? header : JSON.stringify(header), payload, signature].map(encode).join('.')
const parse = (text: string): Jws => parseJws(Buffer.from(text, 'latin1'), TYP)
const refusal = (text: string): Problem => refusalOf(() => parse(text))

test('gives the parts of a compact serialization', () => {
  const text = compact({ ...header, x5c: [der.toString('base64')] }, '{"a":"é"}')
  const jws = parse(text)
  expect(jws.header).toEqual({ alg: 'ES256', typ: TYP, cty: 'json', iat: 1_476_700_000, thumbprint, chain: [der] })
  expect(jws.bytes.toString()).toBe(text)
  expect(jws.payload.toString()).toBe('{"a":"é"}')
  expect(jws.signingInput.toString()).toBe(text.slice(0, text.lastIndexOf('.')))
  expect(jws.signature.toString()).toBe('signature')
  expect(jws.digest).toEqual(createHash('sha256').update(text).digest())
})

describe('compact serialization', () => {
  const [head = '', body = '', tail = ''] = compact(header).split('.')
  test.each([
    ['nothing', ''],
    ['dots only', '..'],
    ['one part', head],
    ['two parts', `${head}.${body}`],
    ['four parts', `${head}.${body}.${tail}.${tail}`],
    ['no header', `.${body}.${tail}`],
    ['a detached payload (RFC 7515, appendix F)', `${head}..${tail}`],
    ['no signature', `${head}.${body}.`],
    ['a line break at the end', `${head}.${body}.${tail}\n`],
    ['a space in a part', `${head}.${body.slice(0, 1)} ${body.slice(1)}.${tail}`],
    ['padding', `${head}.${body}=.${tail}`],
    ['the standard alphabet', `${head}.${body}.++//`],
    ['unused bits that are not zero', `${head}.${body}.AB`],
    ['a length that no bytes have', `${head}.${body}.AAAAA`],
    ['a byte that is not ASCII', `${head}.${body}.${tail}\u00e9`],
    [
      'the general JSON serialization',
      JSON.stringify({ payload: body, signatures: [{ protected: head, signature: tail }] }),
    ],
  ])('%s is malformed', (_, text) => expect(refusal(text).code).toBe('malformed-message'))

  test('one spelling for each signature: changing any character of a part changes what it stands for', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 70 }),
        fc.nat(),
        fc.constantFrom(...alphabet),
        (bytes, at, to) => {
          const part = encode(bytes)
          const index = at % part.length
          const changed = part.slice(0, index) + to + part.slice(index + 1)
          fc.pre(changed !== part)
          try {
            expect(parse(`${head}.${body}.${changed}`).signature).not.toEqual(Buffer.from(bytes))
          } catch (error) {
            expect(error).toMatchObject({ code: 'malformed-message' })
          }
        },
      ),
      { seed: 1, numRuns: 500 },
    )
  })
})

describe('header', () => {
  test.each(['alg', 'typ', 'cty', 'iat', 'x5t#S256'])('without %s is malformed', (name) => {
    const { [name]: _, ...rest } = header as Record<string, unknown>
    expect(refusal(compact(rest)).code).toBe('malformed-message')
  })

  test.each([
    'crit',
    'jku',
    'jwk',
    'x5u',
    'x5t',
    'kid',
    'b64',
    'sigT',
    'zip',
    'enc',
    'Alg',
    '',
    '__proto__',
    'toString',
  ])('with %j is malformed', (name) => {
    const text = JSON.stringify(header).replace('{', `{${JSON.stringify(name)}:["b64"],`)
    expect(refusal(compact(text)).code).toBe('malformed-message')
  })

  test.each([
    ['typ', 'JOSE'],
    ['typ', 'application/safeguarding-message+jws'],
    ['typ', 'Safeguarding-Message+JWS'],
    ['typ', 'safeguarding-acknowledgement+jws'],
    ['typ', null],
    ['cty', 'JSON'],
    ['cty', 'application/json'],
    ['cty', null],
    ['alg', null],
    ['alg', 256],
    ['alg', ['ES256']],
    ['iat', '1476700000'],
    ['iat', 1.5],
    ['iat', 2 ** 53],
    ['iat', 1e300],
    ['iat', null],
    ['x5t#S256', null],
    ['x5t#S256', thumbprint.slice(1)],
    ['x5t#S256', `${thumbprint}=`],
    ['x5t#S256', `${thumbprint.slice(0, 42)}B`],
    ['x5t#S256', `${thumbprint.slice(0, 42)}+`],
    ['x5c', null],
    ['x5c', der.toString('base64')],
    ['x5c', []],
    ['x5c', [null]],
    ['x5c', ['']],
    ['x5c', [der.toString('base64'), '']],
    ['x5c', [der.toString('base64url')]],
    ['x5c', [`${der.toString('base64')}\n`]],
    ['x5c', [Buffer.from('3003020101', 'hex').toString('base64')]],
    ['x5c', Array.from({ length: 6 }, () => der.toString('base64'))],
    ['x5c', [der.toString('base64'), Buffer.alloc(4097).toString('base64')]],
  ])('with %s %j is malformed', (name, value) => {
    expect(refusal(compact({ ...header, [name]: value })).code).toBe('malformed-message')
  })

  test.each([
    ['not JSON', '{alg}'],
    ['not an object', '["ES256"]'],
    ['null', 'null'],
    ['a duplicate name, escaped', JSON.stringify(header).replace('{', String.raw`{"\u0061lg":"none",`)],
    ['a byte order mark', `\ufeff${JSON.stringify(header)}`],
    ['nested deeper than 32', JSON.stringify(header).replace('{', `{"x5c":${'['.repeat(40)}${']'.repeat(40)},`)],
  ])('that is %s is malformed', (_, text) => {
    const problem = refusal(compact(text))
    expect(problem.code).toBe('malformed-message')
    expect(problem.detail.fr).toMatch(/^L’en-tête/)
  })

  test('of invalid UTF-8 is malformed', () => {
    expect(refusal(`${encode(Uint8Array.of(0x7b, 0x22, 0xff))}.e30.AA`).detail.en).toMatch(/UTF-8/)
  })

  test.each(['none', 'HS256', 'RS256', 'ES512', 'ES256K', 'Ed25519', 'PS384', 'es256', ''])(
    'whose alg is %j has an unsupported algorithm, also where nothing is signed',
    (alg) => {
      expect(refusal(compact({ ...header, alg })).code).toBe('unsupported-algorithm')
      expect(refusal(compact({ ...header, alg }, '{}', '')).code).toBe('unsupported-algorithm')
    },
  )

  test('that is also wrong elsewhere is malformed first', () => {
    expect(refusal(compact({ ...header, alg: 'none', kid: 'x' })).code).toBe('malformed-message')
  })

  test.each(['1476700000.0', '14767e5', '-1', '-9e15', '0', '9007199254740991'])('takes the integer iat %s', (iat) => {
    const text = JSON.stringify(header).replace('1476700000', iat)
    expect(parse(compact(text)).header.iat).toBe(Number(iat))
  })

  test('takes each algorithm and the members in any order', () => {
    for (const alg of ['ES256', 'ES384', 'PS256', 'EdDSA']) {
      const reversed = Object.fromEntries(Object.entries({ ...header, alg }).toReversed())
      expect(parse(compact(reversed)).header.alg).toBe(alg)
    }
  })

  test('a refusal quotes nothing of what was sent', () => {
    for (const change of [{ kid: 'Amina' }, { typ: 'Amina' }, { iat: 'Amina' }, { 'x5t#S256': 'Amina' }]) {
      const { detail } = refusal(compact({ ...header, ...change }))
      expect(detail.en + detail.fr).not.toContain('Amina')
    }
  })
})

describe('freshness', () => {
  const freshAt = (offset: number, iat = header.iat): boolean =>
    isFresh(parse(compact({ ...header, iat })), new Date((header.iat + offset) * 1000))

  test.each([-300, 0, 299.999, 300])('%d s after signing is fresh', (offset) => expect(freshAt(offset)).toBe(true))

  test.each([-301, -300.001, 300.001, 86_400])('%d s after signing is stale', (offset) => {
    expect(freshAt(offset)).toBe(false)
  })

  test('an iat before 1970, or far ahead, is only stale', () => {
    expect(freshAt(0, -1)).toBe(false)
    expect(freshAt(0, 2 ** 53 - 1)).toBe(false)
  })
})
