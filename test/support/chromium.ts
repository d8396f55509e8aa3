import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import type { TestGateway } from './gateway.ts'

/** Debian's. */
export const CHROMIUM = '/usr/bin/chromium'
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** How one is launched. */
export const CHROMIUM_OPTIONS = { executablePath: CHROMIUM, args: FLAGS, headless: true }

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** How far the page is wider than the window. */
const OVER = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
const WIDTHS = [1280, 360]

export type Looking = {
  readonly locale: 'en-GB' | 'fr-FR'
  readonly width?: number
  /** Whose certificate the browser has: a folder of the development PKI, or `NOBODY`. */
  readonly as?: string
  /** Without it no page may run one. */
  readonly script?: boolean
  /** Whether the pages' own policy holds, as for anybody; without it axe runs. */
  readonly policy?: boolean
}

/** One real browser; what is opened in it shares nothing, and is gone when it is disposed of. */
export type Browsers = AsyncDisposable & { open(looking: Looking): Promise<BrowserContext> }

export async function openBrowsers({
  pki,
  operationsUrl,
}: Pick<TestGateway, 'pki' | 'operationsUrl'>): Promise<Browsers> {
  const browser = await chromium.launch(CHROMIUM_OPTIONS)
  return {
    async open({ locale, width = 1280, as = 'operators/duty', script = true, policy = !script }) {
      const folder = join(pki.folder, as)
      const certificate = {
        origin: new URL(operationsUrl).origin,
        certPath: join(folder, 'tls.crt'),
        keyPath: join(folder, 'tls.key'),
      }
      return await browser.newContext({
        ignoreHTTPSErrors: true,
        locale,
        viewport: { width, height: 800 },
        clientCertificates: as === NOBODY ? [] : [certificate],
        javaScriptEnabled: script,
        // The pages' own policy allows one script of theirs, and axe is another.
        bypassCSP: !policy,
      })
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** A browser that has no certificate. */
export const NOBODY = 'nobody'

/** Every fault that axe finds on a page: its rule, and where. @param rules which of its rules do not count, as axe takes them */
export async function askAxe(page: Page, rules: object = {}): Promise<readonly string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    `axe.run({ resultTypes: ['violations'], rules: ${JSON.stringify(rules)} })`,
  )
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** How a page runs over the side of a large window or a small one, if it does; the window is `width` wide afterwards. */
export async function lookOver(page: Page, width: number): Promise<readonly string[]> {
  const faults: string[] = []
  for (const each of [...WIDTHS.filter((other) => other !== width), width]) {
    await page.setViewportSize({ width: each, height: 800 })
    const over = await page.evaluate<number>(OVER)
    if (over > 0) faults.push(`runs ${over} px over at ${each}`)
  }
  return faults
}
