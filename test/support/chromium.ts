import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { type TemporaryFolder, temporaryFolder } from './folder.ts'
import type { TestGateway } from './gateway.ts'

/** Debian's. */
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

export type Looking = {
  readonly locale: 'en-GB' | 'fr-FR'
  readonly width?: number
  /** Whose certificate the browser has: a folder of the development PKI, or `NOBODY`. */
  readonly as?: string
  /** Without it no page may run one. */
  readonly script?: boolean
}

/** Real browsers, each with a profile of its own, gone when it is disposed of. */
export type Browsers = AsyncDisposable & { open(looking: Looking): Promise<BrowserContext> }

export async function openBrowsers({
  pki,
  operationsUrl,
}: Pick<TestGateway, 'pki' | 'operationsUrl'>): Promise<Browsers> {
  const opened = new AsyncDisposableStack()
  const profiles: TemporaryFolder = opened.use(await temporaryFolder())
  let count = 0
  return {
    async open({ locale, width = 1280, as = 'operators/duty', script = true }) {
      const folder = join(pki.folder, as)
      const certificate = {
        origin: new URL(operationsUrl).origin,
        certPath: join(folder, 'tls.crt'),
        keyPath: join(folder, 'tls.key'),
      }
      count += 1
      const context = await chromium.launchPersistentContext(join(profiles.path, String(count)), {
        executablePath: CHROMIUM,
        args: FLAGS,
        headless: true,
        ignoreHTTPSErrors: true,
        locale,
        viewport: { width, height: 800 },
        clientCertificates: as === NOBODY ? [] : [certificate],
        javaScriptEnabled: script,
        // The pages' own policy allows no script at all, and axe is one.
        bypassCSP: script,
      })
      return opened.adopt(context, (one) => one.close())
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** A browser that has no certificate. */
export const NOBODY = 'nobody'
