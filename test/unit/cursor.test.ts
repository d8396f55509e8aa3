import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatCursor, formatPage, parseCursor, parsePage } from '../../gateway/http/cursor.ts'
import { refusalOf } from '../support/refusals.ts'

test('an absent or empty cursor is the start', () => {
  for (const start of [undefined, '']) {
    expect(parseCursor(start)).toBeLessThan(0)
    expect(parsePage(start)).toBeUndefined()
  }
})

test('what the gateway gave it takes back', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 2 }), (leaf, priority) => {
      expect(parseCursor(formatCursor(leaf))).toBe(leaf)
      expect(parsePage(formatPage({ priority, leaf }))).toEqual({ priority, leaf })
    }),
  )
})

test.each(['-1', '01', '1.5', '1e3', ' 1', '1 ', '9999999999999999', '١', 'abc', '0x10', '1;drop table leaf'])(
  'a cursor that it never gave is refused: %s',
  (cursor) => {
    expect(refusalOf(() => parseCursor(cursor)).code).toBe('invalid-request')
  },
)

test.each(['1', '3.1', '1.', '.1', '1.-1', '1.1.1', '1.1 ', '1.9999999999999999', 'x.1'])(
  'so is a page: %s',
  (page) => {
    expect(refusalOf(() => parsePage(page)).code).toBe('invalid-request')
  },
)
