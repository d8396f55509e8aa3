import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BrowserContext, Page } from 'playwright-core'
import { buildSite } from '../../scripts/docs/build.ts'
import { openSiteServer } from '../../scripts/docs/serve.ts'
import { askAxe, openBrowsers } from '../support/chromium.ts'
import { temporaryFolder } from '../support/folder.ts'

/** The documentation site in a real browser: every page, in both languages, by day and by night, on the smallest telephone. */

const stack = new AsyncDisposableStack()
const NARROWEST = 320
/** There are two hundred pages. */
const PATIENCE_MS = 300_000
let url: string
let paths: readonly string[]
let browsers: Awaited<ReturnType<typeof openBrowsers>>

beforeAll(async () => {
  const folder = stack.use(await temporaryFolder())
  const site = join(folder.path, 'site')
  await buildSite(site)
  const server = stack.use(await openSiteServer(site, 0))
  url = server.url
  paths = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'))
  browsers = stack.use(await openBrowsers({ pki: { folder: '' } as never, operationsUrl: url }))
})
afterAll(() => stack.disposeAsync())

/** Colours are those of the templates, and the costliest to judge; all else differs from page to page. */
const TEMPLATES = ['index', 'start-http', 'types/outcome', 'problems/not-found', 'protocol', 'glossary', 'search']
const BUT_COLOURS = { 'color-contrast': { enabled: false } }

test.each(['light', 'dark'] as const)(
  'every template passes axe in %s colours',
  async (colorScheme) => {
    await using pages = await opened({ locale: 'fr-FR' })
    const page = await pages.context.newPage()
    await page.emulateMedia({ colorScheme })
    for (const template of TEMPLATES) {
      await page.goto(`${url}fr/${template}.html`)
      expect(await askAxe(page), template).toEqual([])
    }
  },
  PATIENCE_MS,
)

test(
  'every page fits the narrowest telephone, and passes axe',
  async () => {
    await using pages = await opened({ locale: 'en-GB', width: NARROWEST })
    const faults: string[] = []
    const queue = [...paths]
    const look = async (page: Page): Promise<void> => {
      for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
        await page.goto(url + path)
        const over = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        if (over > 0) faults.push(`${path} runs ${over} px over`)
        faults.push(...(await askAxe(page, BUT_COLOURS)).map((fault) => `${path}: ${fault.slice(0, 200)}`))
      }
    }
    await Promise.all([1, 2].map(async () => await look(await pages.context.newPage())))
    expect(faults).toEqual([])
    expect(paths.length).toBeGreaterThan(180)
  },
  PATIENCE_MS,
)

test('its own policy lets the search run, and nothing is asked of anybody else', async () => {
  await using pages = await opened({ locale: 'fr-FR', policy: true })
  const page = await pages.context.newPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const faults: string[] = []
  page.on('pageerror', (fault) => faults.push(fault.message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  await page.goto(`${url}fr/index.html`)
  await page.fill('#site-search', 'recepisse signé')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.docs-found a')
  expect(await page.locator('.docs-found li').count()).toBeGreaterThan(3)
  await page.locator('.docs-found a').first().click()
  await page.waitForLoadState()
  expect(page.url()).toMatch(/\/fr\/.+\.html/)
  expect(faults).toEqual([])
  expect(asked.filter((address) => !address.startsWith(url))).toEqual([])
})

test('the language switch keeps the page, and without script everything is there to be read', async () => {
  await using pages = await opened({ locale: 'en-GB', script: false })
  const page = await pages.context.newPage()
  await page.goto(`${url}en/types/referral.html`)
  await page.click('.docs-header__language')
  expect(page.url()).toBe(`${url}fr/types/referral.html`)
  expect(await page.locator('html').getAttribute('lang')).toBe('fr')
  await page.goto(`${url}en/search.html`)
  expect(await page.locator('.docs-all a').count()).toBeGreaterThan(60)
})

async function opened(
  looking: Parameters<typeof browsers.open>[0],
): Promise<AsyncDisposable & { context: BrowserContext }> {
  const context = await browsers.open({ as: 'nobody', policy: false, ...looking })
  return { context, [Symbol.asyncDispose]: () => context.close() }
}
