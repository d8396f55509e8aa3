import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { parseCertificates } from '../../gateway/identity/identity.ts'
import { makePkcs12 } from '../../sdk/cli/pkcs12.ts'
import { CHROMIUM, FLAGS } from './chromium.ts'
import type { TestGateway } from './gateway.ts'

/** Whose desk, and how it is looked at. */
export type DeskLook = {
  /** An agency's id, whose certificate the browser shows; `NOBODY` shows none. */
  readonly as: string
  readonly locale?: 'en-GB' | 'fr-FR'
  readonly width?: number
  /** Whether the page's own policy holds, as for anybody; without it axe runs. */
  readonly policy?: boolean
  readonly colours?: 'light' | 'dark'
  /** With nothing loaded yet. */
  readonly blank?: boolean
}
/** Who shows no certificate. */
export const NOBODY = 'nobody'
export const PASSPHRASE = 'four words nobody guesses'
/** Of the PKCS#12 files that `pkcs12Of` makes. */
export const FILE_PASSWORD = 'of the file alone'

/** One real browser, in which each desk that is opened is a device of its own. */
export type DeskBrowser = AsyncDisposable & {
  /** Where the desks are: a name, for WebAuthn knows no addresses. */
  readonly origin: string
  /** A device on which nothing has been done yet, at the desk's first page. */
  open(look: DeskLook): Promise<{ readonly context: BrowserContext; readonly page: Page }>
  /** The same, set up with a passphrase and the agency's signing key, at home. */
  openReady(look: DeskLook): Promise<{ readonly context: BrowserContext; readonly page: Page }>
}

/** Opens a browser beside a gateway that was started with `PASSERELLE_DESK=on`. */
export async function openDeskBrowser(gateway: TestGateway): Promise<DeskBrowser> {
  // A service worker is not registered behind a certificate that the browser does not know.
  const args = [...FLAGS, '--ignore-certificate-errors']
  const browser = await chromium.launch({ executablePath: CHROMIUM, args, headless: true })
  const origin = `https://localhost:${new URL(gateway.url).port}`
  const open = async ({
    as,
    locale = 'en-GB',
    width = 1280,
    policy = true,
    colours = 'light',
    blank = false,
  }: DeskLook) => {
    const folder = join(gateway.pki.folder, 'agencies', as)
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      locale,
      viewport: { width, height: 800 },
      bypassCSP: !policy,
      colorScheme: colours,
      clientCertificates:
        as === NOBODY ? [] : [{ origin, certPath: join(folder, 'tls.crt'), keyPath: join(folder, 'tls.key') }],
    })
    const page = await context.newPage()
    if (as !== NOBODY && !blank) await page.goto(`${origin}/desk/`)
    return { context, page }
  }
  return {
    origin,
    open,
    async openReady(look) {
      const opened = await open(look)
      await setUp(opened.page)
      await bringKey(opened.page, await pkcs12Of(gateway, look.as))
      await goTo(opened.page, '/')
      return opened
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** Makes the lock of a device on which nothing has been done yet. */
export async function setUp(page: Page, passphrase = PASSPHRASE): Promise<void> {
  await page.locator('#new').fill(passphrase)
  await page.locator('#again').fill(passphrase)
  await page.locator('form button[type=submit]').click()
  await page.locator('.desk-nav').waitFor()
}

/** Opens a desk that is locked. */
export async function unlock(page: Page, passphrase = PASSPHRASE): Promise<void> {
  await page.locator('#passphrase').fill(passphrase)
  await page.locator('form button[type=submit]').click()
  await page.locator('.desk-nav').waitFor()
}

/** Goes to a screen of a desk that is open, by its path, and waits until it is shown. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`location.hash = '#${path}'`)
  await page.locator(`[data-path="#${path}"] h1`).waitFor()
}

/** Brings a signing key into a desk that is open. */
export async function bringKey(page: Page, file: Buffer, password = FILE_PASSWORD): Promise<void> {
  await goTo(page, '/keys')
  await page.locator('#key-file').setInputFiles({ name: 'signing.p12', mimeType: 'application/x-pkcs12', buffer: file })
  await page.locator('#key-password').fill(password)
  await page.locator('form:has(#key-file) button[type=submit]').click()
  await page.locator('.desk-thumbprint').waitFor()
}

/** The signing key of a development agency, or its TLS key, with its certificate, as `passerelle keys` writes one. */
export async function pkcs12Of(
  gateway: TestGateway,
  agency: string,
  use: 'signing' | 'tls' = 'signing',
): Promise<Buffer> {
  const file = (ending: string) => readFile(join(gateway.pki.folder, 'agencies', agency, `${use}.${ending}`), 'utf8')
  const key = createPrivateKey(await file('key')).export({ type: 'pkcs8', format: 'der' })
  const chain = parseCertificates(await file('crt')).map(({ der }) => der)
  return makePkcs12(key, chain, { name: agency, password: FILE_PASSWORD })
}

/** What a page reads of all that the browser keeps for it: databases, caches, storage, cookies, address and title. */
const ALL_KEPT = `(async () => {
  const seen = []
  const tell = async (where, value) => {
    if (value instanceof Blob) return tell(where, new Uint8Array(await value.arrayBuffer()))
    if (value instanceof ArrayBuffer) return tell(where, new Uint8Array(value))
    if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      for (const encoding of ['utf-8', 'utf-16le', 'latin1']) seen.push([where, new TextDecoder(encoding).decode(bytes)])
      return
    }
    if (value instanceof CryptoKey) return seen.push([where, 'a key' + (value.extractable && value.type !== 'public' ? ' that can be taken out' : '')])
    if (typeof value !== 'object' || value === null) return seen.push([where, String(value)])
    for (const [name, inner] of Object.entries(value)) { seen.push([where, name]); await tell(where, inner) }
  }
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    for (const store of database.objectStoreNames) {
      const read = (what) => new Promise((resolve, reject) => {
        const request = database.transaction(store).objectStore(store)[what]()
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      await tell('IndexedDB ' + name + ' ' + store, await read('getAllKeys'))
      await tell('IndexedDB ' + name + ' ' + store, await read('getAll'))
    }
    database.close()
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const request of await cache.keys()) {
      seen.push(['cache', name + ' ' + request.url])
      if (new URL(request.url).pathname.startsWith('/desk/assets/')) continue
      await tell('cache ' + request.url, await (await cache.match(request)).arrayBuffer())
    }
  }
  for (const storage of ['localStorage', 'sessionStorage'])
    for (const [name, value] of Object.entries(globalThis[storage])) seen.push([storage, name + '=' + value])
  seen.push(['cookie', document.cookie], ['address', location.href], ['title', document.title])
  seen.push(['history', JSON.stringify(history.state)])
  for (const { url } of performance.getEntriesByType('resource').map(({ name }) => ({ url: name }))) seen.push(['asked for', url])
  return seen
})()`

/**
 * Reads all that the browser keeps for the desk, as whoever finds the device could, and looks for words that were typed or read in it:
 * in no database, cache, storage, cookie, address, title or history may one of them stand, in whatever letters.
 */
export async function assertNothingPlain(page: Page, words: readonly string[]): Promise<void> {
  const seen = await page.evaluate<[string, string][]>(ALL_KEPT)
  const addresses = (await page.evaluate<string[]>(`performance.getEntries().map(({ name }) => name)`)).map(
    (address): [string, string] => ['asked for', decodeURIComponent(address)],
  )
  const forms = words.map((word) => word.toLowerCase())
  const found = [...seen, ...addresses].filter(([, text]) => forms.some((word) => text.toLowerCase().includes(word)))
  expect(found.map(([where, text]) => `${where}: ${text.slice(0, 200)}`)).toEqual([])
  expect(seen.filter(([, text]) => text.includes('can be taken out'))).toEqual([])
  // It has looked at something.
  expect(seen.some(([where]) => where.startsWith('IndexedDB'))).toBe(true)
}
