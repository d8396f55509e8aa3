import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasAlready, readRange } from '../../gateway/http/range.ts'

const TAG = '"tag"'
const read = (range: string | undefined, size: number) => readRange({ range }, size, TAG)

test('a range that is given is never empty and never leaves what there is', () => {
  const place = fc.option(fc.nat(), { nil: undefined })
  fc.assert(
    fc.property(place, place, fc.integer({ min: 1, max: 2 ** 31 }), (from, to, size) => {
      const expected = () => {
        if (from === undefined) {
          if (to === undefined) return undefined
          return to === 0 ? 'unsatisfiable' : { first: Math.max(0, size - to), last: size - 1 }
        }
        if (to !== undefined && to < from) return undefined
        return from >= size ? 'unsatisfiable' : { first: from, last: Math.min(to ?? size, size - 1) }
      }
      expect(read(`bytes=${from ?? ''}-${to ?? ''}`, size)).toEqual(expected())
    }),
  )
})

test('whatever else stands there asks for nothing', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^bytes=[ \t]*\d*-\d*[ \t]*$/i.test(text))
      expect(read(text, 10)).toBeUndefined()
    }),
  )
  for (const odd of [undefined, '', 'bytes=0-1,3-4', 'bytes 0-1', 'bytes=0', 'bytes=+1-2'])
    expect(read(odd, 10)).toBeUndefined()
})

test('a number of however many digits is one', () => {
  for (const digits of [16, 30, 400]) {
    const huge = '9'.repeat(digits)
    expect(read(`bytes=${huge}-`, 10)).toBe('unsatisfiable')
    expect(read(`bytes=${huge}-${huge}`, 10)).toBe('unsatisfiable')
    expect(read(`bytes=1-${huge}`, 10)).toEqual({ first: 1, last: 9 })
    expect(read(`bytes=-${huge}`, 10)).toEqual({ first: 0, last: 9 })
  }
})

test('a tag that a client has already is found in a list, weak or strong, and any tag is meant by *', () => {
  for (const has of [TAG, `W/${TAG}`, `"x", ${TAG}`, `"a,b" ,W/"",${TAG}`, '*', ' * '])
    expect(hasAlready(has, TAG)).toBe(true)
  for (const other of [undefined, '', '"x"', 'tag', `"x${TAG}`, '"*"', '"TAG"'])
    expect(hasAlready(other, TAG)).toBe(false)
})

test('where the condition names another representation, all of it is asked for', () => {
  expect(readRange({ range: 'bytes=0-1', 'if-range': TAG }, 10, TAG)).toEqual({ first: 0, last: 1 })
  for (const condition of ['"other"', `W/${TAG}`, 'Sat, 28 Nov 2026 09:00:00 GMT', ''])
    expect(readRange({ range: 'bytes=0-1', 'if-range': condition }, 10, TAG)).toBeUndefined()
})
