import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import pg from 'pg'
import { isOutage } from '../../gateway/record/database.ts'
import { createGroup } from '../../gateway/base/batching.ts'

/** A failure as PostgreSQL gives it. */
function databaseError(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('refused', 0, 'error')
  error.code = code
  return error
}

/** A writer whose batches end when they are let go. */
function makeWriter() {
  const batches: { items: readonly number[]; end: () => void }[] = []
  const write = async (items: readonly number[]) => {
    const ended = Promise.withResolvers<void>()
    batches.push({ items, end: ended.resolve })
    await ended.promise
    return items.map((item) => item * 10)
  }
  return { batches, write }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

describe('a group commit', () => {
  test('one alone waits for nobody', async () => {
    const group = createGroup(async (items: readonly number[]) => items, { largest: 10, atOnce: 1 })
    expect(await group.add(7)).toBe(7)
  })

  test('what one turn brings is written at once, and each gets its own result', async () => {
    const batches: number[] = []
    const group = createGroup(
      async (items: readonly number[]) => {
        batches.push(items.length)
        return items.map((item) => item * 10)
      },
      { largest: 100, atOnce: 1 },
    )
    expect(await Promise.all([1, 2, 3].map((item) => group.add(item)))).toEqual([10, 20, 30])
    expect(batches).toEqual([3])
  })

  test('while the writers are busy, what comes gathers, no batch larger than the largest, in order of arrival', async () => {
    const { batches, write } = makeWriter()
    const group = createGroup(write, { largest: 4, atOnce: 2 })
    const results: Promise<number>[] = []
    const add = (item: number) => results.push(group.add(item))
    add(1)
    await turn()
    add(2)
    await turn()
    for (const item of [3, 4, 5, 6, 7, 8]) add(item)
    await turn()
    expect(batches.map(({ items }) => items)).toEqual([[1], [2]])
    batches[0]?.end()
    await turn()
    expect(batches[2]?.items).toEqual([3, 4, 5, 6])
    for (const { end } of batches) end()
    await turn()
    expect(batches[3]?.items).toEqual([7, 8])
    batches[3]?.end()
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50, 60, 70, 80])
  })

  test('a flood of one fills no batch while others wait, and what presses goes first', async () => {
    const { batches, write } = makeWriter()
    const whose = (item: number): string => (item < 3_000 ? 'flood' : `agency ${item}`)
    const group = createGroup(write, { largest: 4, atOnce: 1, whose, presses: (item) => item === 3_002 })
    const results = [group.add(0)]
    await turn()
    for (let item = 1; item < 2_001; item++) results.push(group.add(item))
    for (const item of [3_000, 3_001, 3_002]) results.push(group.add(item))
    await expect(group.add(2_001), 'the one who has more than its share').rejects.toThrow('too much waits')
    batches[0]?.end()
    await turn()
    expect(batches[1]?.items).toEqual([3_002, 1, 3_000, 3_001])
    for (let at = 1; at < batches.length; at++) {
      batches[at]?.end()
      await turn()
    }
    expect(await Promise.all(results)).toHaveLength(2_004)
  })

  test('a bad item takes no other with it', async () => {
    const group = createGroup(
      async (items: readonly number[]) => {
        if (items.includes(2)) throw databaseError('23514')
        return items
      },
      { largest: 10, atOnce: 1 },
    )
    const settled = await Promise.allSettled([1, 2, 3].map((item) => group.add(item)))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test.each(['57P01', '53300', '08006'])(
    'where the database is out of reach (%s) nothing is tried one by one',
    async (code) => {
      let writes = 0
      const group = createGroup(
        async (_items: readonly number[]): Promise<readonly number[]> => {
          writes += 1
          throw databaseError(code)
        },
        { largest: 10, atOnce: 1, isOutage },
      )
      const settled = await Promise.allSettled([1, 2, 3].map((item) => group.add(item)))
      expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
      expect(writes).toBe(1)
    },
  )

  test('after a failure the next are written', async () => {
    let failing = true
    const group = createGroup(
      async (items: readonly number[]) => {
        if (failing) throw databaseError('57P01')
        return items
      },
      { largest: 10, atOnce: 1 },
    )
    await expect(group.add(1)).rejects.toThrow('refused')
    failing = false
    expect(await group.add(2)).toBe(2)
  })
})

describe('small batches of a stream', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())
  const gather = { enough: 3, forMs: 5 }

  test('what comes while others are written waits until so long after they began, or until there are enough', async () => {
    const { batches, write } = makeWriter()
    const group = createGroup(write, { largest: 10, atOnce: 1, gather })
    const results = [group.add(1)]
    await turn()
    results.push(group.add(2))
    vi.advanceTimersByTime(2)
    batches[0]?.end()
    await turn()
    expect(batches).toHaveLength(1)
    vi.advanceTimersByTime(2)
    await turn()
    expect(batches).toHaveLength(1)
    vi.advanceTimersByTime(1)
    await turn()
    expect(batches.map(({ items }) => items)).toEqual([[1], [2]])

    results.push(group.add(3), group.add(4))
    batches[1]?.end()
    await turn()
    expect(batches).toHaveLength(2)
    results.push(group.add(5))
    await turn()
    expect(batches[2]?.items).toEqual([3, 4, 5])
    batches[2]?.end()
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50])
  })

  test('one after the other, each waits for nobody', async () => {
    const { batches, write } = makeWriter()
    const group = createGroup(write, { largest: 10, atOnce: 2, gather })
    for (const item of [1, 2, 3]) {
      const result = group.add(item)
      await turn()
      batches.at(-1)?.end()
      expect(await result).toBe(item * 10)
    }
  })
})
