import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import { revoke } from '../../certs-dev/tree.ts'
import { openAgency } from '../support/agency.ts'
import { askAxe, type Browsers, lookOver, NOBODY, openBrowsers } from '../support/chromium.ts'
import type { BundleDocument } from '../support/evidence/plan.ts'
import { type LivedIn, liveIn } from '../support/lived-in.ts'
import { pagesOf } from '../support/pages.ts'

/** The operators' pages in a real browser, with an operator's certificate. */

const LARGEST_PAGE = 100 * 1024
/** What stands on every page. */
const ENVIRONMENT = { 'en-GB': 'development', 'fr-FR': 'développement' } as const

let livedIn: LivedIn
let browsers: Browsers
let pages: readonly string[]

beforeAll(async () => {
  livedIn = await liveIn()
  browsers = await openBrowsers(livedIn.gateway)
  pages = pagesOf(livedIn)
})

afterAll(async () => {
  await browsers?.[Symbol.asyncDispose]()
  await livedIn?.[Symbol.asyncDispose]()
})

const open = (page: Page, path: string) => page.goto(`${livedIn.gateway.operationsUrl}${path}`)

test.each([
  ['en-GB', 1280],
  ['fr-FR', 360],
] as const)(
  'in %s, %i pixels wide, axe finds nothing; nothing runs over the side, be it wide or narrow, and no other host is asked',
  async (locale, width) => {
    const context = await browsers.open({ locale, width })
    const page = await context.newPage()
    const faults: string[] = []
    context.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (protocol !== 'data:' && origin !== livedIn.gateway.operationsUrl) faults.push(`asks ${request.url()}`)
    })
    for (const path of pages) {
      const answer = await open(page, path)
      if (answer?.status() !== 200) faults.push(`${path} is ${answer?.status()}`)
      const size = (await answer?.body())?.length ?? 0
      if (size === 0 || size >= LARGEST_PAGE) faults.push(`${path} has ${size} bytes`)
      expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2))
      expect(await page.locator('header').innerText(), path).toContain(ENVIRONMENT[locale])
      for (const time of await page.locator('time').allTextContents()) expect(time).toMatch(/\(\d\d:\d\d UTC\)$/)
      const seen = [...(await lookOver(page, width)), ...(await askAxe(page))]
      faults.push(...seen.map((fault) => `${path} ${fault}`))
    }
    expect(faults).toEqual([])
  },
  300_000,
)

test.each([
  ['en-GB', 1280, 'Check', 'The proof holds', 'The proof does not hold'],
  ['fr-FR', 360, 'Vérifier', 'La preuve est valable', 'La preuve n’est pas valable'],
] as const)('in %s, %i pixels wide, axe finds nothing where a proof was pasted, be it good or bad', async (...row) => {
  const [locale, width, button, good, bad] = row
  const { from, id } = livedIn.messages['handed-over']
  await using sender = await openAgency(livedIn.gateway, from)
  const bundle = JSON.parse(Buffer.from(await sender.client.evidence(id)).toString()) as BundleDocument
  const { receipt = '', proof = '' } = bundle.receipts[0] ?? {}
  const page = await (await browsers.open({ locale, width })).newPage()
  for (const [leaf, title] of [
    [receipt, good],
    [receipt.slice(0, -2), bad],
  ] as const) {
    await open(page, '/log/check')
    await page.fill('#proof', proof)
    await page.fill('#leaf', leaf)
    await page.getByRole('button', { name: button, exact: true }).click()
    expect(await page.locator('h1').innerText()).toBe(title)
    expect([...(await lookOver(page, width)), ...(await askAxe(page))]).toEqual([])
  }
})

test('without a script a message is found by its id, and its case from there', async () => {
  const { from, id, caseId } = livedIn.messages['handed-over']
  const page = await (await browsers.open({ locale: 'en-GB', script: false })).newPage()
  await open(page, '/messages')
  await page.getByLabel('Id of a message or a case').fill(id)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: id }).click()
  expect(new URL(page.url()).pathname).toBe(`/messages/${from}/${id}`)
  await page.getByRole('link', { name: caseId }).click()
  expect(await page.getByRole('row').count()).toBe(4)
})

test('a filter shows what it says and keeps what was chosen; what is no id is told beside its field', async () => {
  const page = await (await browsers.open({ locale: 'fr-FR', script: false })).newPage()
  await open(page, '/messages')
  await page.getByLabel('État').selectOption('dead-lettered')
  await page.getByRole('button', { name: 'Afficher' }).click()
  expect(await page.getByLabel('État').inputValue()).toBe('dead-lettered')
  expect(await page.getByRole('rowheader').count()).toBe(1)
  await open(page, '/messages?id=nothing')
  expect(await page.getByRole('alert').innerText()).toContain('Saisissez l’identifiant entier')
})

test('without a script an operator chooses language and time zone; both are kept, and UTC stands beside each time', async () => {
  const context = await browsers.open({ locale: 'en-GB', script: false })
  const page = await context.newPage()
  await open(page, '/acts')
  await page.getByLabel('Language').selectOption('fr')
  await page.getByLabel('Time zone').selectOption('Europe/Paris')
  await page.getByRole('button', { name: 'Keep' }).click()
  expect(new URL(page.url()).pathname).toBe('/acts')
  await open(page, '/acts')
  expect(await page.locator('h1').innerText()).toBe('Actes')
  const time = page.locator('main time').first()
  const at = new Date((await time.getAttribute('datetime')) ?? '')
  const inZone = (timeZone: string): string => at.toLocaleTimeString('fr-FR', { timeStyle: 'short', timeZone })
  expect(inZone('Europe/Paris')).not.toBe(inZone('UTC'))
  expect(await time.innerText()).toContain(`${inZone('Europe/Paris')} (${inZone('UTC')} UTC)`)
  const kept = await context.cookies()
  expect(kept.map(({ name, value, httpOnly, secure, sameSite }) => [name, value, httpOnly, secure, sameSite])).toEqual(
    expect.arrayContaining([
      ['language', 'fr', true, true, 'Strict'],
      ['time-zone', 'Europe/Paris', true, true, 'Strict'],
    ]),
  )
})

test('what is refused is a page that says what to do, in the reader’s language; to a program it stays a problem document', async () => {
  const context = await browsers.open({ locale: 'fr-FR' })
  const page = await context.newPage()
  for (const [path, status, title] of [
    ['/nothing', 404, 'Introuvable'],
    ['/messages/gb-ctac/00000000-0000-7000-8000-000000000000', 404, 'Introuvable'],
    ['/messages?state=lost', 400, 'Requête non valide'],
    ['/messages?type=%00', 400, 'Requête non valide'],
  ] as const) {
    const answer = await open(page, path)
    expect(answer?.status()).toBe(status)
    expect(await page.locator('h1').innerText()).toBe(title)
    expect(await page.locator('main').innerText()).toContain('Que faire')
    expect(await page.getByRole('navigation', { name: 'Menu' }).count()).toBe(1)
  }
  const told = await context.request.get(`${livedIn.gateway.operationsUrl}/nothing`)
  expect(told.headers()['content-type']).toBe('application/problem+json')
  const api = await open(page, '/api/nothing')
  expect(api?.headers()['content-type']).toBe('application/problem+json')
})

test.each([NOBODY, 'agencies/fr-rys'])(
  '%s is no operator: a page says in both languages how to become one, and nothing else',
  async (as) => {
    const page = await (await browsers.open({ locale: 'en-GB', as })).newPage()
    const answer = await open(page, '/')
    expect(answer?.status()).toBe(401)
    expect(await page.locator('section').count()).toBe(2)
    const text = await page.locator('body').innerText()
    expect(text).toContain('Have whoever keeps the registry file enter your TLS certificate')
    expect(text).toContain('Faites inscrire votre certificat TLS')
    expect(text).not.toContain('development')
    expect(await page.locator('a, form').count()).toBe(0)
  },
)

test('an operator whose certificate is revoked while the page is open gets nothing at the next click', async () => {
  const { pki } = livedIn.gateway
  const page = await (await browsers.open({ locale: 'en-GB', as: 'operators/manager' })).newPage()
  expect((await open(page, '/help'))?.status()).toBe(200)
  const { serial } = parseCertificate(await readFile(join(pki.folder, 'operators/manager/tls.crt')))
  await revoke(pki, [serial], new Date())
  await expect
    .poll(
      async () => {
        const answer = await open(page, '/messages').catch(() => undefined)
        return answer?.status() ?? 'cut off'
      },
      { timeout: 15_000 },
    )
    .not.toBe(200)
  expect(await page.locator('body').innerText()).not.toContain('gb-ctac')
})
