import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digestText, isAgencyId, isDigest, isThumbprint, isUuid, parseTime } from '../../gateway/protocol/forms.ts'

describe('a UUID', () => {
  test.each(['019aee00-0000-7000-8000-000000000001', '00000000-0000-0000-0000-000000000000'])('%s', (id) => {
    expect(isUuid(id)).toBe(true)
  })
  test.each([
    '019AEE00-0000-7000-8000-000000000001',
    '019aee00-0000-7000-8000-00000000000',
    '019aee00-0000-7000-8000-0000000000011',
    '{019aee00-0000-7000-8000-000000000001}',
    '019aee00-0000-7000-8000-000000000001\n',
    '019aee0000007000800000000000000001',
    '',
    7,
    null,
  ])('is not %j', (id) => {
    expect(isUuid(id)).toBe(false)
  })
})

describe('an agency’s id', () => {
  test.each(['fr-rys', 'gb-ctac', 'gb-la-e10000016', 'fr-dep-62', `gb-${'a'.repeat(61)}`])('%s', (id) => {
    expect(isAgencyId(id)).toBe(true)
  })
  test.each([
    'fr',
    'fr-',
    'de-x',
    'FR-rys',
    'fr--rys',
    'fr-rys-',
    'fr_rys',
    'fr-rÿs',
    'fr-rys\n',
    ' fr-rys',
    `gb-${'a'.repeat(62)}`,
    1,
  ])('is not %j', (id) => {
    expect(isAgencyId(id)).toBe(false)
  })
})

describe('a digest', () => {
  test('of any bytes has its form, and nothing else has it', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const digest = digestText(createHash('sha256').update(bytes).digest())
        expect(isDigest(digest)).toBe(true)
        expect(isThumbprint(digest.slice('sha-256:'.length))).toBe(true)
        expect(isDigest(`${digest}=`)).toBe(false)
      }),
    )
  })
  test('has its unused bits zero, so that one digest has one spelling', () => {
    const spellings = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('')
    const good = spellings.filter((last) => isThumbprint(`${'A'.repeat(42)}${last}`))
    expect(good).toHaveLength(16)
    for (const last of good) {
      const text = `${'A'.repeat(42)}${last}`
      expect(Buffer.from(text, 'base64url').toString('base64url')).toBe(text)
    }
  })
  test.each(['sha-512:', 'SHA-256:', 'sha256:', ''])('does not begin with «%s»', (prefix) => {
    expect(isDigest(`${prefix}${'A'.repeat(43)}`)).toBe(false)
  })
})

describe('a time', () => {
  test('of any moment is read back, to the millisecond', () => {
    const range = {
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    }
    fc.assert(
      fc.property(fc.date(range), (moment) => {
        expect(parseTime(moment.toISOString())).toEqual(moment)
      }),
    )
  })
  test.each([
    ['2016-10-24T09:30:00Z', '2016-10-24T09:30:00.000Z'],
    ['2016-10-24T09:30:00.5Z', '2016-10-24T09:30:00.500Z'],
    ['2016-10-24T09:30:00.123456789Z', '2016-10-24T09:30:00.123Z'],
    ['2016-02-29T00:00:00Z', '2016-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(parseTime(text)?.toISOString()).toBe(moment)
  })
  test.each([
    '2016-10-24',
    '2016-10-24T09:30Z',
    '2016-10-24T09:30:00',
    '2016-10-24T09:30:00+00:00',
    '2016-10-24t09:30:00z',
    '2016-10-24 09:30:00Z',
    '2016-02-30T00:00:00Z',
    '2017-02-29T00:00:00Z',
    '2016-13-01T00:00:00Z',
    '2016-00-01T00:00:00Z',
    '2016-01-00T00:00:00Z',
    '2016-01-01T24:00:00Z',
    '2016-01-01T12:60:00Z',
    '2016-01-01T12:00:60Z',
    '2016-01-01T12:00:00.Z',
    '2016-01-01T12:00:00Z\n',
    1477301400,
    null,
  ])('is not %j', (text) => {
    expect(parseTime(text)).toBeUndefined()
  })
})
