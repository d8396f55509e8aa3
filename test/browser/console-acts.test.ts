import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { askAxe, type Browsers, lookOver, type Looking, openBrowsers } from '../support/chromium.ts'
import { until } from '../support/gateway.ts'
import { HOSTILE, KENT, MARKUP, type Night, OFFICE, openNight } from '../support/night.ts'

/** The operators' pages on which something is done, in a real browser. What acts, acts without a script. */

const LARGEST_PAGE = 100 * 1024
/** What whoever hears the focused element is told: its words, or its labels'. */
const FOCUSED = `[document.activeElement, ...(document.activeElement.labels ?? [])].map((one) => one.innerText ?? '').join(' ')`
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
const pathOf = (page: Page): string => new URL(page.url()).pathname

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

async function act(page: Page, path: string, reason: string, code?: string): Promise<void> {
  await fill(page, path, reason, code)
  await page.click(CONFIRM)
}

test.each([
  ['en-GB', 1280],
  ['fr-FR', 360],
] as const)(
  'in %s, %i pixels wide, axe finds nothing; nothing runs over the side, be it wide or narrow',
  async (locale, width) => {
    const dead = await night.die('immediate')
    const manager = await openAs('manager')
    await act(manager, `/messages/gb-ctac/${dead}/discard`, 'They were told by telephone', 'told-otherwise')
    await act(manager, '/handover/handover', 'The Home Office promised to be back at four.\nRing again then.')
    const page = await openAs('duty', { locale, width, script: true })
    const faults: string[] = []
    const look = async (path: string): Promise<void> => {
      const size = (await page.content()).length
      if (size >= LARGEST_PAGE) faults.push(`${path} has ${size} characters`)
      expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2))
      const seen = [...(await lookOver(page, width)), ...(await askAxe(page))]
      faults.push(...seen.map((fault) => `${path} ${fault}`))
    }
    const forms = [
      `/messages/gb-ctac/${dead}/retry`,
      `/messages/gb-ctac/${dead}/discard`,
      `/messages/gb-ctac/${night.unread}/telephoned`,
      `/agencies/${OFFICE}/retry-all`,
      `/agencies/${KENT}/pause`,
      `/agencies/${KENT}/resume`,
      `/agencies/${KENT}/test-notification`,
      '/handover/handover',
    ]
    const lists = [
      '/',
      '/agencies',
      '/dead-letters',
      `/dead-letters?agency=${OFFICE}`,
      '/pending',
      '/acts',
      '/handover',
    ]
    const agencies = [OFFICE, KENT, HOSTILE].map((id) => `/agencies/${id}`)
    for (const path of [...lists, ...agencies, ...forms]) {
      const answer = await page.goto(at(path))
      if (answer?.status() !== 200) faults.push(`${path} is ${answer?.status()}`)
      await look(path)
    }
    await page.goto(at(forms[2] ?? ''))
    await page.click(CONFIRM)
    await look('faults of a form')
    await page.goto(at('/acts'))
    await page.click('main tbody a >> nth=0')
    await look('an act')
    expect(faults).toEqual([])
  },
  180_000,
)

test('at three o’clock, by keyboard alone: from the front page to the message delivered', async () => {
  const dead = await night.die('urgent')
  const page = await openAs('duty')
  await page.goto(at('/'))
  /** Goes to a link or button by its name, as somebody would who has no mouse. */
  const press = async (name: string, key = 'Enter'): Promise<void> => {
    for (let presses = 0; presses < 200; presses++) {
      await page.keyboard.press('Tab')
      const text = (await page.evaluate<string>(FOCUSED)).replaceAll(/\s+/g, ' ')
      if (!text.includes(name)) continue
      if (key !== '') await page.keyboard.press(key)
      return
    }
    throw new Error(`«${name}» was not reached`)
  }
  expect(await page.locator('main').innerText()).toContain('The endpoint answered with an error')
  // Each alarm leads to its page.
  expect(await page.locator('a[href="/help/alarms/dead-letter"]').count()).toBeGreaterThan(0)
  await press('I telephoned')
  await page.waitForURL(/telephoned$/)
  expect(await page.locator('main').innerText()).toContain('name nobody')
  await press('Somebody has answered', 'Space')
  await press('In your own words', '')
  await page.keyboard.type('They open it now')
  await press('I telephoned')
  await page.waitForURL(/\/acts\/[0-9a-f-]{36}$/)
  expect(await page.locator('h1').innerText()).toBe('Your call is recorded')
  await press('Now')
  await page.waitForURL(at('/'))
  expect(await page.locator('main').innerText()).toContain('They open it now')

  night.answers = 204
  await press('Dead letters')
  await page.waitForURL(/dead-letters$/)
  await press(`Retry ${dead}`)
  await page.waitForURL(/retry$/)
  await press('What was at fault has been mended', 'Space')
  await press('In your own words', '')
  await page.keyboard.type('Their endpoint is back')
  await press('Retry')
  await page.waitForURL(/\/acts\//)
  expect(await page.locator('h1').innerText()).toBe('The message is on its way again')
  await until(async () => (await night.stateOf(dead)) === 'consigned')
}, 60_000)

test('all dead letters of an agency: first how many, of which priority and age; then they go', async () => {
  await night.die('urgent')
  const page = await openAs('duty')
  await page.goto(at(`/agencies/${OFFICE}/retry-all`))
  const row = page.getByRole('row').filter({ hasText: 'Urgent' })
  expect(Number(await row.getByRole('cell').first().innerText())).toBeGreaterThan(0)
  night.answers = 204
  await act(page, `/agencies/${OFFICE}/retry-all`, 'Their endpoint is back', 'fault-mended')
  expect(await page.locator('h1').innerText()).toBe('The dead letters are being put back')
  await until(async () => {
    await page.goto(at('/dead-letters'))
    return (await page.locator('main').innerText()).includes('There is no dead letter')
  })
})

test('a discard waits for an operator of another id, who sees why and decides', async () => {
  const dead = await night.die()
  const path = `/messages/gb-ctac/${dead}/discard`
  const duty = await openAs('duty')
  await act(duty, path, 'Told at 03:12 <b>by</b> telephone', 'told-otherwise')
  expect(await duty.locator('h1').innerText()).toBe('It waits for a second operator')
  expect(await night.stateOf(dead)).toBe('dead-lettered')
  await act(duty, path, 'Once more', 'told-otherwise')
  expect(pathOf(duty), 'nobody is their own second').toBe('/pending')
  expect(await night.stateOf(dead)).toBe('dead-lettered')
  const manager = await openAs('manager')
  await manager.goto(at('/pending'))
  const row = manager.getByRole('row').filter({ hasText: dead })
  expect(await row.innerText()).toContain('Told at 03:12 <b>by</b> telephone')
  await row.getByRole('link', { name: 'Look at it and decide' }).click()
  expect(pathOf(manager)).toBe(path)
  expect(await manager.locator('main').innerText()).toContain('Asked for first by duty')
  await manager.check('input[value="told-otherwise"]')
  await manager.fill('#reason', 'Confirmed with the desk')
  await manager.click(CONFIRM)
  expect(await manager.locator('h1').innerText()).toBe('The message is given up')
  expect(await night.stateOf(dead)).toBe('discarded')
})

test('an erasure waits for an operator of another id, who sees who asked and decides; then nobody reads the case again', async () => {
  const { caseId, read } = await night.settle()
  expect((await read()).length).toBeGreaterThan(100)
  const path = `/cases/${caseId}/erase`
  const duty = await openAs('duty')
  await duty.goto(at(`/cases/${caseId}`))
  await duty.click('text=Erase')
  expect(pathOf(duty)).toBe(path)
  await act(duty, path, 'The court has ordered it today', 'court-order')
  expect(await duty.locator('h1').innerText()).toBe('It waits for a second operator')
  await act(duty, path, 'Once more', 'court-order')
  expect(pathOf(duty), 'nobody is their own second').toBe('/pending')
  expect((await read()).length).toBeGreaterThan(100)
  const manager = await openAs('manager')
  await manager.goto(at('/pending'))
  const row = manager.getByRole('row').filter({ hasText: caseId })
  expect(await row.innerText()).toContain('The court has ordered it today')
  await row.getByRole('link', { name: 'Look at it and decide' }).click()
  expect(pathOf(manager)).toBe(path)
  expect(await manager.locator('main').innerText()).toContain('Asked for first by duty')
  await manager.check('input[value="court-order"]')
  await manager.fill('#reason', 'I have read the order')
  await manager.click(CONFIRM)
  expect(await manager.locator('h1').innerText()).toBe('The contents of the case are erased')
  await expect(read()).rejects.toMatchObject({ code: 'erased' })
  await manager.goto(at(`/cases/${caseId}`))
  expect(await manager.locator('main').innerText()).toMatch(/erased/i)
  expect(await manager.locator('main').innerText()).not.toContain('The court has ordered it today')
})

test('an alarm is taken on from the front page, by keyboard alone, which then says by whom', async () => {
  await night.die('urgent')
  const page = await openAs('duty')
  const row = page.getByRole('row').filter({ has: page.locator('a[href="/help/alarms/dead-letter"]') })
  const takeOn = row.getByRole('link', { name: 'I see to it' })
  await until(async () => {
    await page.goto(at('/'))
    return (await takeOn.count()) === 1
  })
  await takeOn.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/acknowledge$/)
  await act(page, pathOf(page), 'I have rung their desk', 'incident')
  expect(await page.locator('h1').innerText()).toBe('You see to this alarm')
  await page.goto(at('/'))
  expect(await row.innerText()).toContain('duty')
})

test('a test of notifications is asked for on an agency’s page, which shows what came of it', async () => {
  const page = await openAs('duty')
  await page.goto(at(`/agencies/${OFFICE}`))
  expect(await page.locator('main').innerText()).toContain('Nobody has tested')
  await page.click('text=Send a test notification')
  await act(page, pathOf(page), 'Their endpoint was moved', 'maintenance')
  expect(await page.locator('h1').innerText()).toBe('The test is being made')
  const before = night.office.seen.length
  await until(async () => {
    await page.goto(at(`/agencies/${OFFICE}`))
    return (await page.locator('main').innerText()).includes('Reached: a secure connection came about')
  })
  expect(night.office.seen.length, 'nothing was sent over it').toBe(before)
  await act(page, `/agencies/${OFFICE}/test-notification`, 'Once more', 'maintenance')
  expect(await page.getByRole('alert').innerText()).toContain('within the last minute')
})

test('an agency is paused and goes on, and its page says so', async () => {
  const page = await openAs('duty')
  await page.goto(at(`/agencies/${HOSTILE}`))
  await page.click('text=Pause deliveries')
  await act(page, pathOf(page), 'Until four, says their provider', 'maintenance')
  await page.goto(at('/pending'))
  const row = page.getByRole('row').filter({ hasText: 'Until four, says their provider' })
  expect(await row.innerText()).toContain('The agency’s system is being worked on')
  await page.goto(at(`/agencies/${HOSTILE}`))
  expect(await page.locator('main').innerText()).toMatch(/Paused since[^]*by duty/)
  await page.click('text=Resume deliveries')
  await act(page, pathOf(page), 'They are back', 'fault-mended')
  await page.click('text=To the agency')
  expect(await page.locator('main').innerText()).toContain('Deliveries go on')
  await act(page, `/agencies/${HOSTILE}/resume`, 'Once more', 'fault-mended')
  expect(await page.getByRole('alert').innerText()).toContain('Nothing was left to do')
})

test('an agency whose every name is markup is shown as it is written, and nothing of it runs', async () => {
  // Without the policy, which would stop it, too.
  const page = await openAs('duty', { script: true, policy: false })
  for (const path of ['/agencies', `/agencies/${HOSTILE}`, `/agencies/${HOSTILE}/pause`]) {
    await page.goto(at(path))
    expect(await page.locator('body').innerText()).toContain(MARKUP)
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).not.toBe('owned')
  }
})
