import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findOpening, isOpen, openTimes } from '../../adapters/hours.ts'
import type { Hours } from '../../gateway/protocol/agency.ts'
import { runs } from '../support/runs.ts'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const
const everyDay = [...weekdays, 'sat', 'sun'] as const
const office: Hours = { timeZone: 'Europe/London', open: [{ days: weekdays, from: '09:00', to: '17:00' }] }
const daily = (timeZone: string, from: string, to: string): Hours => ({
  timeZone,
  open: [{ days: everyDay, from, to }],
})

const openAt = (hours: Hours, time: string) => isOpen(hours, new Date(time))
const opening = (hours: Hours, time: string) => findOpening(hours, new Date(time))?.toISOString().replace('.000Z', 'Z')

describe('an office week', () => {
  test('opens at the first minute and is closed at the last', () => {
    expect(openAt(office, '2016-11-07T08:59:59.999Z')).toBe(false)
    expect(openAt(office, '2016-11-07T09:00:00Z')).toBe(true)
    expect(openAt(office, '2016-11-07T16:59:59.999Z')).toBe(true)
    expect(openAt(office, '2016-11-07T17:00:00Z')).toBe(false)
  })

  test('opens next on the day after, or after the weekend', () => {
    expect(opening(office, '2016-11-07T12:00:00Z')).toBe('2016-11-07T12:00:00Z')
    expect(opening(office, '2016-11-07T17:00:00Z')).toBe('2016-11-08T09:00:00Z')
    expect(opening(office, '2016-11-07T03:00:00Z')).toBe('2016-11-07T09:00:00Z')
    expect(opening(office, '2016-11-11T18:00:00Z')).toBe('2016-11-14T09:00:00Z')
  })

  test('is read in the zone of the desk, summer and winter', () => {
    expect(openAt(office, '2017-06-05T08:00:00Z')).toBe(true) // 09:00 BST
    expect(openAt(office, '2017-06-05T16:00:00Z')).toBe(false)
    const arras = { ...office, timeZone: 'Europe/Paris' }
    expect(openAt(arras, '2016-11-07T08:00:00Z')).toBe(true)
    expect(opening(arras, '2017-03-24T20:00:00Z')).toBe('2017-03-27T07:00:00Z') // the clocks change in between
  })
})

describe('the edges of a day', () => {
  test('24:00 ends it', () => {
    const evening = daily('UTC', '17:00', '24:00')
    expect(openAt(evening, '2016-11-07T23:59:59Z')).toBe(true)
    expect(openAt(evening, '2016-11-08T00:00:00Z')).toBe(false)
  })

  test('a shift may pass midnight, into a day that is not named', () => {
    const night: Hours = { timeZone: 'Europe/London', open: [{ days: ['fri'], from: '17:00', to: '09:00' }] }
    expect(openAt(night, '2016-11-11T23:00:00Z')).toBe(true)
    expect(openAt(night, '2016-11-12T08:59:00Z')).toBe(true)
    expect(openAt(night, '2016-11-12T09:00:00Z')).toBe(false)
    expect(openAt(night, '2016-11-11T08:00:00Z')).toBe(false) // Friday morning belongs to Thursday's night
    expect(opening(night, '2016-11-12T09:00:00Z')).toBe('2016-11-18T17:00:00Z')
  })

  test('from a time to the same time is round the clock', () => {
    expect(openAt(daily('UTC', '08:00', '08:00'), '2016-11-07T07:59:00Z')).toBe(true)
    expect(openAt(daily('UTC', '00:00', '24:00'), '2016-11-07T00:00:00Z')).toBe(true)
  })
})

describe('the clocks go forward (London, 2017-03-26, 01:00 → 02:00)', () => {
  test('a shift that begins in the skipped hour begins when it is skipped', () => {
    const early = daily('Europe/London', '01:30', '06:00')
    expect(opening(early, '2017-03-26T00:30:00Z')).toBe('2017-03-26T01:00:00Z')
    expect(openAt(early, '2017-03-26T00:59:59Z')).toBe(false)
  })

  test('a shift that ends in it ends there', () => {
    const late = daily('Europe/London', '22:00', '01:30')
    expect(openAt(late, '2017-03-26T00:59:59Z')).toBe(true)
    expect(openAt(late, '2017-03-26T01:00:00Z')).toBe(false)
  })

  test('a shift that lies in it does not take place', () => {
    const short = daily('Europe/London', '01:10', '01:50')
    expect(opening(short, '2017-03-26T00:30:00Z')).toBe('2017-03-27T00:10:00Z')
  })

  test('09:00 stays 09:00', () => {
    expect(opening(daily('Europe/London', '09:00', '17:00'), '2017-03-25T18:00:00Z')).toBe('2017-03-26T08:00:00Z')
  })

  test('a midnight that is skipped (Beirut, 2017-03-26) ends and begins a day', () => {
    expect(openAt(daily('Asia/Beirut', '17:00', '24:00'), '2017-03-25T21:59:59Z')).toBe(true)
    expect(opening(daily('Asia/Beirut', '00:00', '06:00'), '2017-03-25T21:00:00Z')).toBe('2017-03-25T22:00:00Z')
  })
})

describe('the clocks go back (London, 2016-10-30, 02:00 → 01:00)', () => {
  test('a shift begins the first time its hour strikes and lasts an hour more', () => {
    const night = daily('Europe/London', '01:30', '06:00')
    expect(opening(night, '2016-10-29T23:00:00Z')).toBe('2016-10-30T00:30:00Z')
    expect(openAt(night, '2016-10-30T01:10:00Z')).toBe(true) // 01:10 again: still the same shift
    expect(openAt(night, '2016-10-30T06:00:00Z')).toBe(false)
  })

  test('a shift ends the second time its hour strikes', () => {
    const late = daily('Europe/London', '22:00', '01:30')
    expect(openAt(late, '2016-10-30T00:45:00Z')).toBe(true)
    expect(openAt(late, '2016-10-30T01:29:59Z')).toBe(true)
    expect(openAt(late, '2016-10-30T01:30:00Z')).toBe(false)
  })
})

test('the opening is searched over 8 days, and a desk that never opens has none', () => {
  expect(findOpening({ timeZone: 'Europe/London', open: [] }, new Date('2016-11-07T12:00:00Z'))).toBeUndefined()
  const noDays: Hours = { timeZone: 'Europe/London', open: [{ days: [], from: '09:00', to: '17:00' }] }
  expect(findOpening(noDays, new Date('2016-11-07T12:00:00Z'))).toBeUndefined()
  const mondays: Hours = { timeZone: 'Europe/London', open: [{ days: ['mon'], from: '09:00', to: '10:00' }] }
  expect(opening(mondays, '2016-11-07T10:00:00Z')).toBe('2016-11-14T09:00:00Z')
})

const times = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([hour, minute]) => {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
})
const rotas: fc.Arbitrary<Hours> = fc.record({
  timeZone: fc.constantFrom('Europe/London', 'Europe/Paris', 'America/St_Johns', 'Pacific/Apia', 'Australia/Lord_Howe'),
  open: fc.array(fc.record({ days: fc.uniqueArray(fc.constantFrom(...everyDay)), from: times, to: times }), {
    maxLength: 4,
  }),
})
const moments = fc.date({ min: new Date('2010-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })

test('at its opening a desk is open, and just before it was not', () => {
  fc.assert(
    fc.property(rotas, moments, (hours, from) => {
      const next = findOpening(hours, from)
      expect(next?.getTime() === from.getTime()).toBe(isOpen(hours, from))
      if (!next || next <= from) return
      expect(isOpen(hours, next)).toBe(true)
      expect(isOpen(hours, new Date(next.getTime() - 1))).toBe(false)
    }),
    { numRuns: runs(300) },
  )
})

test('between now and the opening a desk is never open', () => {
  fc.assert(
    fc.property(rotas, moments, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (hours, from, part) => {
      const next = findOpening(hours, from)
      if (!next || next <= from) return
      const between = new Date(from.getTime() + Math.floor((next.getTime() - from.getTime()) * part))
      expect(isOpen(hours, between)).toBe(false)
    }),
    { numRuns: runs(300) },
  )
})

describe('the times at which a desk is open', () => {
  const first = (hours: Hours, from: string, count: number) =>
    [...openTimes(hours, new Date(from)).take(count)].map(({ opens, closes }) =>
      [opens, closes].map((time) => new Date(time).toISOString().replace(':00.000Z', 'Z')).join(' '),
    )

  test('begin where somebody is there, and go on after the weekend', () => {
    expect(first(office, '2016-11-11T16:30:00Z', 2)).toEqual([
      '2016-11-11T16:30Z 2016-11-11T17:00Z',
      '2016-11-14T09:00Z 2016-11-14T17:00Z',
    ])
  })

  test('count what two shifts share once, and a night of the day before', () => {
    const shifts: Hours = {
      timeZone: 'UTC',
      open: [
        { days: everyDay, from: '12:00', to: '20:00' },
        { days: everyDay, from: '09:00', to: '17:00' },
        { days: ['sun'], from: '22:00', to: '06:00' },
      ],
    }
    expect(first(shifts, '2016-11-07T05:00:00Z', 3)).toEqual([
      '2016-11-07T05:00Z 2016-11-07T06:00Z',
      '2016-11-07T09:00Z 2016-11-07T17:00Z',
      '2016-11-07T17:00Z 2016-11-07T20:00Z',
    ])
  })

  test('are those at which it is open, in any zone and however its shifts overlap', () => {
    const time = fc.integer({ min: 0, max: 23 }).map((hour) => `${String(hour).padStart(2, '0')}:00`)
    const shift = fc.record({ days: fc.subarray([...everyDay], { minLength: 1 }), from: time, to: time })
    const zone = fc.constantFrom('UTC', 'Europe/London', 'Europe/Paris', 'America/St_Johns')
    const hours = fc.record({ timeZone: zone, open: fc.array(shift, { minLength: 1, maxLength: 4 }) })
    const start = Date.UTC(2017, 2, 20) // the clocks change in the next days
    fc.assert(
      fc.property(hours, fc.integer({ min: 0, max: 10 * 24 * 60 }), (some, minutes) => {
        const at = new Date(start + minutes * 60_000)
        let found = false
        for (const { opens, closes } of openTimes(some, new Date(start))) {
          if (opens > at.getTime()) break
          if (at.getTime() < closes) found = true
        }
        expect(found).toBe(isOpen(some, at))
      }),
      { numRuns: 150 },
    )
  })
})
