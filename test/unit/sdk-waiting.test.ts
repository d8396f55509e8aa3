import { expect, test } from 'vitest'
import { waitingNotice } from '../../sdk/index.ts'

const hours = (timeZone: string) => ({ timeZone, open: [{ days: ['mon'], from: '09:00', to: '17:00' }] })
const desk = (timeZone: string) => ({
  id: 'front-door',
  name: { en: 'Front door', fr: 'Accueil' },
  hours: hours(timeZone),
  openNow: false,
})
const kent = { desks: [desk('Europe/London')], dutyTelephone: '+447700900003' }
const nord = { desks: [desk('Europe/Paris')] }
const saturday = new Date('2016-11-12T23:40:00Z')
const waits = (notBefore: string) => ({ desk: 'front-door', notBefore })
const urgent = { priority: 'urgent' } as const

test('says when the desk opens, whom to ring, and what else there is to do', () => {
  expect(waitingNotice(urgent, waits('2016-11-14T09:00:00Z'), kent, saturday)).toEqual({
    en: 'The desk opens on Monday at 9 (local time there): ring +447700900003, or send it as immediate.',
    fr: 'Le service ouvre lundi à 9\u00a0h (heure locale)\u00a0: appelez le +447700900003, ou envoyez-le comme message à traiter immédiatement.',
  })
})

test('in the time of the desk, with minutes where there are any, and without a telephone where there is none', () => {
  expect(waitingNotice(urgent, waits('2016-11-14T07:30:00Z'), nord, saturday)).toEqual({
    en: 'The desk opens on Monday at 8:30 (local time there): send it as immediate.',
    fr: 'Le service ouvre lundi à 8\u00a0h\u00a030 (heure locale)\u00a0: envoyez-le comme message à traiter immédiatement.',
  })
})

test('with the date where the name of the day may be today’s', () => {
  const notice = waitingNotice(urgent, waits('2016-11-19T00:00:00Z'), kent, saturday)
  expect(notice?.en).toContain('on Saturday 19 November at 0 ')
  expect(notice?.fr).toContain('ouvre samedi 19 novembre à 0\u00a0h ')
})

test('of an agency or a desk that it does not know it gives the time in UTC', () => {
  expect(waitingNotice(urgent, waits('2016-11-14T09:00:00Z'), undefined, saturday)?.en).toContain('at 9 (UTC)')
  expect(waitingNotice(urgent, waits('2016-11-14T09:00:00Z'), { desks: [] }, saturday)?.en).toContain('at 9 (UTC)')
})

test('says nothing where nothing waits, or waiting is what was asked for', () => {
  expect(waitingNotice(urgent, { desk: 'front-door' }, kent, saturday)).toBeUndefined()
  expect(waitingNotice(urgent, {}, kent, saturday)).toBeUndefined()
  const opens = waits('2016-11-14T09:00:00Z')
  expect(waitingNotice({ priority: 'routine' }, opens, kent, saturday)).toBeUndefined()
})
