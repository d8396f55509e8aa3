import { describe, expect, test } from 'vitest'
import type { Metadata } from '../../adapters/adapter.ts'
import { adapters, kindsWithout, readsAge } from '../../adapters/index.ts'
import { kinds as registered } from '../../gateway/identity/registry.ts'
import type { Agency, Delivery, Desk, Handles, Kind } from '../../gateway/protocol/agency.ts'

const mailbox: Delivery = { mode: 'mailbox' }
const push: Delivery = { mode: 'push', url: 'https://own.example.org/in', trustAnchors: 'pem', maxPerMinute: 30 }

function agency(kind: Kind, desks: readonly Desk[]): Agency {
  const name = { en: 'Somewhere', fr: 'Quelque part' }
  return { id: 'gb-x', name, country: 'GB', kind, roles: [], delivery: push, desks, status: 'active' }
}

function desk(id: string, handles?: Handles, hours?: Desk['hours']): Desk {
  return { id, name: { en: id, fr: id }, delivery: mailbox, ...(handles && { handles }), ...(hours && { hours }) }
}

const message: Metadata = { from: 'gb-ctac', to: 'gb-x', type: 'missing-notification', priority: 'urgent' }
const monday = new Date('2016-11-07T12:00:00Z')
/** Every adapter routes to desks alike, whatever else it does. */
const kinds = Object.keys(adapters) as Kind[]
/** Those whose desks' hours count. */
const HOURLY: readonly Kind[] = ['local-authority', 'police']

describe.each(kinds)('%s: desks', (kind) => {
  const route = (desks: readonly Desk[], extra: Partial<Metadata> = {}) =>
    adapters[kind](agency(kind, desks), { ...message, ...extra }, monday)

  test('without one, the agency itself takes the message', () => {
    expect(route([])).toEqual({ delivery: push })
  })

  test('the first that handles it takes it', () => {
    const desks = [desk('a', { types: ['referral'] }), desk('b', { types: ['missing-notification'] }), desk('c')]
    expect(route(desks)).toEqual({ desk: 'b', delivery: mailbox })
    expect(route(desks, { type: 'outcome' })).toEqual({ desk: 'c', delivery: mailbox })
  })

  test('where none handles it, the agency itself takes it', () => {
    expect(route([desk('a', { types: ['referral'] })])).toEqual({ delivery: push })
    expect(route([desk('a', { types: [] })])).toEqual({ delivery: push })
  })

  test('by priority', () => {
    const desks = [desk('now', { priorities: ['immediate'] }), desk('later', { priorities: ['urgent', 'routine'] })]
    expect(route(desks, { priority: 'immediate' }).desk).toBe('now')
    expect(route(desks, { priority: 'routine' }).desk).toBe('later')
  })

  test('by age, both ends included', () => {
    const desks = [
      desk('small', { ages: { to: 11 } }),
      desk('teens', { ages: { from: 12, to: 17 } }),
      desk('adults', { ages: { from: 18 } }),
    ]
    const at = (ageYears: number) => route(desks, { ageYears }).desk
    expect([0, 11, 12, 17, 18, 25].map(at)).toEqual(['small', 'small', 'teens', 'teens', 'adults', 'adults'])
  })

  test('a child whose age is not known goes to no desk for certain ages', () => {
    expect(route([desk('any', { ages: {} }), desk('all')]).desk).toBe('all')
    expect(route([desk('teens', { ages: { from: 12 } })])).toEqual({ delivery: push })
  })

  test('all conditions of a desk must hold', () => {
    const desks = [desk('a', { types: ['missing-notification'], priorities: ['urgent'], ages: { from: 16 } })]
    expect(route(desks, { ageYears: 16 }).desk).toBe('a')
    expect(route(desks, { ageYears: 15 }).desk).toBeUndefined()
    expect(route(desks, { ageYears: 16, priority: 'routine' }).desk).toBeUndefined()
  })

  test("a desk's delivery comes with it, limit and all", () => {
    const limited: Desk = { ...desk('a'), delivery: { ...mailbox, maxPerMinute: 5 } }
    expect(route([limited]).delivery).toEqual({ mode: 'mailbox', maxPerMinute: 5 })
  })
})

const day = desk('day', undefined, {
  timeZone: 'Europe/London',
  open: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
})
const emergency = desk(
  'emergency',
  { priorities: ['immediate'] },
  {
    timeZone: 'Europe/London',
    open: [
      { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '17:00', to: '09:00' },
      { days: ['sat', 'sun'], from: '00:00', to: '24:00' },
    ],
  },
)
const saturdayNight = new Date('2016-11-12T23:40:00Z')

describe.each(HOURLY)('%s: hours (scenario S5)', (kind) => {
  const route = (desks: readonly Desk[], priority: Metadata['priority'], now = saturdayNight) =>
    adapters[kind](agency(kind, desks), { ...message, priority }, now)

  test('inside them the desk takes everything', () => {
    for (const priority of ['immediate', 'urgent', 'routine'] as const) {
      expect(route([day, emergency], priority, monday)).toEqual({ desk: 'day', delivery: mailbox })
    }
  })

  test('outside them immediate goes to the emergency duty desk at once', () => {
    expect(route([day, emergency], 'immediate')).toEqual({ desk: 'emergency', delivery: mailbox })
  })

  test('outside them urgent and routine wait for Monday', () => {
    const waiting = { desk: 'day', delivery: mailbox, notBefore: new Date('2016-11-14T09:00:00Z') }
    expect(route([day, emergency], 'urgent')).toEqual(waiting)
    expect(route([day, emergency], 'routine')).toEqual(waiting)
  })

  test('immediate goes to whichever desk is open, even one that handles other things', () => {
    const night = desk('night', { types: ['outcome'] })
    expect(route([day, night], 'immediate').desk).toBe('night')
  })

  test('immediate goes to the agency at once where no desk is open', () => {
    expect(route([day], 'immediate')).toEqual({ delivery: push })
  })

  test('a desk without hours is always open', () => {
    expect(route([desk('always')], 'routine')).toEqual({ desk: 'always', delivery: mailbox })
  })

  test('a desk that never opens keeps nothing waiting', () => {
    const never = desk('never', undefined, { timeZone: 'Europe/London', open: [] })
    expect(route([never], 'routine')).toEqual({ delivery: push })
    expect(route([never, desk('always', { types: ['outcome'] })], 'immediate').desk).toBe('always')
  })

  test('what no desk handles does not wait for hours', () => {
    expect(route([{ ...day, handles: { types: ['outcome'] } }], 'routine')).toEqual({ delivery: push })
  })
})

describe.each(HOURLY)('%s: urgent is promised for the same day', (kind) => {
  const route = (desks: readonly Desk[], now: Date, extra: Partial<Metadata> = {}) =>
    adapters[kind](agency(kind, desks), { ...message, ...extra }, now)
  const duty = (id: string, handles: Handles) => ({ ...emergency, id, handles })
  const urgent = duty('urgent', { priorities: ['immediate', 'urgent'] })
  const friday18 = new Date('2016-11-11T18:00:00Z')
  const monday = new Date('2016-11-14T09:00:00Z')

  test('to an open desk that says that it takes it, where its own opens no more today', () => {
    expect(route([day, urgent], saturdayNight)).toEqual({ desk: 'urgent', delivery: mailbox })
    expect(route([day, urgent], friday18)).toEqual({ desk: 'urgent', delivery: mailbox })
  })

  test('routine never does', () => {
    expect(route([day, urgent], saturdayNight, { priority: 'routine' })).toMatchObject({
      desk: 'day',
      notBefore: monday,
    })
  })

  test('it waits for a desk that opens later on the same day', () => {
    const early = new Date('2016-11-14T05:00:00Z')
    expect(route([day, urgent], early)).toEqual({ desk: 'day', delivery: mailbox, notBefore: monday })
  })

  test('the day is that of the desk, whatever it is in Greenwich', () => {
    const auckland = {
      ...day,
      hours: { timeZone: 'Pacific/Auckland', open: [{ days: ['tue' as const], from: '09:00', to: '17:00' }] },
    }
    // Monday 12:30 in Greenwich is Tuesday 01:30 there, and 10:30 is still Monday.
    const opens = new Date('2016-11-14T20:00:00Z')
    expect(route([auckland, desk('urgent', { priorities: ['urgent'] })], new Date('2016-11-14T12:30:00Z'))).toEqual({
      desk: 'day',
      delivery: mailbox,
      notBefore: opens,
    })
    expect(
      route([{ ...auckland, handles: { types: [message.type] } }, urgent], new Date('2016-11-14T10:30:00Z')),
    ).toEqual({
      desk: 'day',
      delivery: mailbox,
      notBefore: opens,
    })
  })

  test('a desk that names no priority, another one, other types or other ages does not take it', () => {
    const waiting = { desk: 'day', delivery: mailbox, notBefore: monday }
    for (const handles of [
      { types: [message.type] },
      { priorities: ['immediate' as const] },
      { priorities: ['urgent' as const], types: ['outcome'] },
      { priorities: ['urgent' as const], ages: { from: 16 } },
    ])
      expect(route([day, duty('other', handles)], saturdayNight, { ageYears: 12 })).toEqual(waiting)
  })

  test('a desk that takes it and is closed too does not', () => {
    const closed = { ...urgent, hours: day.hours as NonNullable<Desk['hours']> }
    expect(route([day, closed], saturdayNight)).toMatchObject({ desk: 'day', notBefore: monday })
  })

  test('where its own desk never opens, it goes to one that takes it, else to the agency', () => {
    const never = desk('never', undefined, { timeZone: 'Europe/London', open: [] })
    expect(route([never, urgent], saturdayNight).desk).toBe('urgent')
    expect(route([never, emergency], saturdayNight)).toEqual({ delivery: push })
  })
})

test('no kind but those of HOURLY keeps hours', () => {
  const waits = kinds.filter((kind) => adapters[kind](agency(kind, [day]), message, saturdayNight).notBefore)
  expect(waits.toSorted()).toEqual(HOURLY.toSorted())
})

test('the age is read only where a desk asks for it', () => {
  expect(readsAge(agency('local-authority', [day, desk('teens', { ages: { from: 12 } })]))).toBe(true)
  expect(readsAge(agency('local-authority', [day, desk('all', { types: ['referral'] })]))).toBe(false)
  expect(readsAge(agency('ngo', []))).toBe(false)
})

test('a registry file may name each kind that has an adapter, and no other; one without is found, also one that objects have anyway', () => {
  expect(kinds.toSorted(), 'adapters/index.ts, and schemas/agencies.schema.json').toEqual(registered.toSorted())
  expect(kindsWithout(adapters, [...registered, 'no-such-kind', 'toString'])).toEqual(['no-such-kind', 'toString'])
})
