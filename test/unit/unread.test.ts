import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judge, lookAt, type Lying } from '../../gateway/delivery/unread.ts'
import type { Hours } from '../../gateway/protocol/agency.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const limits = { unreadAfterMs: { immediate: 15 * MINUTE, urgent: DAY, routine: 3 * DAY } }
/** A Friday. */
const consignedAt = new Date('2026-11-27T16:00:00Z')
const after = (ms: number): Date => new Date(consignedAt.getTime() + ms)
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const
const office: Hours = { timeZone: 'Europe/London', open: [{ days: weekdays, from: '09:00', to: '17:00' }] }
const urgent: Lying = { priority: 1, consignedAt, hours: undefined, held: [] }

const isExpired = (message: Lying, now: Date): boolean => judge(limits, message, now) === 'expired'

test('a message is first looked at when it can have lain for too long', () => {
  for (const [priority, limit] of [15 * MINUTE, DAY, 3 * DAY].entries())
    expect(lookAt(limits, { priority }, consignedAt)).toEqual({ at: consignedAt, unreadAt: after(limit) })
})

describe('what is looked at too early', () => {
  test('is looked at again when its time is over, and every hour until then: hours may change', () => {
    expect(judge(limits, urgent, after(DAY - 5 * MINUTE))).toEqual(after(DAY))
    expect(judge(limits, urgent, after(HOUR))).toEqual(after(2 * HOUR))
    expect(judge(limits, { ...urgent, hours: office }, after(DAY))).toEqual(after(DAY + HOUR))
  })

  test('where its agency is held now, not before as much as is left of it can have passed', () => {
    const held = [{ since: after(DAY - HOUR / 2), until: null }]
    expect(
      judge({ unreadAfterMs: { ...limits.unreadAfterMs, urgent: DAY } }, { ...urgent, held }, after(3 * DAY)),
    ).toEqual(after(3 * DAY + HOUR))
    const short = { unreadAfterMs: { ...limits.unreadAfterMs, urgent: 10 * MINUTE } }
    const soon = [{ since: after(8 * MINUTE), until: null }]
    expect(judge(short, { ...urgent, held: soon }, after(DAY))).toEqual(after(DAY + 2 * MINUTE))
    const none = [{ since: after(10 * MINUTE - 1), until: null }]
    expect(judge(short, { ...urgent, held: none }, after(DAY))).toEqual(after(DAY + MINUTE))
  })
})

describe('what does not count', () => {
  test('is the time in which the desk is closed', () => {
    const message = { ...urgent, hours: office }
    expect(isExpired(message, after(5 * DAY - 1))).toBe(false)
    expect(isExpired(message, after(5 * DAY))).toBe(true)
  })

  test('is the time in which deliveries were held, also where the desk was closed meanwhile', () => {
    const weekend = [{ since: after(HOUR), until: after(2.5 * DAY) }]
    expect(isExpired({ ...urgent, hours: office, held: weekend }, after(5 * DAY - 1))).toBe(false)
    expect(isExpired({ ...urgent, hours: office, held: weekend }, after(5 * DAY))).toBe(true)
    const twice = [
      { since: after(HOUR), until: after(3 * HOUR) },
      { since: after(2 * HOUR), until: after(4 * HOUR) },
    ]
    expect(isExpired({ ...urgent, held: twice }, after(DAY + 3 * HOUR - 1))).toBe(false)
    expect(isExpired({ ...urgent, held: twice }, after(DAY + 3 * HOUR))).toBe(true)
  })

  test('is nothing of what is immediate', () => {
    const held = [{ since: after(0), until: null }]
    expect(isExpired({ priority: 0, consignedAt: after(DAY), hours: office, held }, after(DAY + 15 * MINUTE))).toBe(
      true,
    )
    expect(judge(limits, { priority: 0, consignedAt, hours: office, held }, after(0))).toEqual(after(15 * MINUTE))
  })

  test('is nothing of what lay for too long before its agency was held', () => {
    expect(isExpired({ ...urgent, held: [{ since: after(DAY), until: null }] }, after(2 * DAY))).toBe(true)
    expect(isExpired({ ...urgent, held: [{ since: after(DAY - 1), until: null }] }, after(900 * DAY))).toBe(false)
  })
})

test('a desk that never opens counts as open; one that opens for a minute a week keeps nothing secret for more than a year', () => {
  expect(isExpired({ ...urgent, hours: { timeZone: 'UTC', open: [] } }, after(DAY))).toBe(true)
  const seldom: Hours = { timeZone: 'UTC', open: [{ days: ['mon'], from: '09:00', to: '09:01' }] }
  expect(isExpired({ ...urgent, hours: seldom }, after(365 * DAY))).toBe(false)
  expect(isExpired({ ...urgent, hours: seldom }, after(366 * DAY))).toBe(true)
})

test('it is over when as many minutes have counted as it may lie, one by one', () => {
  const time = fc.integer({ min: 0, max: 23 }).map((hour) => `${String(hour).padStart(2, '0')}:00`)
  const shift = fc.record({ days: fc.subarray([...weekdays], { minLength: 1 }), from: time, to: time })
  const stretch = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 60 }))
  const lying = fc.record({
    open: fc.array(shift, { minLength: 1, maxLength: 3 }),
    holds: fc.array(stretch, { maxLength: 4 }),
    hoursLater: fc.integer({ min: 0, max: 400 }),
  })
  fc.assert(
    fc.property(lying, ({ open, holds, hoursLater }) => {
      const hours: Hours = { timeZone: 'UTC', open }
      const held = holds
        .toSorted(([one], [other]) => one - other)
        .map(([since, length]) => ({ since: after(since * HOUR), until: after((since + length) * HOUR) }))
      // Everything begins and ends at full hours.
      let counted = 0
      for (let hour = 0; hour < hoursLater; hour++) {
        const at = after(hour * HOUR)
        const isHeld = held.some(({ since, until }) => since <= at && at < until)
        if (isOpenAt(hours, at) && !isHeld) counted += 1
      }
      expect(isExpired({ ...urgent, hours, held }, after(hoursLater * HOUR))).toBe(counted >= 24)
    }),
    { numRuns: 150 },
  )
})

/** A second reading: whether one of the shifts of today or yesterday holds this hour. */
function isOpenAt({ open }: Hours, at: Date): boolean {
  const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
  const hour = at.getUTCHours()
  return open.some(({ days, from, to }) => {
    const [start, end] = [Number(from.slice(0, 2)), Number(to.slice(0, 2))]
    const isOn = (day: number) => days.some((name) => name === names[(at.getUTCDay() + day) % 7])
    if (end > start) return isOn(0) && start <= hour && hour < end
    return (isOn(0) && start <= hour) || (isOn(6) && hour < end)
  })
}
