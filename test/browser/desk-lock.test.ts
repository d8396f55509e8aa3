import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  assertNothingPlain,
  type DeskBrowser,
  goTo,
  openDeskBrowser,
  PASSPHRASE,
  setUp,
  unlock,
} from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** What stands before everything: the lock of a device, and the cover after five minutes. */

const FIVE_MINUTES_MS = 5 * 60_000

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

const text = (page: Page): Promise<string> => page.locator('body').innerText()

describe('the lock', () => {
  test('by passphrase: short and simple ones are not taken; a wrong one opens nothing, and is slowed down, also after the page is loaded again', async () => {
    const { context, page } = await desks.open({ as: 'fr-rys', blank: true })
    await page.clock.install()
    await page.goto(`${desks.origin}/desk/`)
    for (const [one, other, told] of [
      ['short', 'short', 'Enter at least 12 characters'],
      ['aaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaa', 'harder to guess'],
      [PASSPHRASE, `${PASSPHRASE}!`, 'The two are not the same'],
    ] as const) {
      await page.locator('#new').fill(one)
      await page.locator('#again').fill(other)
      await page.locator('form button[type=submit]').click()
      await page.locator('.govuk-error-message', { hasText: told }).waitFor()
    }
    await setUp(page)
    await page.reload()
    const attempt = async (passphrase: string): Promise<string> => {
      await page.locator('#passphrase').fill(passphrase)
      await page.locator('form button[type=submit]').click()
      await page.locator('form button[type=submit]:not([disabled])').waitFor()
      return await page.locator('#passphrase-fault').innerText()
    }
    for (const _ of [1, 2, 3]) expect(await attempt('four words nobody knows')).toContain('not the passphrase')
    expect(await text(page)).not.toContain('fr-rys')
    await page.reload()
    expect(await attempt(PASSPHRASE)).toMatch(/Try again in \d+ seconds/)
    await page.clock.runFor(3_000)
    await unlock(page)
    await context.close()
  })

  test('by the device itself, where it recognises its person: the key comes of WebAuthn’s pseudo-random function', async () => {
    const { context, page } = await desks.open({ as: 'fr-rys', blank: true })
    const authenticator = await addAuthenticator(page, true)
    await page.goto(`${desks.origin}/desk/`)
    await page.getByRole('button', { name: 'Unlock as you unlock this device' }).click()
    await page.locator('.desk-nav').waitFor()
    await assertNothingPlain(page, ['fr-rys'])
    await page.reload()
    const unlockByDevice = () => page.getByRole('button', { name: 'Unlock with this device' }).click()
    await unlockByDevice()
    await page.locator('.desk-nav').waitFor()
    // It may be changed into a passphrase, once the device has opened it, and back.
    await goTo(page, '/device')
    await page.locator('#new').fill(PASSPHRASE)
    await page.locator('#again').fill(PASSPHRASE)
    await page.getByRole('button', { name: 'Choose a passphrase instead' }).click()
    await page.getByText('The lock was changed.').first().waitFor()
    await page.reload()
    await unlock(page)
    expect(await page.locator('.desk-header__agency').innerText()).toContain('fr-rys')
    await goTo(page, '/device')
    await page.locator('#old').fill(PASSPHRASE)
    await page.getByRole('button', { name: 'Unlock as you unlock this device' }).click()
    await page.getByText('The lock was changed.').first().waitFor()
    await page.reload()
    await authenticator.refuse()
    await unlockByDevice()
    await page.locator('.govuk-error-message', { hasText: 'did not recognise you' }).waitFor()
    expect(await page.locator('#passphrase').count()).toBe(0)
    await context.close()
  })

  test('a device without that function says so, and takes a passphrase', async () => {
    const { context, page } = await desks.open({ as: 'fr-rys', blank: true })
    await addAuthenticator(page, false)
    await page.goto(`${desks.origin}/desk/`)
    await page.getByRole('button', { name: 'Unlock as you unlock this device' }).click()
    await page.locator('.govuk-error-message', { hasText: 'Choose a passphrase' }).waitFor()
    await setUp(page)
    await context.close()
  })

  test('the passphrase is changed by who knows it: the old one opens nothing any more', async () => {
    const { context, page } = await desks.open({ as: 'fr-rys' })
    await setUp(page)
    await goTo(page, '/device')
    const change = async (old: string): Promise<void> => {
      await page.locator('#old').fill(old)
      await page.locator('#new').fill('another four words altogether')
      await page.locator('#again').fill('another four words altogether')
      await page.getByRole('button', { name: 'Change the passphrase' }).click()
    }
    await change('not the old one at all')
    await page.locator('#old-fault').waitFor()
    await change(PASSPHRASE)
    await page.getByText('The lock was changed.').first().waitFor()
    await page.reload()
    await page.locator('#passphrase').fill(PASSPHRASE)
    await page.locator('form button[type=submit]').click()
    await page.locator('#passphrase-fault').waitFor()
    await unlock(page, 'another four words altogether')
    await context.close()
  })
})

/** A device of its own kind: one that recognises its person, with WebAuthn's pseudo-random function or without. */
async function addAuthenticator(page: Page, hasPrf: boolean) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      hasPrf,
      automaticPresenceSimulation: true,
    },
  })
  return {
    /** From now on it does not know its person. */
    refuse: () => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false }),
  }
}

describe('the screen covers itself', () => {
  test('five minutes after the last input, and not before; afterwards nothing is shown, and the key is forgotten', async () => {
    const { context, page } = await desks.open({ as: 'fr-rys', blank: true })
    await page.clock.install()
    await page.goto(`${desks.origin}/desk/`)
    await setUp(page)
    await goTo(page, '/keys')
    await page.clock.runFor(FIVE_MINUTES_MS - 10_000)
    await page.keyboard.press('Shift')
    await page.clock.runFor(FIVE_MINUTES_MS - 10_000)
    expect(await page.locator('.desk-nav').count()).toBe(1)
    await page.clock.runFor(20_000)
    await page.locator('#passphrase').waitFor()
    expect(await text(page)).not.toContain('fr-rys')
    expect(await page.title()).toBe('This desk is locked · Passerelle')
    expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('This desk is locked')
    await unlock(page)
    // It goes on where it was.
    await page.locator('[data-path="#/keys"]').waitFor()
    await context.close()
  })

  test('in a tab that was hidden too, before it is shown again; and while it is hidden there is nothing to be seen of it', async () => {
    const { context, page } = await desks.open({ as: 'fr-rys', blank: true })
    await page.clock.install()
    await page.goto(`${desks.origin}/desk/`)
    await setUp(page)
    const turn = (state: string) =>
      page.evaluate(
        `Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${state}' });
         document.dispatchEvent(new Event('visibilitychange'))`,
      )
    await turn('hidden')
    expect(await page.locator('html.desk-away').count()).toBe(1)
    await turn('visible')
    expect(await page.locator('html.desk-away').count()).toBe(0)
    expect(await page.locator('.desk-nav').count()).toBe(1)
    await turn('hidden')
    // As a browser that lets hidden pages sleep: the time passes, and no timer is called.
    await page.clock.setSystemTime(new Date(Date.now() + FIVE_MINUTES_MS + 60_000))
    await turn('visible')
    await page.locator('#passphrase').waitFor()
    await context.close()
  })
})
