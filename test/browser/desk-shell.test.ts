import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askAxe, lookOver } from '../support/chromium.ts'
import {
  assertNothingPlain,
  type DeskBrowser,
  goTo,
  NOBODY,
  openDeskBrowser,
  PASSPHRASE,
  setUp,
  unlock,
} from '../support/desk.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'

/** The desk's frame and its lock, in a real browser with an agency's certificate. */

/** What the first screen may load. */
const LARGEST_BYTES = 300 * 1024
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

const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(`document.activeElement.id || document.activeElement.textContent.trim()`)
const text = (page: Page): Promise<string> => page.locator('body').innerText()

/** Whatever the page's policy has stopped, and whatever was asked of another host. */
function watch(context: BrowserContext): readonly string[] {
  const seen: string[] = []
  context.on('console', (line) => {
    if (/Content Security Policy|TrustedScript|TrustedHTML/.test(line.text())) seen.push(line.text())
  })
  context.on('weberror', (fault) => seen.push(String(fault.error())))
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol !== 'blob:' && url.origin !== desks.origin) seen.push(`asks ${url.href}`)
  })
  return seen
}

test('the first screen is small, comes from here alone, and breaks no rule of its policy', async () => {
  const { context, page } = await desks.open({ as: 'fr-rys', blank: true })
  const seen = watch(context)
  const sizes: Promise<number>[] = []
  const loaded: string[] = []
  page.on('response', (response) => {
    loaded.push(new URL(response.url()).pathname)
    sizes.push(
      response
        .request()
        .sizes()
        .then(({ responseBodySize }) => responseBodySize),
    )
  })
  await page.goto(`${desks.origin}/desk/`, { waitUntil: 'networkidle' })
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  expect(loaded.filter((path) => /\.(js|css)$/.test(path)).length).toBeGreaterThanOrEqual(2)
  expect(total).toBeGreaterThan(10 * 1024)
  expect(total).toBeLessThan(LARGEST_BYTES)
  // No text becomes a script, in whatever way.
  expect(await page.evaluate<string[]>(TRIED)).toEqual(['TypeError', 'TypeError', 'EvalError', 'TypeError'])
  expect(seen.filter((line) => line.startsWith('asks'))).toEqual([])
  await context.close()
})

/** What a script that has got in would try next; later, for what a debugger evaluates may make code. */
const TRIED = `new Promise((resolve) => setTimeout(() => {
  const tries = [
    () => { document.body.innerHTML = '<img src=x onerror=alert(1)>' },
    () => { document.createElement('script').src = '/desk/worker.js' },
    () => { new Function('return 1')() },
    () => { trustedTypes.createPolicy('other', { createScript: (text) => text }) },
  ]
  resolve(tries.map((attempt) => { try { attempt(); return 'done' } catch (error) { return error.name } }))
}))`

test.each([
  ['en-GB', 1280, 'light'],
  ['fr-FR', 320, 'dark'],
  ['en-GB', 320, 'dark'],
  ['fr-FR', 1280, 'light'],
] as const)(
  'in %s, %i pixels wide, %s: axe finds nothing on any screen, and nothing runs over the side',
  async (locale, width, colours) => {
    const { context, page } = await desks.open({ as: 'fr-rys', locale, width, colours, policy: false })
    const faults: string[] = []
    const look = async (where: string): Promise<void> => {
      expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2))
      expect(await page.title()).not.toContain('fr-rys')
      const seen = [...(await lookOver(page, width)), ...(await askAxe(page))]
      faults.push(...seen.map((fault) => `${where} ${fault}`))
    }
    await page.locator('#new').waitFor()
    await look('first')
    await page.locator('form button[type=submit]').click()
    await page.locator('#new-fault').waitFor()
    await look('first, refused')
    await setUp(page)
    for (const path of ['/', '/keys', '/device', '/nothing']) {
      await goTo(page, path)
      if (path === '/keys') await page.locator('main .govuk-button').first().click()
      if (path === '/keys') await page.locator('#certificate').waitFor()
      await look(path)
    }
    await page.locator('.desk-header__act').nth(1).click()
    await page.locator('#passphrase').waitFor()
    await page.locator('summary').click()
    await look('locked')
    expect(faults).toEqual([])
    await context.close()
  },
)

test('by keyboard alone a device is set up, looked through and locked; the focus goes where the eye has to', async () => {
  const { context, page } = await desks.open({ as: 'fr-rys', width: 320 })
  await page.locator('#new').waitFor()
  const { keyboard } = page
  const tabTo = async (name: string): Promise<void> => {
    for (let steps = 0; steps < 40; steps += 1) {
      await keyboard.press('Tab')
      if ((await focused(page)) === name) return
    }
    throw new Error(`${name} is not reached by Tab`)
  }
  await keyboard.press('Tab')
  expect(await focused(page)).toBe('Skip to main content')
  await keyboard.press('Enter')
  expect(await focused(page)).toBe('main')
  await tabTo('new')
  await keyboard.type(PASSPHRASE)
  await tabTo('again')
  await keyboard.type(PASSPHRASE)
  await keyboard.press('Enter')
  await page.locator('.desk-nav').waitFor()
  await until(async () => (await focused(page)) === 'Home')
  await page.evaluate(`document.querySelector('.desk-nav a').focus()`)
  await tabTo('Signing key')
  await keyboard.press('Enter')
  await page.locator('[data-path="#/keys"] h1').waitFor()
  await until(async () => (await focused(page)) === 'Signing key')
  expect(await page.title()).toBe('Signing key · Passerelle')
  await page.evaluate(`document.querySelector('.desk-header__name').focus()`)
  await tabTo('Lock')
  await keyboard.press('Enter')
  await page.locator('#passphrase').waitFor()
  await tabTo('passphrase')
  await keyboard.type(PASSPHRASE)
  await keyboard.press('Enter')
  await page.locator('.desk-nav').waitFor()
  await context.close()
})

test('the language changes in place, and what was typed stays; the next time it is the same', async () => {
  const { context, page } = await desks.open({ as: 'fr-rys' })
  await page.locator('#new').fill('half a pass')
  await page.getByRole('button', { name: 'Français' }).click()
  expect(await page.locator('h1').innerText()).toBe('Préparer cet appareil')
  expect(await page.locator('#new').inputValue()).toBe('half a pass')
  await page.reload()
  expect(await page.locator('h1').innerText()).toBe('Préparer cet appareil')
  await context.close()
})

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
    expect(await page.title()).not.toContain('fr-rys')
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

describe('what is wrong is said, with what to do', () => {
  test('no line the first time; then it is back', async () => {
    const { context, page } = await desks.open({ as: 'fr-rys' })
    await page.locator('#new').waitFor()
    await context.setOffline(true)
    await page.locator('#new').fill(PASSPHRASE)
    await page.locator('#again').fill(PASSPHRASE)
    await page.locator('form button[type=submit]').click()
    await page.getByRole('heading', { name: 'The gateway does not answer' }).waitFor()
    await context.setOffline(false)
    await page.getByRole('button', { name: 'Try again' }).click()
    await unlock(page)
    await context.close()
  })

  test('a browser that keeps nothing', async () => {
    const { context, page } = await desks.open({ as: 'fr-rys', blank: true })
    await page.addInitScript(`indexedDB.open = () => { throw new DOMException('private', 'SecurityError') }`)
    await page.goto(`${desks.origin}/desk/`)
    await page.getByRole('heading', { name: 'This browser keeps nothing' }).waitFor()
    await context.close()
  })

  test('a certificate that belongs to another agency, or to none any more: what is kept stays locked', async () => {
    const { context, page } = await desks.open({ as: 'fr-dep-14' })
    await setUp(page)
    await until(() => page.evaluate<boolean>('navigator.serviceWorker.controller !== null'))
    await gateway.changeRegistry((registry) => {
      for (const agency of registry.agencies) if (agency.id === 'fr-dep-14') agency.status = 'suspended'
    })
    await page.reload()
    await page.locator('#passphrase').fill(PASSPHRASE)
    await page.locator('form button[type=submit]').click()
    await page.getByRole('heading', { name: 'does not know your certificate' }).waitFor()
    expect(await text(page)).not.toContain('fr-dep-14')
    // Somebody else's certificate is pinned to the agency whose browser this is.
    await gateway.changeRegistry((registry) => {
      const [mine, other] = ['fr-dep-14', 'fr-dep-59'].map((id) => registry.agencies.find((one) => one.id === id))
      if (mine === undefined || other === undefined) throw new Error('no such agencies')
      ;[mine['certificates'], other['certificates']] = [other['certificates'], mine['certificates']]
    })
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.locator('#passphrase').fill(PASSPHRASE)
    await page.locator('form button[type=submit]').click()
    await page.getByRole('heading', { name: 'the desk of another agency' }).waitFor()
    await context.close()
  })

  test('without a certificate nothing is served at all', async () => {
    const { context, page } = await desks.open({ as: NOBODY })
    await expect(page.goto(`${desks.origin}/desk/`)).rejects.toThrow(/ERR_/)
    await context.close()
  })
})
