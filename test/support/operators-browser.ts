import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'
import { temporaryFolder } from './folder.ts'
import type { TestGateway } from './gateway.ts'

/** Opens browsers as operators have them, each with a profile of its own; all are closed together. */
export type OperatorsBrowser = AsyncDisposable & {
  open(options?: BrowserOptions): Promise<BrowserContext>
}

export type BrowserOptions = {
  readonly operator?: 'duty' | 'manager'
  readonly locale?: 'en-GB' | 'fr-FR'
  readonly width?: number
  /** Whether pages may run scripts; axe is one, and the pages' own policy allows none. */
  readonly scripts?: boolean
}

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

export function openOperatorsBrowser({ pki, operationsUrl }: TestGateway): OperatorsBrowser {
  const opened = new AsyncDisposableStack()
  return {
    async open({ operator = 'duty', locale = 'en-GB', width = 1280, scripts = false } = {}) {
      const profile = opened.use(await temporaryFolder())
      const folder = join(pki.folder, 'operators', operator)
      const [certPath, keyPath] = [join(folder, 'tls.crt'), join(folder, 'tls.key')]
      const context = await chromium.launchPersistentContext(profile.path, {
        executablePath: CHROMIUM,
        args: FLAGS,
        headless: true,
        ignoreHTTPSErrors: true,
        locale,
        viewport: { width, height: 900 },
        clientCertificates: [{ origin: new URL(operationsUrl).origin, certPath, keyPath }],
        javaScriptEnabled: scripts,
        bypassCSP: scripts,
      })
      return opened.adopt(context, (one) => one.close())
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
