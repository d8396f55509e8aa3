import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertNothingPlain, type DeskBrowser, goTo, openDeskBrowser } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { openPerson, type Person, TEXT } from '../support/person.ts'

/** The pathway of the report's Figure 1, played by people at four desks: each a browser of its own, with its own certificate and signing key. */

const CENTRE = 'gb-ctac'
const OFFICE = 'gb-home-office'
const AUTHORITY = 'gb-la-e08000025'

let gateway: TestGateway
let desks: DeskBrowser

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_DESK: 'on' })
  desks = await openDeskBrowser(gateway)
})

afterAll(async () => {
  await desks?.[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

test('a child is referred, looked for, found, cared for, and told of', { timeout: 240_000 }, async () => {
  const sit = async (as: string, language: 'en' | 'fr', width: number): Promise<Person> => {
    const { page } = await desks.openReady({ as, locale: language === 'fr' ? 'fr-FR' : 'en-GB', width })
    return openPerson(page, language)
  }
  const charity = await sit('fr-rys', 'fr', 390)
  const centre = await sit(CENTRE, 'en', 1280)
  const office = await sit(OFFICE, 'en', 1280)
  const authority = await sit(AUTHORITY, 'fr', 1280)

  await goTo(charity.page, '/write')
  await charity.page.locator('#what-referral').check()
  await charity.page.locator('main form button[type=submit]').click()
  await charity.page.waitForURL(/#\/write\/(?!about)./)
  await charity.finish({ full: 'Semhar' })

  await centre.receive('referral')
  await centre.write('status-check-request', OFFICE)
  await office.receive('status-check-request')
  await office.reply('status-check-result')
  await centre.receive('status-check-result')
  await centre.write('assessment-referral', AUTHORITY)
  await authority.receive('assessment-referral')
  await authority.reply('safeguarding-confirmation')
  await centre.receive('safeguarding-confirmation')
  await centre.turnTo('referral')
  await centre.reply('outcome')
  await charity.receive('outcome')
  for (const { page } of [charity, centre, office, authority]) await assertNothingPlain(page, ['Semhar', TEXT])
  const logged = gateway.process.stdout() + gateway.process.stderr()
  expect(['Semhar', TEXT].filter((text) => logged.includes(text))).toEqual([])
})
