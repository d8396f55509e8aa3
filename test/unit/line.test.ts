import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLine } from '../../gateway/base/line.ts'

test('one agency’s flood leaves every other a place in the next batch', () => {
  const line = createLine<string>()
  for (let at = 0; at < 500; at++) line.add('a', `a${at}`)
  line.add('b', 'b0')
  line.add('c', 'c0')
  line.add('b', 'b1')
  expect(line.take(6)).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2'])
  expect([line.size(), line.size('a'), line.size('b'), line.parties]).toEqual([497, 497, 0, 1])
})

test('what presses goes before the rest, by turns too', () => {
  const line = createLine<string>()
  line.add('a', 'patient')
  for (const item of ['a0', 'a1', 'a2']) line.add('a', item, true)
  line.add('b', 'b0', true)
  expect(line.take(9)).toEqual(['a0', 'b0', 'a1', 'a2', 'patient'])
})

const item = fc.record({ whose: fc.constantFrom('a', 'b', 'c'), presses: fc.boolean() })

test('nothing is lost or doubled, each one’s own stays in order, and who has less never waits for more than one round', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (items, most) => {
      const line = createLine<number>()
      items.forEach(({ whose, presses }, at) => line.add(whose, at, presses))
      const taken: number[] = []
      while (line.size() > 0) {
        const some = line.take(most)
        expect(some.length).toBeGreaterThan(0)
        expect(some.length).toBeLessThanOrEqual(most)
        taken.push(...some)
      }
      expect(taken.toSorted((a, b) => a - b)).toEqual(items.map((_, at) => at))
      expect(line.parties).toBe(0)
      const kinds = Map.groupBy(taken, (at) => JSON.stringify(items[at]))
      for (const own of kinds.values()) expect(own).toEqual(own.toSorted((a, b) => a - b))
      const firsts = items.map((one, at) => ({ ...one, at })).filter(({ presses }) => presses)
      expect(new Set(taken.slice(0, firsts.length))).toEqual(new Set(firsts.map(({ at }) => at)))
    }),
    { seed: 1 },
  )
})
