import { afterAll, beforeAll, expect, test } from 'vitest'
import { askAxe } from '../support/chromium.ts'
import { type DeskBrowser, goTo, openDeskBrowser, setUp } from '../support/desk.ts'
import { beginReferral } from '../support/desk-referral.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** Every kind of screen on which somebody writes, for everybody: axe, two languages, light and dark, the width of a small telephone. */

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

test.each([
  ['en-GB', 'light', 1280],
  ['fr-FR', 'dark', 320],
] as const)('every kind of screen is for everybody (%s, %s, %i px)', async (locale, colours, width) => {
  const { page } = await desks.open({ as: 'fr-rys', locale, colours, width, policy: false })
  await setUp(page)
  const faults: string[] = []
  const look = async (where: string): Promise<void> => {
    faults.push(...(await askAxe(page)).map((fault) => `${where}: ${fault}`))
    const over = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )
    if (over > 0)
      faults.push(
        `${where}: runs ${over} px over ${await page.evaluate<string>('[...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 80)).join()')}`,
      )
  }
  await goTo(page, '/write')
  await page.locator('#what-referral').waitFor()
  await look('start')
  const draft = await beginReferral(page)
  await page.locator('#q-reportsMade-add').click()
  await look('banner and list')
  for (const [step, place, act] of [
    [1, '#q-reason-text', undefined],
    [2, '#q-lastSeen-when-to', 'x'],
    [4, '#q-child-names-0-full', 'ሰምሃር'],
    [6, '#q-child-nationalities-add', undefined],
    [9, '#q-concerns-injury', undefined],
    [12, '#camera', undefined],
  ] as const) {
    await goTo(page, `/write/${draft}/${step}`)
    await page.locator(place).waitFor()
    if (act !== undefined) await page.locator(place).fill(act)
    else if (place.endsWith('add')) await page.locator(place).click()
    else if (step === 9) await page.locator(place).check()
    // Whatever is folded is looked at, too.
    await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`)
    await look(`question ${step}`)
  }
  await goTo(page, `/write/${draft}/2`)
  await page.locator('main form button[type=submit]').click()
  await page.locator('.govuk-error-summary').waitFor()
  await look('fault')
  await goTo(page, `/write/${draft}/check`)
  await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`)
  await look('check')
  expect(faults).toEqual([])
})
