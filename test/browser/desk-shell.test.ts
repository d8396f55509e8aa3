import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertNothingPlain, type DeskBrowser, openDeskBrowser, unlock } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

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

test('a device is set up, brings its key, is locked and unlocked, and keeps nothing that can be read', async () => {
  const { page } = await desks.openReady({ as: 'fr-rys' })
  expect(await page.locator('main').innerText()).toContain('This device signs for your agency')
  await page.getByRole('button', { name: 'Lock', exact: true }).click()
  await page.locator('#passphrase').waitFor()
  expect(await page.locator('body').innerText()).not.toContain('fr-rys')
  await unlock(page)
  await assertNothingPlain(page, ['fr-rys', 'BEGIN CERTIFICATE'])
})
