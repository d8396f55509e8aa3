import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { signRequest } from '../../certs-dev/sign.ts'
import { P12_PASSWORD } from '../../certs-dev/tree.ts'
import {
  assertNothingPlain,
  bringKey,
  type DeskBrowser,
  FILE_PASSWORD,
  goTo,
  openDeskBrowser,
  PASSPHRASE,
  pkcs12Of,
  setUp,
  unlock,
} from '../support/desk.ts'
import { type DeskProxy, openDeskProxy } from '../support/desk-proxy.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'

/** What the desk keeps on a device: the signing key by each of its roads, and its own files for when there is no line. */

let gateway: TestGateway
let desks: DeskBrowser

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_DESK: 'on' })
  desks = await openDeskBrowser(gateway)
})
afterAll(async () => {
  await desks?.[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

/** Has the desk's files all been kept, so that it opens without a line. */
const kept = (page: Page) => until(() => page.evaluate<boolean>('navigator.serviceWorker.controller !== null'))

describe('the signing key', () => {
  test('is made on the device and cannot be taken out; its request is signed, its certificate pinned, and the desk finds it by itself', async () => {
    const { context, page } = await desks.open({ as: 'fr-rys' })
    await setUp(page)
    await goTo(page, '/keys')
    await page.getByRole('button', { name: 'Make a key on this device' }).click()
    await page.getByRole('button', { name: 'Look whether it is registered' }).click()
    await page.getByText('The registry has no certificate of this key yet.').waitFor()
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save the request' }).click()
    const file = await (await saving).path()
    const request = await readFile(file, 'utf8')
    const { stdout } = await promisify(execFile)('openssl', ['req', '-in', file, '-noout', '-verify', '-subject'])
    expect(stdout).toContain('fr-rys signing')
    const crt = await signRequest({ folder: gateway.pki.folder, agency: 'fr-rys', request, now: new Date() })
    await gateway.changeRegistry(() => undefined)
    // The directory may be a second old.
    await until(async () => {
      const look = page.getByRole('button', { name: 'Look whether it is registered' })
      if ((await look.count()) > 0) await look.click({ timeout: 1_000 }).catch(() => undefined)
      return (await page.locator('.desk-thumbprint').count()) > 0
    })
    const { stdout: fingerprint } = await promisify(execFile)('openssl', [
      'x509',
      '-in',
      crt,
      '-noout',
      '-fingerprint',
      '-sha256',
    ])
    const hex = fingerprint.split('=')[1]?.replaceAll(':', '').trim() ?? ''
    expect(await page.locator('.desk-thumbprint').innerText()).toBe(Buffer.from(hex, 'hex').toString('base64url'))
    await page.getByText('This device signs for your agency.').waitFor()
    await assertNothingPlain(page, ['fr-rys', 'BEGIN CERT', hex])
    await context.close()
  })

  test('waits for its certificate over a closed browser, and takes it from a file; one of another key is not taken', async () => {
    const { context, page } = await desks.open({ as: 'gb-ctac' })
    await setUp(page)
    await goTo(page, '/keys')
    await page.getByRole('button', { name: 'Make a key on this device' }).click()
    const request = await page.locator('pre.desk-code').innerText()
    await page.reload()
    await unlock(page)
    await goTo(page, '/keys')
    expect(await page.locator('pre.desk-code').innerText()).toBe(request)
    const bring = async (path: string): Promise<void> => {
      await page.locator('#certificate').setInputFiles(path)
      await page.getByRole('button', { name: 'Use this certificate' }).click()
    }
    await bring(join(gateway.pki.folder, 'agencies/gb-ctac/signing.crt'))
    await page.locator('#certificate-fault', { hasText: 'belongs to another key' }).waitFor()
    await bring(join(gateway.pki.folder, 'agencies.json'))
    await page.locator('#certificate-fault', { hasText: 'no certificate' }).waitFor()
    await bring(await signRequest({ folder: gateway.pki.folder, agency: 'gb-ctac', request, now: new Date() }))
    await page.locator('.desk-thumbprint').waitFor()
    await context.close()
  })

  test('comes from a PKCS#12 file, once; a wrong password, another file and the key for connecting are told apart', async () => {
    const { context, page } = await desks.open({ as: 'gb-home-office' })
    await setUp(page)
    await goTo(page, '/keys')
    const bring = async (content: Buffer, password: string): Promise<void> => {
      await page
        .locator('#key-file')
        .setInputFiles({ name: 'x.p12', mimeType: 'application/x-pkcs12', buffer: content })
      await page.locator('#key-password').fill(password)
      await page.getByRole('button', { name: 'Use this key' }).click()
    }
    const signing = await pkcs12Of(gateway, 'gb-home-office')
    await bring(signing, 'another')
    await page.locator('#key-password-fault', { hasText: 'password is wrong' }).waitFor()
    await bring(Buffer.from('a photograph'), FILE_PASSWORD)
    await page.locator('#key-file-fault', { hasText: 'not a .p12 file' }).waitFor()
    // As certs-dev and an authority give it, for the browser itself.
    await bring(await readFile(join(gateway.pki.folder, 'agencies/gb-home-office/agency.p12')), P12_PASSWORD)
    await page.getByText('The registry has not entered this certificate for signing').waitFor()
    await bringKey(page, signing)
    await page.getByText('This device signs for your agency.').waitFor()
    await assertNothingPlain(page, ['gb-home-office', FILE_PASSWORD])
    await context.close()
  })

  test('that the browser has thrown away is said on every screen, and all else is still there', async () => {
    const { context, page } = await desks.openReady({ as: 'fr-rys' })
    await page.evaluate(CLEAR_KEYS)
    await page.reload()
    await unlock(page)
    await page.getByText('The browser has thrown the signing key of this device away.').waitFor()
    await goTo(page, '/device')
    await page.getByText('The browser has thrown the signing key of this device away.').waitFor()
    await goTo(page, '/keys')
    await bringKey(page, await pkcs12Of(gateway, 'fr-rys'))
    expect(await page.getByText('thrown the signing key').count()).toBe(0)
    await context.close()
  })
})

const CLEAR_KEYS = `new Promise((resolve) => {
  indexedDB.open('passerelle-desk').onsuccess = ({ target: { result } }) => {
    const transaction = result.transaction('keys', 'readwrite')
    transaction.objectStore('keys').clear()
    transaction.oncomplete = () => { result.close(); resolve() }
  }
})`
const COUNT_ROWS = `new Promise((resolve) => {
  indexedDB.open('passerelle-desk').onsuccess = async ({ target: { result } }) => {
    const stores = [...result.objectStoreNames]
    const transaction = result.transaction(stores)
    const counts = stores.map((store) => new Promise((counted) => {
      transaction.objectStore(store).count().onsuccess = ({ target }) => counted(target.result)
    }))
    resolve((await Promise.all(counts)).reduce((sum, count) => sum + count, 0))
    result.close()
  }
})`

test('a device is given up: after that nothing is left on it, and what has to be done elsewhere was said', async () => {
  const { context, page } = await desks.openReady({ as: 'fr-rys' })
  await goTo(page, '/device')
  await page.locator('.desk-build', { hasText: /^[\da-f]{64}$/ }).waitFor()
  const sums = await readFile(join(import.meta.dirname, '../../desk/dist/SHA256SUMS'))
  expect(await page.locator('.desk-build').innerText()).toBe(createHash('sha256').update(sums).digest('hex'))
  expect(await page.locator('main').innerText()).toMatch(/take the certificate[^]*revoke it[^]*[\w-]{43}/)
  await page.getByRole('button', { name: 'Delete everything on this device' }).click()
  await page.locator('#meant-fault').waitFor()
  await page.getByLabel('I understand').check()
  await page.getByRole('button', { name: 'Delete everything on this device' }).click()
  await page.getByRole('heading', { name: 'Set up this device' }).waitFor()
  expect(await page.evaluate<number>(COUNT_ROWS)).toBe(0)
  expect(await page.getByText('This device had a desk').count()).toBe(0)
  await context.close()
})

test('a browser that has deleted the data says so, and what to do', async () => {
  const { context, page } = await desks.open({ as: 'fr-rys' })
  await setUp(page)
  await page.evaluate(`indexedDB.deleteDatabase('passerelle-desk')`)
  await page.reload()
  await page.getByText('the browser has deleted its data').waitFor()
  expect(await page.locator('main').innerText()).toContain(
    'tell whoever keeps the registry that the key of this device is lost',
  )
  await context.close()
})

test('after one load it opens without a line, and nothing personal is in its cache', async () => {
  const { context, page } = await desks.openReady({ as: 'fr-rys' })
  await kept(page)
  await context.setOffline(true)
  await page.reload()
  await unlock(page)
  expect(await page.locator('.desk-header__agency').innerText()).toContain('fr-rys')
  for (const path of ['/keys', '/device', '/']) await goTo(page, path)
  await context.setOffline(false)
  const cached = await page.evaluate<string[]>(CACHED)
  expect(cached.length).toBeGreaterThan(5)
  expect(cached.filter((path) => !path.startsWith('/desk/'))).toEqual([])
  await assertNothingPlain(page, ['fr-rys'])
  await context.close()
})

const CACHED = `(async () => {
  const paths = []
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname)
  return paths
})()`

describe('a newer build', () => {
  let proxy: DeskProxy
  let behind: DeskBrowser
  const WORKER = '/desk/worker.js'

  beforeAll(async () => {
    proxy = await openDeskProxy(gateway, 'fr-rys')
    behind = await openDeskBrowser({ ...gateway, url: proxy.url, pki: gateway.pki })
  })
  afterEach(() => proxy.restore())
  afterAll(async () => {
    await behind?.[Symbol.asyncDispose]()
    await proxy?.[Symbol.asyncDispose]()
  })
  const LIST = '/desk/SHA256SUMS'
  /** From now on another build is served, whose list has one line more; gives its digest. */
  const release = async (line: string): Promise<string> => {
    const list = await readFile(join(import.meta.dirname, '../../desk/dist/SHA256SUMS'), 'utf8')
    const [before, after] = [list, `${list}${line}\n`].map((one) => createHash('sha256').update(one).digest('hex'))
    proxy.serve(LIST, () => `${list}${line}\n`)
    proxy.serve(WORKER, (served) => served.replaceAll(before ?? '', after ?? ''))
    return after ?? ''
  }
  const update = (page: Page) =>
    page.evaluate(`navigator.serviceWorker.getRegistration().then((one) => one.update().catch(() => undefined))`)
  const caches = (page: Page) => page.evaluate<string[]>('caches.keys()')

  test('waits while somebody types, and takes over when the desk is locked', async () => {
    const { context, page } = await behind.open({ as: 'fr-rys' })
    await setUp(page)
    await kept(page)
    await goTo(page, '/device')
    await page.locator('#old').fill('half a word')
    const digest = await release('a newer one')
    await update(page)
    await page.getByText('A newer desk is ready.').waitFor()
    expect(await page.locator('#old').inputValue()).toBe('half a word')
    await goTo(page, '/keys')
    await page.getByRole('button', { name: 'Lock', exact: true }).click()
    await until(async () => (await caches(page).catch(() => [])).join() === `desk-${digest}`)
    await unlock(page)
    expect(await page.getByText('A newer desk is ready.').count()).toBe(0)
    await goTo(page, '/device')
    await page.locator('.desk-build', { hasText: digest }).waitFor()
    await context.close()
  })

  test('one of whose files is not what its list says is not installed: the one before stays', async () => {
    const { context, page } = await behind.open({ as: 'fr-rys' })
    await setUp(page)
    await kept(page)
    const [before] = await caches(page)
    const [file = ''] = (await page.evaluate<string[]>(CACHED)).filter((path) => path.endsWith('.js'))
    await release('another')
    proxy.serve(file, (served) => `${served}\n;fetch('https://elsewhere.example')`)
    await update(page)
    await until(() =>
      page.evaluate<boolean>(
        `navigator.serviceWorker.getRegistration().then(({ installing, waiting }) => installing === null && waiting === null)`,
      ),
    )
    await page.reload()
    await page.locator('#passphrase').fill(PASSPHRASE)
    expect(await page.evaluate<string>(`fetch('${file}').then((answer) => answer.text())`)).not.toContain('elsewhere')
    expect(
      await page.evaluate<string>(
        `caches.open('${before}').then((one) => one.keys()).then((all) => String(all.length))`,
      ),
    ).not.toBe('0')
    await context.close()
  })
})
