import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Envelope, parseEnvelope, peekIdentity } from '../../gateway/protocol/envelope.ts'
import { character } from '../support/character.ts'
import { refusalOf } from '../support/refusals.ts'

const attachment = {
  digest: 'sha-256:VcZND81vnV98goCThX4_39poR4u06b0k1IHvORx4BOg',
  mediaType: 'image/jpeg',
  size: 812_345,
  name: 'injury-1.jpg',
  description: 'Left leg',
}
const whole = {
  id: '0190a000-0000-7000-8000-000000000001',
  type: 'status-check-result',
  schemaVersion: '1.0',
  from: 'gb-home-office',
  to: 'gb-ctac',
  caseId: '0190a000-0000-7000-8000-000000001002',
  inReplyTo: '0190a000-0000-7000-8000-000000000002',
  priority: 'urgent',
  respondBy: '2016-10-24T12:00:00Z',
  attachments: [attachment],
  body: { result: 'located' },
}
const optional = new Set(['inReplyTo', 'respondBy', 'attachments'])

const types = new Set(['referral', 'status-check-result'])
const parse = (value: unknown): Envelope => parseEnvelope(Buffer.from(JSON.stringify(value)), types)

/** Gives the faults of a payload as `pointer keyword`. */
function faultsOf(value: unknown): string[] {
  const problem = refusalOf(() => parse(value))
  expect(problem.code).toBe('malformed-message')
  return (problem.errors ?? []).map(({ pointer, keyword }) => `${pointer} ${keyword}`)
}

test('gives every member, times as moments', () => {
  expect(parse(whole)).toEqual({ ...whole, respondBy: new Date('2016-10-24T12:00:00Z') })
})

test('what is optional may be absent, and is absent then', () => {
  const { inReplyTo: _, respondBy: __, attachments: ___, ...least } = whole
  const envelope = parse(least)
  expect(envelope).toStrictEqual({ ...least, attachments: [] })
  expect('respondBy' in envelope || 'inReplyTo' in envelope).toBe(false)
})

test.each(Object.keys(whole).filter((name) => !optional.has(name)))('%s is required', (name) => {
  const { [name]: _, ...rest } = whole as Record<string, unknown>
  expect(faultsOf(rest)).toEqual([' required'])
})

test.each(Object.keys(whole))('%s is never null', (name) => {
  expect(faultsOf({ ...whole, [name]: null })).toHaveLength(1)
})

describe('bad values', () => {
  test.each([
    ['id', '0190A000-0000-7000-8000-000000000001'],
    ['id', '{0190a000-0000-7000-8000-000000000001}'],
    ['id', 'urn:uuid:0190a000-0000-7000-8000-000000000001'],
    ['id', '0190a000000070008000000000000001'],
    ['id', '0190a000-0000-7000-8000-000000000001\n'],
    ['id', 1],
    ['caseId', 'Amina'],
    ['inReplyTo', ''],
    ['type', 'Referral'],
    ['type', 'toString'],
    ['type', '__proto__'],
    ['type', ['referral']],
    ['schemaVersion', '1'],
    ['schemaVersion', 'v1.0'],
    ['schemaVersion', '1.0.0'],
    ['schemaVersion', 1.5],
    ['from', 'de-bamf'],
    ['from', 'fr'],
    ['from', 'fr-'],
    ['from', 'fr-RYS'],
    ['from', 'fr-rys '],
    ['from', 'fr--rys'],
    ['to', `fr-${'a'.repeat(62)}`],
    ['to', ['gb-ctac']],
    ['priority', 'high'],
    ['priority', 'Immediate'],
    ['respondBy', '2016-10-24'],
    ['respondBy', '2016-10-24T12:00:00'],
    ['respondBy', '2016-10-24T12:00:00+00:00'],
    ['respondBy', '2016-10-24t12:00:00z'],
    ['respondBy', '2016-10-24 12:00:00Z'],
    ['respondBy', '2016-02-30T12:00:00Z'],
    ['respondBy', '2015-02-29T12:00:00Z'],
    ['respondBy', '2016-13-01T12:00:00Z'],
    ['respondBy', '2016-10-24T24:00:00Z'],
    ['respondBy', '2016-10-24T12:60:00Z'],
    ['respondBy', '2016-10-24T12:00:60Z'],
    ['respondBy', '2016-10-24T12:00:00.Z'],
    ['respondBy', '+002016-10-24T12:00:00Z'],
    ['respondBy', 1_477_310_400],
    ['attachments', {}],
    ['attachments', 'none'],
    ['body', []],
    ['body', 'text'],
  ])('%s %j', (name, value) => {
    const faults = faultsOf({ ...whole, [name]: value })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(new RegExp(`^/${name} `))
  })

  test.each(['fr-rys', 'gb-la-e10000016', 'fr-dep-2a', `gb-${'a'.repeat(61)}`])('%s is an agency’s id', (from) => {
    expect(parse({ ...whole, from }).from).toBe(from)
  })

  test.each([
    ['2016-02-29T23:59:59.999999Z', '2016-02-29T23:59:59.999Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2016-10-24T12:00:00.57Z', '2016-10-24T12:00:00.570Z'],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z'],
  ])('the time %s is the moment %s', (respondBy, moment) => {
    expect(parse({ ...whole, respondBy }).respondBy?.toISOString()).toBe(moment)
  })

  test('all faults are told at once', () => {
    const { caseId: _, ...rest } = whole
    const attachments = [{ ...attachment, size: 0, name: '../x' }, 'x']
    expect(faultsOf({ ...rest, id: 'x', priority: 'x', attachments, extra: 1 }).toSorted()).toEqual([
      ' additionalProperties',
      ' required',
      '/attachments/0/name pattern',
      '/attachments/0/size maximum',
      '/attachments/1 type',
      '/id pattern',
      '/priority enum',
    ])
  })

  test('each fault says in both languages what must be, and quotes nothing', () => {
    const marked = Object.fromEntries(Object.keys(whole).map((name) => [name, 'Amina']))
    const problem = refusalOf(() => parse({ ...marked, 'Amina is with her uncle': 1 }))
    expect(problem.errors).toHaveLength(Object.keys(whole).length + 1)
    for (const { message, messageFr } of problem.errors ?? []) {
      expect(message).toMatch(/^(must|has) /)
      expect(messageFr).toMatch(/^(doit|a) /)
    }
    expect(JSON.stringify(problem.errors) + problem.message + JSON.stringify(problem.detail)).not.toContain('Amina')
  })

  test.each(['__proto__', 'constructor', 'Id', ''])('the unknown member %j is refused', (name) => {
    const payload = JSON.stringify(whole).replace('{', `{${JSON.stringify(name)}:{},`)
    const problem = refusalOf(() => parseEnvelope(Buffer.from(payload), types))
    expect(problem.errors).toMatchObject([{ pointer: '', keyword: 'additionalProperties' }])
  })
})

describe('attachments', () => {
  const faultsOfOne = (change: object): string[] => faultsOf({ ...whole, attachments: [{ ...attachment, ...change }] })

  test.each([
    ['digest', attachment.digest.slice(8)],
    ['digest', attachment.digest.replace('sha-256', 'SHA-256')],
    ['digest', `${attachment.digest.slice(0, -1)}h`],
    ['mediaType', 'image/gif'],
    ['mediaType', 'text/plain; charset=utf-8'],
    ['size', 0],
    ['size', -1],
    ['size', 1.5],
    ['size', '1'],
    ['size', 25 * 1024 * 1024 + 1],
    ['name', ''],
    ['name', ' '],
    ['name', '.'],
    ['name', '..'],
    ['name', 'a/b.jpg'],
    ['name', String.raw`a\b.jpg`],
    ['name', 'a\0.jpg'],
    ['name', 'a\n.jpg'],
    ['name', 'gpj.\u202eexe'],
    ['name', 'a'.repeat(256)],
    ['description', ''],
    ['description', ' \n'],
    ['description', 'a'.repeat(501)],
    ['description', null],
  ])('%s %j', (name, value) => {
    const faults = faultsOfOne({ [name]: value })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(new RegExp(`^/attachments/0/${name} `))
  })

  test.each(Object.keys(attachment))('%s is required', (name) => {
    const { [name]: _, ...rest } = attachment as Record<string, unknown>
    expect(faultsOf({ ...whole, attachments: [rest] })).toEqual(['/attachments/0 required'])
  })

  test('an unknown member is refused', () => {
    expect(faultsOfOne({ url: 'https://example.org' })).toEqual(['/attachments/0 additionalProperties'])
  })

  test('lengths count characters, and the largest sizes are taken', () => {
    const change = { name: '😀'.repeat(255), description: 'é\n'.repeat(250), size: 25 * 1024 * 1024 }
    const { attachments } = parse({ ...whole, attachments: [{ ...attachment, ...change }] })
    expect(attachments).toEqual([{ ...attachment, ...change }])
  })

  test('two of the same digest are refused', () => {
    const attachments = [attachment, { ...attachment, name: 'other.jpg' }]
    expect(faultsOf({ ...whole, attachments })).toEqual(['/attachments/1/digest uniqueItems'])
  })

  test('two bad digests are not called the same', () => {
    const bad = { ...attachment, digest: 'x' }
    const faults = ['/attachments/0/digest pattern', '/attachments/1/digest pattern']
    expect(faultsOf({ ...whole, attachments: [bad, bad] })).toEqual(faults)
  })

  test('20 are taken, 21 are not', () => {
    const many = (count: number): object[] =>
      Array.from({ length: count }, (_, index) => ({
        ...attachment,
        digest: `sha-256:${Buffer.alloc(32, index).toString('base64url')}`,
      }))
    expect(parse({ ...whole, attachments: many(20) }).attachments).toHaveLength(20)
    expect(faultsOf({ ...whole, attachments: many(21) })).toEqual(['/attachments maxItems'])
  })
})

describe('payloads that are no envelope', () => {
  test.each(['[]', 'null', '"x"', '1', '[{}]'])('%s is not an object', (payload) => {
    expect(refusalOf(() => parseEnvelope(Buffer.from(payload), types)).errors).toMatchObject([
      { pointer: '', keyword: 'type' },
    ])
  })

  test('strict JSON comes first, and its detail says in both languages what is wrong', () => {
    const twice = JSON.stringify(whole).replace('{', String.raw`{"fro\u006d":"fr-rys",`)
    const problem = refusalOf(() => parseEnvelope(Buffer.from(twice), types))
    expect(problem.code).toBe('malformed-message')
    expect(problem.detail.en).toBe('The payload is refused: a member name occurs twice in one object.')
    expect(problem.detail.fr).toMatch(/deux fois/)
  })

  test('any JSON value in any member gives an envelope or a Problem', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(whole)), fc.jsonValue({ stringUnit: character }), (name, value) => {
        const text = JSON.stringify({ ...whole, [name]: value })
        fc.pre(text.isWellFormed() && !/\\ud[89a-f]/i.test(text))
        try {
          parse(JSON.parse(text))
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed-message' })
        }
      }),
      { seed: 1, numRuns: 200 },
    )
  })
})

describe('peeking at who wrote it', () => {
  const peek = (text: string): unknown => peekIdentity(Buffer.from(text))

  test('gives from and id, whatever else is wrong', () => {
    expect(peek(JSON.stringify({ from: whole.from, id: whole.id, extra: 1 }))).toEqual({
      from: whole.from,
      id: whole.id,
    })
  })

  test.each([
    '',
    '[]',
    'null',
    '{}',
    '{"from":"gb-ctac"}',
    JSON.stringify({ ...whole, id: 'x' }),
    '{"from":',
    '\ufeff{}',
  ])('gives nothing for %j', (text) => expect(peek(text)).toBeUndefined())
})
