import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { chromium, type BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problems } from '../../gateway/protocol/problems.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** The pages that the `type` of a problem leads to, read as a person would: without a certificate, in either language. */

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const codes = Object.keys(problems)

let gateway: TestGateway
let profile: TemporaryFolder
let axe: string
const contexts: BrowserContext[] = []

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_ROLES: 'operations' })
  profile = await temporaryFolder()
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
})

afterAll(async () => {
  for (const context of contexts) await context.close()
  await profile.remove()
  await gateway[Symbol.asyncDispose]()
})

async function open(locale: string, bypassCSP = true): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(`${profile.path}/${contexts.length}`, {
    executablePath: CHROMIUM,
    args: FLAGS,
    headless: true,
    ignoreHTTPSErrors: true,
    locale,
    // The page's own policy allows no script at all, and axe is one.
    bypassCSP,
  })
  contexts.push(context)
  return context
}

test.each([
  { locale: 'en-GB', first: 'en', second: 'fr' },
  { locale: 'fr-FR', first: 'fr', second: 'en' },
] as const)(
  'in $locale: every page says what it means and what to do, and axe finds nothing',
  async ({ locale, first, second }) => {
    const context = await open(locale)
    const page = await context.newPage()
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
      await page.evaluate(axe)
      const found = await page.evaluate<string[]>(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
      )
      expect(found, code).toEqual([])
    }
    expect(codes.length).toBeGreaterThan(25)
  },
  120_000,
)

test('on a small screen and at 400 % nothing has to be scrolled sideways (WCAG 1.4.10)', async () => {
  const page = await (await open('en')).newPage()
  await page.setViewportSize({ width: 320, height: 640 })
  for (const code of codes) {
    await page.goto(`${gateway.operationsUrl}/problems/${code}`)
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
    expect(overflow, code).toBeLessThanOrEqual(0)
  }
}, 60_000)

test('the page’s policy lets in its own style, and nothing else', async () => {
  const page = await (await open('en', false)).newPage()
  const complaints: string[] = []
  page.on('console', (line) => complaints.push(line.text()))
  const response = await page.goto(`${gateway.operationsUrl}/problems/not-found`)
  const policy = (await response?.headerValue('content-security-policy')) ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  expect(complaints.filter((text) => text.includes('Content Security Policy'))).toEqual([])
  expect(await page.evaluate<string>('getComputedStyle(document.body).fontFamily')).toContain('sans-serif')
})
