import { describe, expect, test } from 'vitest'
import { eachBounded, makeBoard, within } from '../../demo/board.ts'

const never = new AbortController().signal

describe('a board', () => {
  test('gives what is posted, before or after it is asked for', async () => {
    const board = makeBoard<number>(1000, never)
    board.post('early', 1)
    const late = board.wait('late')
    board.post('late', 2)
    expect([await board.wait('early'), await late, await board.wait('early')]).toEqual([1, 2, 1])
  })

  test('never waits for ever', async () => {
    await expect(makeBoard<number>(5, never).wait('nothing')).rejects.toThrow('in vain for nothing')
  })

  test('stops waiting when all is over, with the reason', async () => {
    const stop = new AbortController()
    const waiting = makeBoard<number>(1000, stop.signal).wait('nothing')
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(within(Promise.resolve(1), 1000, stop.signal, 'x')).rejects.toThrow('enough')
  })
})

describe('bounded work', () => {
  test('does all, and never more at once than it may', async () => {
    let under = 0
    let most = 0
    const done: number[] = []
    await eachBounded([1, 2, 3, 4, 5, 6, 7], 3, async (thing) => {
      under += 1
      most = Math.max(most, under)
      await new Promise(setImmediate)
      under -= 1
      done.push(thing)
    })
    expect(done.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(most).toBe(3)
  })

  test('throws the first fault, when what is under way is over', async () => {
    const done: number[] = []
    const work = eachBounded([1, 2, 3, 4, 5, 6], 2, async (thing) => {
      if (thing === 2) throw new Error('two')
      await new Promise(setImmediate)
      done.push(thing)
    })
    await expect(work).rejects.toThrow('two')
    expect(done).toEqual([1])
  })
})
