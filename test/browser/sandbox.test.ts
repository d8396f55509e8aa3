import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askAxe, CHROMIUM_OPTIONS } from '../support/chromium.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { type RunningProcess, startProcess } from '../support/process.ts'

/** The sandbox's page, in a real browser: both languages, a small screen, without any script. */

/** A small screen, and a large one at 400 % (WCAG 1.4.10). */
const NARROW = { width: 320, height: 640 }
const WIDE = { width: 1280, height: 800 }

let folder: TemporaryFolder
let sandbox: RunningProcess
let browser: Browser
let page: string

beforeAll(async () => {
  folder = await temporaryFolder()
  const ports = ['--port', '0', '--operations-port', '0', '--page-port', '0']
  sandbox = await startProcess(
    ['sandbox/main.ts', '--folder', folder.path, '--pace', '50', ...ports],
    {},
    {
      ready: /^sandbox ready .*$/m,
    },
  )
  page = / page (\S+)/.exec(sandbox.ready)?.[1] ?? ''
  browser = await chromium.launch(CHROMIUM_OPTIONS)
})

afterAll(async () => {
  await browser?.close()
  await sandbox?.stop()
  await folder?.remove()
})

/** @param audits whether axe is to run: it is a script, which the page's own policy does not let in */
const open = async (locale: string, audits = false): Promise<Page> =>
  await (await browser.newContext({ locale, viewport: WIDE, javaScriptEnabled: audits, bypassCSP: audits })).newPage()

describe.each([
  { locale: 'en-GB', language: 'en', title: 'Sandbox', refer: 'Refer', done: 'Done.' },
  { locale: 'fr-FR', language: 'fr', title: 'Bac à sable', refer: 'Saisir', done: 'C’est fait.' },
])('in $locale', ({ locale, language, title, refer, done }) => {
  test('it says that all is synthetic, axe finds nothing, and nothing has to be scrolled sideways', async () => {
    const view = await open(locale, true)
    await view.goto(page)
    expect(new URL(view.url()).pathname).toBe(`/${language}/`)
    expect(await view.locator('html').getAttribute('lang')).toBe(language)
    expect(await view.locator('h1').allTextContents()).toEqual([title])
    expect(await view.locator('header').innerText()).toContain('test')
    for (const size of [WIDE, NARROW]) {
      await view.setViewportSize(size)
      expect(await askAxe(view)).toEqual([])
      expect(await view.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    }
  })

  test('without a script a child is referred, and what becomes of it is seen', async () => {
    const view = await open(locale)
    const complaints: string[] = []
    view.on('console', (line) => complaints.push(line.text()))
    await view.goto(page)
    await view.locator('#name').fill('Layla')
    await view.getByRole('button', { name: refer, exact: true }).click()
    expect(await view.getByRole('alert').innerText()).toContain(done)
    await expect
      .poll(
        async () => {
          await view.goto(`${page}${language}/`)
          return view.locator('#exchanges ~ table').first().innerText()
        },
        { timeout: 20_000 },
      )
      .toMatch(/status-check-result[\s\S]*status-check-request[\s\S]*referral/)
    expect(complaints).toEqual([])
  })
})

test('a form of another site does nothing', async () => {
  const view = await open('en-GB')
  await view.route('http://elsewhere.example/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${page}en/reset"><button>win a prize</button></form>`,
    }),
  )
  await view.goto('http://elsewhere.example/')
  const answered = view.waitForResponse((response) => response.url().endsWith('/en/reset'))
  await view.getByRole('button').click()
  expect((await answered).status()).toBe(403)
})

test('what cannot be done is said, and a seat is taken and given back', async () => {
  const view = await open('en-GB')
  await view.goto(`${page}en/`)
  await view.locator('#name').fill('   ')
  await view.getByRole('button', { name: 'Refer', exact: true }).click()
  expect(await view.getByRole('alert').innerText()).toContain('Give a name')
  await view.locator('#agency-seat').selectOption('gb-ctac')
  await view.getByRole('button', { name: 'Take the seat' }).click()
  expect(await view.locator('#seat-gb-ctac').innerText()).toContain('gb-ctac')
  await view.locator('#agency-seat').selectOption('gb-ctac')
  await view.getByRole('button', { name: 'Give it back' }).click()
  expect(await view.locator('#seat-gb-ctac').count()).toBe(0)
})
