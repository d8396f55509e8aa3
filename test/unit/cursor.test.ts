import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openCursors, sinceRestore } from '../../gateway/http/cursor.ts'
import { refusalOf } from '../support/refusals.ts'

const key = Buffer.alloc(32, 7)
const cursorsOf = openCursors(key)
const lists = ['receipts', 'arrivals', 'page'] as const
const place = fc.record({ priority: fc.integer({ min: 0, max: 2 }), leaf: fc.maxSafeNat() })

test('an absent or empty cursor is the start', () => {
  for (const list of lists)
    for (const start of [undefined, '']) expect(cursorsOf('fr-rys').parse(list, start)).toBeUndefined()
})

test('what the gateway gave it takes back, in every process with its data key, and it is the same each time', () => {
  const elsewhere = openCursors(Buffer.from(key))
  fc.assert(
    fc.property(fc.constantFrom(...lists), place, (list, given) => {
      const cursor = cursorsOf('fr-rys').format(list, given)
      expect(cursor).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
      expect(cursorsOf('fr-rys').parse(list, cursor)).toEqual(given)
      expect(elsewhere('fr-rys').parse(list, cursor)).toEqual(given)
      expect(elsewhere('fr-rys').format(list, given)).toBe(cursor)
    }),
  )
})

test('another agency’s, another list’s, another gateway’s, and one that was changed are refused', () => {
  fc.assert(
    fc.property(place, fc.nat(21), (given, at) => {
      const cursor = cursorsOf('fr-rys').format('receipts', given)
      const other = cursor[at] === 'A' ? 'Q' : 'A'
      for (const parse of [
        () => cursorsOf('gb-ctac').parse('receipts', cursor),
        () => cursorsOf('fr-rys').parse('arrivals', cursor),
        () => cursorsOf('fr-rys').parse('page', cursor),
        () => openCursors(randomBytes(32))('fr-rys').parse('receipts', cursor),
        () => cursorsOf('fr-rys').parse('receipts', `${cursor.slice(0, at)}${other}${cursor.slice(at + 1)}`),
      ])
        expect(refusalOf(parse).code).toBe('invalid-request')
    }),
  )
})

test('neighbours have nothing in common: nobody counts what others wrote between two of them', () => {
  const format = (leaf: number) => cursorsOf('fr-rys').format('receipts', { priority: 0, leaf })
  const bits = (text: string) => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`)
  const all = Array.from({ length: 1_000 }, (_, leaf) => bits(format(leaf)))
  const distances = all.slice(1).map((one, at) => (one ^ (all[at] ?? 0n)).toString(2).replaceAll('0', ''))
  const mean = distances.reduce((sum, { length }) => sum + length, 0) / distances.length
  expect(mean, 'half of 128 bits differ').toBeGreaterThan(60)
  expect(mean).toBeLessThan(68)
  expect(new Set(all).size).toBe(1_000)
})

test.each([
  '0',
  '12',
  '-1',
  '1.5',
  '2.17',
  'abc',
  'A'.repeat(21),
  'A'.repeat(22),
  'A'.repeat(23),
  `${'A'.repeat(21)}=`,
])('a cursor that it never gave is refused, a plain number too: %s', (cursor) => {
  for (const list of lists)
    expect(refusalOf(() => cursorsOf('fr-rys').parse(list, cursor)).code).toBe('invalid-request')
})

test('no text, however made, is taken by chance', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64url')
      expect(refusalOf(() => cursorsOf('fr-rys').parse('receipts', text)).code).toBe('invalid-request')
    }),
  )
})

test('after a restore none from before is taken, nor one from before another', () => {
  const marks = ['', 'restored once', 'restored twice'].map((mark) => Buffer.from(mark))
  const all = marks.map((mark) => openCursors(sinceRestore(key, mark))('fr-rys'))
  for (const [at, cursors] of all.entries()) {
    const given = cursors.format('receipts', { priority: 0, leaf: 7 })
    for (const [other, { parse }] of all.entries())
      if (other === at) expect(parse('receipts', given)).toEqual({ priority: 0, leaf: 7 })
      else expect(refusalOf(() => parse('receipts', given)).code).toBe('invalid-request')
  }
  expect(sinceRestore(key, Buffer.alloc(0))).toBe(key)
})
