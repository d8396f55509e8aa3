import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRecent } from '../../gateway/base/recent.ts'

test('the newest are remembered, no more than twice as many are, and each as it was last set', () => {
  const sets = fc.array(fc.tuple(fc.nat({ max: 30 }).map(String), fc.nat()), { maxLength: 200 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), sets, (least, all) => {
      const recent = createRecent<number>(least)
      for (const [key, value] of all) recent.set(key, value)
      const last = new Map(all)
      const newest = new Set(all.map(([key]) => key).toReversed())
      for (const key of [...newest].slice(0, least)) expect(recent.get(key)).toBe(last.get(key))
      const kept = [...newest].filter((key) => recent.get(key) !== undefined)
      for (const key of kept) expect(recent.get(key)).toBe(last.get(key))
      expect(kept.length).toBeLessThanOrEqual(2 * least)
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('what is deleted is gone, also where it was set before the last that were forgotten', () => {
  const recent = createRecent<number>(2)
  for (const [at, key] of ['a', 'b', 'c'].entries()) recent.set(key, at)
  recent.set('a', 7)
  recent.delete('a')
  expect(recent.get('a')).toBeUndefined()
  expect(recent.get('b')).toBe(1)
})
