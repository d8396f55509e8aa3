import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adjust } from '../../gateway/record/clock.ts'

const HOUR = 3_600_000

test('what is known stays as long as it may be right, and follows a clock that was set', () => {
  const first = adjust(undefined, { asked: 1_000, answered: 1_010, said: 500_005 })
  expect(first.ms).toBeCloseTo(499_000, -1)
  expect(adjust(first, { asked: 6_000, answered: 6_004, said: 505_002 }), 'no trembling').toBe(first)
  for (const by of [HOUR, -HOUR]) {
    const set = adjust(first, { asked: 11_000, answered: 11_004, said: 510_002 + by })
    expect(set.ms).toBeCloseTo(first.ms + by, -1)
  }
  expect(adjust(first, { asked: 11_000, answered: 16_000, said: 510_002 + HOUR }), 'said too slowly').toBe(first)
})

test('the clock is never further off than half of what the answer took', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 1_000, noNaN: true }),
      fc.double({ min: 0, max: 1_000, noNaN: true }),
      fc.double({ min: -1e13, max: 1e13, noNaN: true }),
      (asked, there, back, ahead) => {
        const said = Math.floor(asked + there + ahead)
        const { ms } = adjust(undefined, { asked, answered: asked + there + back, said })
        expect(Math.abs(ms - ahead)).toBeLessThanOrEqual((there + back) / 2 + 1.01)
      },
    ),
  )
})
