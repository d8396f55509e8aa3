import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { acts } from '../../gateway/operations/acts.ts'
import { type Browsers, type Looking, openBrowsers } from '../support/chromium.ts'
import { until } from '../support/gateway.ts'
import { KENT, type Night, OFFICE, openNight } from '../support/night.ts'

/** The forms by which operators act: what they refuse, what they keep, and that each acts once. Without a script. */

/** The button of an act's form; the footer has one of its own. */
const CONFIRM = 'main form button'

let night: Night
let browsers: Browsers

beforeAll(async () => {
  night = await openNight()
  browsers = await openBrowsers(night.gateway)
})

beforeEach(() => void (night.answers = 400))

afterAll(async () => {
  await browsers?.[Symbol.asyncDispose]()
  await night?.[Symbol.asyncDispose]()
})

const at = (path: string): string => `${night.gateway.operationsUrl}${path}`

async function openAs(operator: 'duty' | 'manager', looking: Partial<Looking> = {}): Promise<Page> {
  const context = await browsers.open({ locale: 'en-GB', script: false, as: `operators/${operator}`, ...looking })
  return await context.newPage()
}

/** Goes to an act's form and fills it in. */
async function fill(page: Page, path: string, reason: string, code?: string): Promise<void> {
  await page.goto(at(path))
  if (code !== undefined) await page.check(`input[value="${code}"]`)
  await page.fill('#reason', reason)
}

test('what is wrong in a form stands at its field and above all else; what was typed is kept', async () => {
  const page = await openAs('duty', { locale: 'fr-FR' })
  await page.goto(at(`/messages/gb-ctac/${night.unread}/telephoned`))
  await page.fill('#rang', 'vers trois heures')
  await page.fill('#reason', 'x'.repeat(501))
  await page.click(CONFIRM)
  const links = page.getByRole('alert').getByRole('link')
  expect(await links.allInnerTexts()).toEqual([
    'Écrivez l’heure en heures et minutes, par exemple 03:12',
    'Choisissez l’une des raisons',
    'Écrivez 500 caractères au plus',
  ])
  for (const [place, field] of ['rang', 'code-0', 'reason'].entries())
    expect(await links.nth(place).getAttribute('href')).toBe(`#${field}`)
  expect(await page.inputValue('#rang')).toBe('vers trois heures')
  expect(await page.inputValue('#reason')).toBe('x'.repeat(501))
  expect(await page.locator('#reason-error').innerText()).toContain('500 caractères')
})

/** A form as it would be sent, by whoever has it. */
async function sendForm(page: Page, path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  return await page.context().request.post(at(path), { form, headers, maxRedirects: 0 })
}
const tokenOf = (page: Page): Promise<string> => page.inputValue('input[name="token"]')

test('a form that is sent twice at once acts once, and both are told what was done', async () => {
  const before = await night.countActs('telephoned')
  const page = await openAs('duty')
  const path = `/messages/gb-ctac/${night.unread}/telephoned`
  await page.goto(at(path))
  const form = { token: await tokenOf(page), rang: await page.inputValue('#rang'), code: 'no-answer', reason: 'Twice' }
  const answers = await Promise.all([1, 2, 3, 4].map(() => sendForm(page, path, form)))
  expect(answers.map((answer) => answer.status())).toEqual([303, 303, 303, 303])
  expect(new Set(answers.map((answer) => answer.headers()['location'])).size).toBe(1)
  expect(await night.countActs('telephoned')).toBe(before + 1)
})

test('another site’s form is refused, and so is a token of another operator, another act or another message', async () => {
  const dead = await night.die()
  const path = `/messages/gb-ctac/${dead}/retry`
  const [duty, manager] = [await openAs('duty'), await openAs('manager')]
  await duty.goto(at(path))
  const form = { token: await tokenOf(duty), code: 'other', reason: 'Once' }
  const before = await night.countActs('retry')
  for (const headers of [{ origin: 'https://elsewhere.example' }, { 'sec-fetch-site': 'cross-site' }])
    expect((await sendForm(duty, path, form, headers)).status()).toBe(403)
  expect((await sendForm(manager, path, form)).status()).toBe(403)
  expect((await sendForm(duty, `/messages/gb-ctac/${dead}/discard`, form)).status()).toBe(403)
  expect(
    (await sendForm(duty, `/messages/gb-ctac/${night.unread}/telephoned`, { ...form, rang: '03:12' })).status(),
  ).toBe(403)
  for (const token of ['', 'x', form.token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))])
    expect((await sendForm(duty, path, { ...form, token })).status()).toBe(403)
  expect(await night.countActs('retry')).toBe(before)
  expect(await night.stateOf(dead)).toBe('dead-lettered')
})

test('an operator who may only watch sees everything, no button, and is refused', async () => {
  const dead = await night.die()
  const role = async (to: 'watch' | 'act'): Promise<void> =>
    await night.gateway.changeRegistry(({ operators }) => {
      for (const operator of operators as { id: string; role?: string }[])
        if (operator.id === 'manager') operator.role = to
    })
  await role('watch')
  const page = await openAs('manager')
  for (const path of ['/', '/agencies', `/agencies/${OFFICE}`, '/dead-letters', '/pending', '/acts', '/handover']) {
    const answer = await page.goto(at(path))
    expect(answer?.status(), path).toBe(200)
    expect(await page.locator('main a[role=button], main form').count(), path).toBe(0)
    for (const name of Object.keys(acts)) expect(await page.locator(`main a[href$="/${name}"]`).count(), path).toBe(0)
  }
  // To check a proof changes nothing.
  await page.goto(at('/log'))
  await page.fill('#proof', 'x')
  await page.click(CONFIRM)
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('The proof does not hold')
  expect((await page.goto(at(`/messages/gb-ctac/${dead}/retry`)))?.status()).toBe(403)
  expect((await sendForm(page, `/messages/gb-ctac/${dead}/retry`, { token: '', reason: 'No' })).status()).toBe(403)
  await role('act')
})

test('while the record takes no writes every page can be read and says so, and an act is refused with what was typed kept', async () => {
  const page = await openAs('duty')
  const path = `/agencies/${KENT}/pause`
  await fill(page, path, 'Until four, says their provider', 'maintenance')
  await night.writable(false)
  try {
    await until(async () => {
      const answer = await page.context().request.get(at('/'), { failOnStatusCode: false })
      return (await answer.text()).includes('can be read and not written to')
    })
    await page.click(CONFIRM)
    expect(await page.getByRole('alert').innerText()).toContain('takes no writes just now')
    expect(await page.inputValue('#reason')).toBe('Until four, says their provider')
    for (const shown of [
      '/',
      '/agencies',
      `/agencies/${OFFICE}`,
      '/dead-letters',
      '/pending',
      '/acts',
      '/handover',
      path,
    ]) {
      const answer = await page.goto(at(shown))
      expect(answer?.status(), shown).toBe(200)
      expect(await page.locator('body').innerText(), shown).toContain('can be read and not written to')
    }
  } finally {
    await night.writable(true)
  }
})

test('where script runs the front page is shown anew when something happens, and not under the hands of who works on it', async () => {
  const page = await openAs('duty', { script: true, policy: true })
  const faults: string[] = []
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  page.on('pageerror', (error) => faults.push(error.message))
  const heard = page.waitForRequest(/\/api\/events$/)
  await page.goto(at('/'))
  await heard
  const main = page.locator('main')
  const before = await main.innerText()
  await page.evaluate('window.mark = 1')
  await page.locator('main a').first().focus()
  const path = `/messages/gb-ctac/${night.unread}/telephoned`
  const other = await openAs('manager')
  const ring = async (reason: string): Promise<void> => {
    await fill(other, path, reason, 'no-answer')
    await other.click(CONFIRM)
    await other.waitForURL(/\/acts\//)
  }
  await ring('Nobody answers at the first number')
  const looked = page.waitForResponse((answer) => answer.url() === at('/'))
  expect(await main.innerText(), 'it has the focus').toBe(before)
  await page.evaluate('document.activeElement.blur()')
  await looked
  await until(async () => (await main.innerText()).includes('Nobody answers at the first number'))
  await ring('Nobody answers at the second')
  await until(async () => (await main.innerText()).includes('Nobody answers at the second'))
  expect(await page.evaluate('window.mark'), 'it is the same page still').toBe(1)
  expect(faults).toEqual([])
})
