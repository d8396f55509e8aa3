import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cases } from '../../sdk/conformance/cases.ts'
import { toHtml } from '../../sdk/conformance/report/html.ts'
import { reportOf } from '../../sdk/conformance/report/report.ts'
import { roles } from '../../sdk/conformance/roles.ts'
import type { State } from '../../sdk/conformance/run.ts'
import { askAxe, CHROMIUM, FLAGS, lookOver } from '../support/chromium.ts'

/** The report of a partner's conformance, as it is handed to procurement: read on any screen, and printed. */

let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true })
})
afterAll(() => browser.close())

/** Every case, in every state. */
const states: readonly State[] = ['passed', 'failed', 'not-tried']
const results = cases.map((one, at) => {
  const state = states[at % states.length] ?? 'passed'
  const seen = { en: `${'x'.repeat(120)} was seen`, fr: `${'x'.repeat(120)} a été constaté` }
  return { case: one, state, ms: at, ...(state !== 'passed' && { text: seen }) }
})
const report = reportOf(roles['children-services'], results, new Date('2026-01-02T03:04:05Z'), true)

test.each(['en', 'fr'] as const)('in %s axe finds nothing, on a desk and on a telephone', async (language) => {
  const page = await (await browser.newContext({ bypassCSP: true })).newPage()
  const complaints: string[] = []
  page.on('console', (line) => complaints.push(line.text()))
  page.on('request', (request) => complaints.push(request.url()))
  await page.setContent(toHtml(report, language))
  expect(await lookOver(page, 1280)).toEqual([])
  expect(await askAxe(page)).toEqual([])
  expect(complaints).toEqual([])
  await page.context().close()
})

test('it prints on A4, and no line runs over the paper’s edge', async () => {
  const page = await browser.newPage()
  await page.setContent(toHtml(report, 'fr'))
  await page.emulateMedia({ media: 'print' })
  // A4 less its margins, in CSS pixels.
  await page.setViewportSize({ width: Math.floor(((210 - 32) / 25.4) * 96), height: 1000 })
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0)
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  expect(pdf).toMatch(/\/MediaBox \[0 0 59[45](?:\.\d+)? 84[12](?:\.\d+)?\]/)
  await page.close()
})
