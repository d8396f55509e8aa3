import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** The operators' pages in a real browser, with an operator's certificate and without a script. */

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
/** How far the page is wider than the window. */
const OVER = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
const PAGES = ['/help']

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

async function open(locale: string, options: { operator?: string; width?: number } = {}): Promise<BrowserContext> {
  const { operator = 'duty', width = 1280 } = options
  const folder = join(gateway.pki.folder, 'operators', operator)
  const context = await chromium.launchPersistentContext(`${profile.path}/${contexts.length}`, {
    executablePath: CHROMIUM,
    args: FLAGS,
    headless: true,
    ignoreHTTPSErrors: true,
    locale,
    viewport: { width, height: 800 },
    clientCertificates: [
      {
        origin: new URL(gateway.operationsUrl).origin,
        certPath: join(folder, 'tls.crt'),
        keyPath: join(folder, 'tls.key'),
      },
    ],
    bypassCSP: true,
  })
  contexts.push(context)
  return context
}

test.each([
  ['en-GB', 1280],
  ['fr-FR', 1280],
  ['en-GB', 360],
  ['fr-FR', 360],
])('in %s, %i pixels wide, axe finds nothing and nothing runs over the side', async (locale, width) => {
  const context = await open(locale, { width })
  const page = await context.newPage()
  const faults: string[] = []
  for (const path of PAGES) {
    await page.goto(`${gateway.operationsUrl}${path}`)
    await page.evaluate(axe)
    const { violations } = await page.evaluate<{ violations: { id: string }[] }>('axe.run()')
    faults.push(...violations.map(({ id }) => `${path} ${id}`))
    const over = await page.evaluate<number>(OVER)
    if (over > 0) faults.push(`${path} runs ${over} px over`)
  }
  expect(faults).toEqual([])
})
