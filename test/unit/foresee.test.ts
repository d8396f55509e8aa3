import { expect, test } from 'vitest'
import { foresee, showDesks } from '../../gateway/delivery/foresee.ts'
import type { Agency, Desk } from '../../gateway/protocol/agency.ts'

const monday = new Date('2016-11-14T09:00:00Z')
const saturday = new Date('2016-11-12T23:40:00Z')
const desk = (id: string, more: Partial<Desk> = {}): Desk => ({
  id,
  name: { en: id, fr: id },
  delivery: { mode: 'mailbox' },
  ...more,
})
const day = desk('day', {
  hours: { timeZone: 'Europe/London', open: [{ days: ['mon', 'tue'], from: '09:00', to: '17:00' }] },
})
const agency = (desks: readonly Desk[], more: Partial<Agency> = {}): Agency => ({
  id: 'gb-la',
  name: { en: 'a', fr: 'a' },
  country: 'GB',
  kind: 'local-authority',
  roles: [],
  delivery: { mode: 'mailbox' },
  desks,
  status: 'active',
  ...more,
})
const message = { from: 'gb-ctac', to: 'gb-la', type: 'referral', priority: 'urgent' } as const
const never = (): number => {
  throw new Error('nobody asks for an age')
}

test('says where a message will go and from when on, and nothing where it goes to the agency itself at once', () => {
  expect(foresee(agency([day]), message, never, saturday)).toEqual({ desk: 'day', notBefore: monday })
  expect(foresee(agency([day]), message, never, monday)).toEqual({ desk: 'day' })
  expect(foresee(agency([]), message, never, monday)).toEqual({})
  expect(foresee(agency([desk('other', { handles: { types: ['outcome'] } })]), message, never, monday)).toEqual({})
})

test('the age is read where a desk asks for it, and only there', () => {
  const teens = desk('teens', { handles: { ages: { from: 12 } } })
  expect(foresee(agency([teens, day]), message, () => 15, saturday)).toEqual({ desk: 'teens' })
  expect(foresee(agency([teens, day]), message, () => undefined, saturday)).toEqual({ desk: 'day', notBefore: monday })
})

test('what fails says nothing: the message has been accepted', () => {
  const odd = agency([desk('odd', { hours: { timeZone: 'Nowhere/Else', open: day.hours?.open ?? [] } })])
  expect(foresee(odd, message, never, saturday)).toEqual({})
})

test('desks are shown in their order, with what they are called, when they are open, and whether they are now', () => {
  const { hours } = day
  const always = desk('always')
  const shut = desk('shut', { hours: { timeZone: 'UTC', open: [] } })
  const name = (id: string) => ({ id, name: { en: id, fr: id } })
  expect(showDesks(agency([day, always, shut]), saturday)).toEqual([
    { ...name('day'), hours, openNow: false, opensAt: monday },
    { ...name('always'), openNow: true },
    { ...name('shut'), hours: shut.hours, openNow: false },
  ])
})

test('a desk that was closed is shown open as soon as it is, and a clock that is set back is believed', () => {
  const one = agency([day])
  const at = (time: Date) => showDesks(one, time)[0]
  expect(at(saturday)).toMatchObject({ openNow: false, opensAt: monday })
  expect(at(new Date(monday.getTime() - 1))).toMatchObject({ openNow: false, opensAt: monday })
  expect(at(monday)).toEqual({ id: 'day', name: day.name, hours: day.hours, openNow: true })
  const tuesdayEvening = new Date('2016-11-08T18:00:00Z')
  expect(at(tuesdayEvening)).toMatchObject({ openNow: false, opensAt: monday })
  expect(at(new Date('2016-11-08T12:00:00Z'))).toMatchObject({ openNow: true })
})
