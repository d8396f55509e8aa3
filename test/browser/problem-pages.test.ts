import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problems } from '../../gateway/protocol/problems.ts'
import { askAxe, type Browsers, type Looking, NOBODY, openBrowsers } from '../support/chromium.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** The pages that the `type` of a problem leads to, read as a person would: without a certificate, in either language. */

/** A small screen, and a large one at 400 % (WCAG 1.4.10). */
const NARROW = { width: 320, height: 640 }
const WIDE = { width: 1280, height: 720 }

let gateway: TestGateway
let browsers: Browsers

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_ROLES: 'operations' })
  browsers = await openBrowsers(gateway)
})

afterAll(async () => {
  await browsers?.[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

const open = async (looking: Omit<Looking, 'as'>): Promise<Page> =>
  await (await browsers.open({ ...looking, as: NOBODY })).newPage()

test.each([
  { locale: 'en-GB', first: 'en', second: 'fr' },
  { locale: 'fr-FR', first: 'fr', second: 'en' },
] as const)(
  'in $locale: every page says what it means and what to do, axe finds nothing, and nothing has to be scrolled sideways',
  async ({ locale, first, second }) => {
    const page = await open({ locale })
    for (const [code, { title, meaning, remedy }] of Object.entries(problems)) {
      const response = await page.goto(`${gateway.operationsUrl}/problems/${code}`)
      expect(response?.status()).toBe(200)
      expect(await page.locator('html').getAttribute('lang')).toBe(first)
      expect(await page.title()).toContain(title[first])
      expect(await page.locator('h1').allTextContents()).toEqual([title[first]])
      const text = (await page.locator('main').innerText()).replaceAll(/\s+/g, ' ')
      for (const language of [first, second])
        for (const words of [title, meaning, remedy])
          expect(text).toContain(words[language].replaceAll('`', '').replaceAll(/\s+/g, ' '))
      expect(await askAxe(page), code).toEqual([])
      await page.setViewportSize(NARROW)
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
      expect(over, code).toBeLessThanOrEqual(0)
      await page.setViewportSize(WIDE)
    }
    expect(Object.keys(problems).length).toBeGreaterThan(25)
  },
  120_000,
)

test('the page’s policy lets in its own style, and nothing else', async () => {
  const page = await open({ locale: 'en-GB', script: false })
  const complaints: string[] = []
  page.on('console', (line) => complaints.push(line.text()))
  const response = await page.goto(`${gateway.operationsUrl}/problems/not-found`)
  const policy = (await response?.headerValue('content-security-policy')) ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  expect(complaints.filter((text) => text.includes('Content Security Policy'))).toEqual([])
  expect(await page.evaluate<string>('getComputedStyle(document.body).fontFamily')).toContain('sans-serif')
})
