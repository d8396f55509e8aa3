import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertNothingPlain, type DeskBrowser, goTo, openDeskBrowser, setUp, unlock } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { beginReferral } from '../support/desk-referral.ts'
import { photograph } from '../support/photograph.ts'
import { openTypist, type Typist } from '../support/typist.ts'
import { examplesOf } from '../../sdk/index.ts'

/** Writing, as a person does it: in a real browser, on a device of its own, beside a whole gateway. */

/** What was typed is kept within a second; on a machine that others load as well it takes a few times as long to be seen. */
const WITHIN_MS = 5_000

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

async function openDesk(look: Partial<Parameters<DeskBrowser['open']>[0]> = {}) {
  const opened = await desks.open({ as: 'fr-rys', ...look })
  await setUp(opened.page)
  return opened
}

const heading = (page: Page): Promise<string> => page.locator('h1').innerText()

test('a referral as long as the published example is typed from nothing in less than ten minutes', async () => {
  const { page } = await openDesk({ width: 390 })
  const [{ body }] = examplesOf('referral')
  const typist: Typist = openTypist(page)
  await typist.choose('.desk-nav a[href="#/write"]')
  await typist.choose('#what-referral')
  await typist.go()
  // Whom did you speak to: nobody.
  await typist.go()
  await typist.type('#q-reason-text', body.reason.text)
  await typist.go()
  await typist.type('#q-lastSeen-place-locality', 'Calais')
  await typist.select('#q-lastSeen-place-kind', 'woodland')
  await typist.type('#q-lastSeen-when-to', '10/12/2016')
  await typist.select('#q-lastSeen-source', 'practitioner-observed')
  await typist.go()
  await typist.select('#q-destinationSource', 'peer')
  await typist.go()
  await typist.type('#q-child-names-0-full', 'Semhar')
  await typist.choose('#q-child-names-add')
  await typist.type('#q-child-names-1-full', 'ሰምሃር')
  await typist.go()
  await typist.choose('#q-child-age-unknown')
  await typist.go()
  await typist.choose('#q-child-sex-female')
  await typist.choose('#q-child-nationalities-add')
  await typist.search('#q-child-nationalities-0-country', 'eritr')
  await typist.go()
  await typist.choose('#q-child-separation-unaccompanied')
  await typist.go()
  await typist.go()
  await typist.choose('#q-concerns-separated-from-carers')
  await typist.choose('#q-concerns-separated-from-carers-how-saw')
  await typist.choose('#q-concerns-sexual-exploitation')
  await typist.choose('#q-concerns-sexual-exploitation-how-rumour')
  await typist.go()
  await typist.choose('#q-concerns-all-severity-high')
  await typist.choose('#q-concerns-all-immediacy-same-day')
  await typist.go()
  for (const _ of ['health', 'pictures', 'told']) await typist.go()
  await typist.choose('#q-dataProtection-childInformed-no')
  await typist.go()
  await typist.type('#aside-well', 'She has a friend who will look for her.')
  await typist.go()
  await typist.type('#q-contact-name', 'Claire Exemple')
  await typist.type('#q-contact-organisation', 'Refugee Youth Service')
  await typist.type('#q-contact-phone', '01 99 00 00 01')
  await typist.go()

  expect(await heading(page)).toBe('Check your answers')
  // The telephone tables may come after the page.
  await page.getByText('+33 1 99 00 00 01').waitFor()
  expect(await page.locator('.govuk-error-message').allInnerTexts()).toEqual([])
  const said = await page.locator('main').innerText()
  for (const words of ['Semhar', 'ሰምሃር', 'Eritrea', '+33 1 99 00 00 01', 'She has a friend'])
    expect(said).toContain(words)
  expect(said).toMatch(/Saturday,? 10 December 2016/)
  expect(await page.locator('#priority-choice-urgent').isChecked()).toBe(true)
  expect(typist.minutes()).toBeLessThan(10)
  await assertNothingPlain(page, ['Semhar', 'Calais', 'referral', 'Claire'])
  // It is handed over to be sent.
  await page.getByRole('button', { name: 'Continue to sending' }).click()
  await page.waitForURL(/#\/send\/[0-9a-f-]{36}$/)
})

test('a tab that is killed in mid-typing, or a desk that is locked, loses no word', async () => {
  const { context, page } = await openDesk()
  const draft = await beginReferral(page)
  await goTo(page, `/write/${draft}/1`)
  await page.locator('#q-reason-text').pressSequentially('She was last heard')
  await page.locator('#q-reason-text').pressSequentially(' on Friday')
  await page.locator('[data-kept=true]').waitFor({ timeout: WITHIN_MS })
  const session = await context.newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  session.send('Page.crash').catch(() => undefined)
  await crashed

  const again = await context.newPage()
  await again.goto(`${desks.origin}/desk/#/write`)
  await unlock(again)
  await again.locator('.desk-drafts a').first().click()
  await again.locator('#q-reason-text').waitFor()
  expect(await again.inputValue('#q-reason-text')).toBe('She was last heard on Friday')

  await goTo(again, `/write/${draft}/2`)
  await again.locator('#q-lastSeen-when-to').fill('yesterd')
  await again.locator('#q-lastSeen-place-locality').fill('Calais')
  await again.getByRole('button', { name: 'Lock', exact: true }).click()
  await again.locator('#passphrase').waitFor()
  await unlock(again)
  await goTo(again, `/write/${draft}/2`)
  expect(await again.inputValue('#q-lastSeen-when-to')).toBe('yesterd')
  expect(await again.inputValue('#q-lastSeen-place-locality')).toBe('Calais')
})

test('what is not understood stands at its field and above all else, and the language changes without losing a word', async () => {
  const { page } = await openDesk()
  const draft = await beginReferral(page)
  await goTo(page, `/write/${draft}/2`)
  await page.locator('#q-lastSeen-place-locality').fill('Dunkerque')
  await page.locator('#q-lastSeen-when-to').fill('last Someday')
  await page.locator('main form button[type=submit]').click()
  const summary = page.getByRole('alert').filter({ has: page.locator('h2') })
  expect(await summary.getByRole('link').allInnerTexts()).toEqual([
    'Write a date such as 3/11/2017, “yesterday”, or November 2017',
  ])
  expect(await page.locator('#q-lastSeen-when-to-fault').innerText()).toContain('Write a date')
  await summary.getByRole('link').click()
  expect(await page.evaluate('document.activeElement.id')).toBe('q-lastSeen-when-to')

  await page.getByRole('button', { name: 'Français' }).click()
  expect(await heading(page)).toBe('Où et quand l’enfant a-t-il été vu pour la dernière fois, et par qui\u202f?')
  expect(await page.inputValue('#q-lastSeen-place-locality')).toBe('Dunkerque')
  expect(await page.inputValue('#q-lastSeen-when-to')).toBe('last Someday')
  expect(await page.locator('#q-lastSeen-when-to-fault').innerText()).toContain('Écrivez une date')
  await page.locator('#q-lastSeen-when-to').fill('avant-hier')
  expect(await page.locator('#q-lastSeen-when-to-said').innerText()).toMatch(/^= \w+ \d+ /)
  // Who presses on comes through, and is told again at the end.
  await page.locator('#q-lastSeen-when-to').fill('un jour')
  await page.locator('main form button[type=submit]').click()
  await page.locator('#q-destinationSource').waitFor()
  await goTo(page, `/write/${draft}/check`)
  expect(await page.locator('main').innerText()).toContain('Écrivez une date')
})

test('what must be answered is told at the end, with the way to each field; contradictions and slips are shown and hold nothing back', async () => {
  const { page } = await openDesk()
  const draft = await beginReferral(page)
  await goTo(page, `/write/${draft}/9`)
  await page.locator('#q-concerns-injury').check()
  await goTo(page, `/write/${draft}/10`)
  await page.locator('#q-concerns-all-immediacy-immediate').check()
  await goTo(page, `/write/${draft}/check`)
  expect(await page.locator('#priority-choice-immediate').isChecked()).toBe(true)
  await page.locator('#priority-choice-routine').check()
  await expect
    .poll(() => page.locator('.desk-look').allInnerTexts())
    .toEqual([
      'A concern is immediate, but the message is not sent as immediate. Please look at this again. It does not hold the message back.',
    ])
  // It stands at its field, too.
  await goTo(page, `/write/${draft}/10`)
  await page.locator('.desk-look').waitFor()
  await goTo(page, `/write/${draft}/check`)
  await page.getByRole('button', { name: 'Continue to sending' }).click()
  const links = await page.getByRole('alert').getByRole('link').allInnerTexts()
  expect(links.length).toBeGreaterThan(4)
  await page
    .getByRole('alert')
    .getByRole('link', { name: /Age, or that nobody knows/ })
    .click()
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('q-child-age-years')
  expect(await page.locator('#q-child-age-years').getAttribute('aria-invalid')).toBe('true')
  // From a question one goes back to the answers.
  await page.locator('#q-child-age-unknown').check()
  await page.locator('main form button[type=submit]').click()
  await page.locator('#priority-choice-routine').waitFor()
  const said = await page.locator('main').innerText()
  expect(said).not.toContain('Age, or that')
  expect(said).toContain('Nobody knows')
})

test('a picture is made smaller, upright, and freed of place and device; what cannot be sent is not taken', async () => {
  // Without the page's own policy a test may read the picture that is shown.
  const { page } = await openDesk({ policy: false })
  const draft = await beginReferral(page)
  await goTo(page, `/write/${draft}/11`)
  const taken = await photograph(page)
  expect(taken.includes('SpyPhone')).toBe(true)
  await page.locator('#camera').setInputFiles({ name: 'IMG_2017.jpg', mimeType: 'image/jpeg', buffer: taken })
  await page.locator('.desk-figure img').waitFor()
  const seen = await page.evaluate<{ bytes: string; width: number; height: number; red: number[] }>(`(async () => {
    const image = document.querySelector('.desk-figure img')
    const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer())
    const bitmap = await createImageBitmap(new Blob([bytes]))
    const canvas = document.createElement('canvas')
    canvas.width = bitmap.width
    canvas.height = bitmap.height
    const context = canvas.getContext('2d')
    context.drawImage(bitmap, 0, 0)
    const red = [...context.getImageData(bitmap.width / 2, 20, 1, 1).data]
    return { bytes: Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''), width: bitmap.width, height: bitmap.height, red }
  })()`)
  expect(seen.bytes).not.toMatch(/SpyPhone|Exif|GPS/)
  // Turned by a quarter, as the camera said: what was left is on top.
  expect([seen.width, seen.height]).toEqual([1000, 2000])
  expect(seen.red[0]).toBeGreaterThan(150)

  await page.locator('#caption-0').fill('Her left arm')
  await page.locator('#caption-0').blur()
  const files = [
    { name: 'a.exe', mimeType: 'application/pdf', buffer: Buffer.from('MZ') },
    { name: 'report.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n') },
  ]
  await page.locator('#files').setInputFiles(files)
  await expect.poll(() => page.locator('.desk-pictures > li').count()).toBe(2)
  expect(await page.locator('#pictures-fault').innerText()).toContain('Only pictures, PDF')
  await page
    .locator('#files')
    .setInputFiles({ name: 'broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from([0xff, 0xd8, 0xff, 0]) })
  await expect.poll(() => page.locator('#pictures-fault').innerText()).toContain('cannot be read')
  await page.locator('.desk-pictures button').last().click()
  await expect.poll(() => page.locator('.desk-pictures > li').count()).toBe(1)
  expect(await page.inputValue('#caption-0')).toBe('Her left arm')
  // An injury names it.
  await goTo(page, `/write/${draft}/10`)
  await page.locator('#q-health-injuries-add').click()
  await page.locator('#q-health-injuries-0-description').fill('A burn')
  await page.getByLabel('Her left arm').check()
  await goTo(page, `/write/${draft}/check`)
  await expect.poll(() => page.locator('main').innerText()).toContain('One picture or paper')
  expect(await page.locator('.desk-look').count()).toBe(0)
  await assertNothingPlain(page, ['SpyPhone', 'left arm', 'IMG_2017'])
})

test('by the keyboard alone: a question is asked, and the draft deleted', async () => {
  const { page } = await openDesk()
  await goTo(page, '/write')
  await page.locator('#what-referral').waitFor()
  const press = async (key: string, times = 1): Promise<void> => {
    for (let done = 0; done < times; done += 1) await page.keyboard.press(key)
  }
  const at = (): Promise<string> => page.evaluate<string>('document.activeElement.id')
  const tabTo = async (id: string): Promise<void> => {
    for (let tries = 0; tries < 60 && (await at()) !== id; tries += 1) await press('Tab')
    expect(await at()).toBe(id)
  }
  await tabTo('what-referral')
  await press('ArrowDown', 4)
  expect(await page.locator('#what-information-request').isChecked()).toBe(true)
  await press('Tab')
  if ((await at()) === 'who') {
    await page.keyboard.type('CTAC')
    await press('Tab')
  }
  await press('Enter')
  await page.locator('#q-child-name').waitFor()
  expect(await page.evaluate('document.activeElement.tagName')).toBe('H1')
  await tabTo('q-child-name')
  await page.keyboard.type('Semhar')
  await press('Enter')
  await page.locator('#q-questions-0-topic').waitFor()
  await tabTo('q-questions-0-topic')
  await page.keyboard.type('Health')
  await tabTo('q-questions-0-text-text')
  await page.keyboard.type('Does she take medicine?')
  await tabTo('q-questions-0-why')
  await page.keyboard.type('She fainted')
  await tabTo('onwards')
  await press('Enter')
  await page.locator('#q-contact-name').waitFor()
  await tabTo('q-contact-organisation')
  await page.keyboard.type('RYS')
  await tabTo('q-contact-email')
  await page.keyboard.type('a@example.org')
  await press('Enter')
  await page.locator('#priority-choice-urgent').waitFor()
  expect(await page.locator('.govuk-error-message').allInnerTexts()).toEqual([])
  const said = await page.locator('main').innerText()
  for (const words of ['Semhar', 'Does she take medicine?', 'Health']) expect(said).toContain(words)
  await goTo(page, '/write')
  const remove = page.getByRole('button', { name: /^Delete Request/ })
  await remove.focus()
  await press('Enter')
  await page.getByRole('button', { name: 'Delete', exact: true }).focus()
  await press('Enter')
  await expect.poll(() => page.locator('.desk-drafts li').count()).toBe(0)
  // Whom to ring is asked once, and there the next time.
  await page.locator('#what-information-request').check()
  if ((await page.locator('#who').count()) > 0) await page.locator('#who').selectOption('gb-ctac')
  await page.locator('main form button[type=submit]').click()
  await page.locator('#q-child-name').waitFor()
  await goTo(page, `${/#(\/write\/[^/]+)/.exec(page.url())?.[1] ?? ''}/2`)
  expect(await page.inputValue('#q-contact-organisation')).toBe('RYS')
})
