import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askAxe, lookOver } from '../support/chromium.ts'
import { type DeskBrowser, goTo, NOBODY, openDeskBrowser, PASSPHRASE, setUp, unlock } from '../support/desk.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'

/** The desk's frame, in a real browser with an agency's certificate. */

/** What the first screen may load. */
const LARGEST_BYTES = 300 * 1024

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

test('a page of another site, open in the same browser, gets nothing from the gateway by its certificate', async () => {
  const { context, page } = await desks.open({ as: 'fr-rys' })
  const elsewhere = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>Elsewhere'))
  elsewhere.listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
  const statuses: string[] = []
  const other = await context.newPage()
  other.on('response', (response) => {
    const { origin, pathname } = new URL(response.url())
    if (origin === desks.origin) statuses.push(`${response.status()} ${response.request().method()} ${pathname}`)
  })
  const { port } = elsewhere.address() as AddressInfo
  await other.goto(`http://localhost:${port}/`)
  const told = await other.evaluate<string[]>(`(async () => {
    const tries = [
      ['/v1/inbox', { mode: 'no-cors' }],
      ['/v1/inbox', {}],
      ['/v1/messages', { method: 'POST', mode: 'no-cors', body: 'x' }],
      ['/v1/messages', { method: 'POST', headers: { 'content-type': 'application/jose' }, body: 'x' }],
      ['/desk/', { mode: 'no-cors' }],
    ]
    return await Promise.all(tries.map(([path, options]) =>
      fetch('${desks.origin}' + path, { credentials: 'include', ...options }).then(({ type }) => type, ({ name }) => name)))
  })()`)
  expect(told).toEqual(['opaque', 'TypeError', 'opaque', 'TypeError', 'opaque'])
  await other.evaluate(`(() => {
    const form = document.createElement('form')
    form.method = 'post'
    form.action = '${desks.origin}/v1/messages'
    form.enctype = 'text/plain'
    document.body.append(form)
    form.submit()
  })()`)
  await until(() => statuses.filter((line) => line.includes('POST /v1/messages')).length >= 2)
  expect(statuses.filter((line) => !/^4\d\d /.test(line))).toEqual([])
  // A link that somebody follows is no attack.
  await other.goto(`http://localhost:${port}/`)
  await other.evaluate(`location.href = '${desks.origin}/desk/'`)
  await other.locator('#new').waitFor()
  expect(page.isClosed()).toBe(false)
  elsewhere.close()
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
