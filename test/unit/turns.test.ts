import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTurns } from '../../gateway/base/turns.ts'
import { OverloadFault } from '../../gateway/base/batching.ts'

test('whoever brings many waits behind each one of the others', async () => {
  const take = createTurns(10)
  const done: string[] = []
  const bring = (whose: string): Promise<void> => take(whose, async () => void done.push(whose))
  await Promise.all(['a', 'a', 'a', 'a', 'b', 'b', 'c'].map(bring))
  expect(done.join('')).toBe('aabcaba')
})

test('one at a time, each done once, whoever brings how many', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 }), async (brought) => {
      const take = createTurns(30)
      let under = 0
      const done = brought.map((whose, at) =>
        take(whose, async () => {
          under += 1
          expect(under).toBe(1)
          await Promise.resolve()
          under -= 1
          return at
        }),
      )
      expect(await Promise.all(done)).toEqual(brought.map((_, at) => at))
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('what fails is its own, and the next has its turn', async () => {
  const take = createTurns(10)
  const failing = take('a', () => Promise.reject(new Error('so it is')))
  const next = take('a', async () => 'done')
  await expect(failing).rejects.toThrow('so it is')
  expect(await next).toBe('done')
})

test('of one at most so much waits, and nobody else is refused for it', async () => {
  const take = createTurns(2)
  const { promise, resolve } = Promise.withResolvers<void>()
  const taken = [take('a', () => promise), take('a', () => promise), take('a', () => promise)]
  await expect(take('a', () => promise)).rejects.toThrow(OverloadFault)
  const other = take('b', async () => 'b')
  resolve()
  expect(await other).toBe('b')
  await Promise.all(taken)
})

test('with several places so many are under way, and each of them takes the next by turns', async () => {
  const take = createTurns(10, 2)
  const gates = ['a', 'a', 'a', 'b'].map((whose) => ({ whose, ...Promise.withResolvers<void>() }))
  const begun: string[] = []
  const all = gates.map(({ whose, promise }) =>
    take(whose, () => {
      begun.push(whose)
      return promise
    }),
  )
  expect(begun).toEqual(['a', 'a'])
  gates[0]?.resolve()
  await all[0]
  await Promise.resolve()
  expect(begun, 'behind what was taken at once the other comes first').toHaveLength(3)
  for (const { resolve } of gates) resolve()
  await Promise.all(all)
  expect(begun).toHaveLength(4)
})
