import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextAttempt } from '../../gateway/protocol/retry.ts'

const now = new Date('2017-01-06T18:00:00Z')
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
const waitMs = (attempt: number, random: number, retryAfterMs?: number) => {
  const failure = { attempt, now, deadline: inHours(72), random: () => random }
  const next = nextAttempt(retryAfterMs === undefined ? failure : { ...failure, retryAfterMs })
  return (next?.getTime() ?? Number.NaN) - now.getTime()
}

describe('back-off', () => {
  test('begins at 1 s and doubles to 15 min', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1000, 5000].map((attempt) => waitMs(attempt, 0.5) / 1000)
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900])
  })

  test('is spread by 20 % either way, never past 15 min', () => {
    expect(waitMs(1, 0)).toBe(800)
    expect(waitMs(1, 1)).toBe(1_200)
    expect(waitMs(11, 0)).toBe(720_000)
    expect(waitMs(11, 1)).toBe(900_000)
  })
})

describe('Retry-After', () => {
  test('counts where it is later than the back-off', () => {
    expect(waitMs(1, 0.5, 30_000)).toBe(30_000)
    expect(waitMs(6, 0.5, 30_000)).toBe(32_000)
    expect(waitMs(1, 0.5, 0)).toBe(1_000)
  })

  test('counts up to an hour', () => {
    expect(waitMs(1, 0.5, 3_600_000)).toBe(3_600_000)
    expect(waitMs(1, 0.5, 86_400_000)).toBe(3_600_000)
  })
})

describe('horizon', () => {
  const at = (deadline: Date, retryAfterMs = 0) =>
    nextAttempt({ attempt: 20, now, deadline, retryAfterMs, random: () => 0.5 })

  test('a last attempt is made at the deadline itself', () => {
    expect(at(inHours(0.1))).toEqual(inHours(0.1))
    expect(at(inHours(0.5), 3_600_000)).toEqual(inHours(0.5))
  })

  test('nothing follows it', () => {
    expect(at(now)).toBeUndefined()
    expect(at(inHours(-1))).toBeUndefined()
  })
})

const failures = fc.record({
  attempt: fc.integer({ min: 1, max: 100_000 }),
  now: fc.date({ min: new Date('2016-01-01'), max: new Date('2116-01-01'), noInvalidDate: true }),
  horizonMs: fc.integer({ min: -86_400_000, max: 259_200_000 }),
  retryAfterMs: fc.integer({ min: 0, max: 10 ** 12 }),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
})

test('every attempt lies after now, at or before the deadline, and inside the bounds', () => {
  fc.assert(
    fc.property(failures, ({ attempt, now, horizonMs, retryAfterMs, random }) => {
      const deadline = new Date(now.getTime() + horizonMs)
      const next = nextAttempt({ attempt, now, deadline, retryAfterMs, random: () => random })
      expect(next === undefined).toBe(horizonMs <= 0)
      if (!next) return
      const wait = next.getTime() - now.getTime()
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(Math.min(horizonMs, 3_600_000))
      expect(wait).toBeGreaterThanOrEqual(Math.min(horizonMs, Math.max(800, Math.min(retryAfterMs, 3_600_000))))
    }),
  )
})

test('a weekend of 62 h without an answer is inside the horizon of 72 h (scenario S7)', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      let state = seed >>> 0
      const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
      const deadline = inHours(72)
      const times: Date[] = []
      for (
        let next = nextAttempt({ attempt: 1, now, deadline, random });
        next;
        next = nextAttempt({ attempt: times.length + 1, now: next, deadline, random })
      ) {
        times.push(next)
      }
      const back = inHours(62).getTime()
      const heard = times.find((time) => time.getTime() >= back)
      expect((heard?.getTime() ?? Number.NaN) - back).toBeLessThanOrEqual(900_000)
      expect(times.at(-1)).toEqual(deadline)
      expect(times.length).toBeLessThan(400)
    }),
    { numRuns: 20 },
  )
})
