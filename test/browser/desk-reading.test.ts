import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../sdk/browser.ts'
import type { Envelope } from '../../sdk/index.ts'
import { examplesOf } from '../../sdk/validate/validate.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { askAxe, lookOver } from '../support/chromium.ts'
import { assertNothingPlain, type DeskBrowser, goTo, openDeskBrowser } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** What is read, in a real browser from a real gateway: shown for people, harmlessly, and answered by signature; and proof without a line. */

let gateway: TestGateway
let desks: DeskBrowser
let centre: TestAgency
let charity: TestAgency
let page: Page

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_DESK: 'on' })
  desks = await openDeskBrowser(gateway)
  centre = await openAgency(gateway, 'gb-ctac')
  charity = await openAgency(gateway, 'fr-rys')
  ;({ page } = await desks.openReady({ as: 'fr-rys' }))
})

afterAll(async () => {
  for (const each of [centre, charity]) await each?.[Symbol.asyncDispose]()
  await desks?.[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

const main = (of = page) => of.locator('main').innerText()
const shows = (text: string | RegExp, of = page) => expect.poll(() => main(of), { timeout: 20_000 }).toMatch(text)

/** Sends to the charity, and opens what came on its desk by its link at home. */
async function receive(envelope: Envelope): Promise<void> {
  await centre.client.send(envelope as never)
  const waits = async () => (await charity.client.inbox({ limit: 100 })).messages.map(({ messageId }) => messageId)
  await expect.poll(waits, { timeout: 15_000 }).toContain(envelope.id)
  await goTo(page, '/proof')
  await goTo(page, '/')
  const id = (await sha256(`gb-ctac ${envelope.id}`)).slice(0, 22)
  await page.locator(`a[href="#/read/${id}"]`).click({ timeout: 20_000 })
  await page.locator(`[data-path="#/read/${id}"] article`).waitFor()
}
const outcomeOf = (inReplyTo: string, caseId: string, more: object = {}) => {
  const [, example] = examplesOf('outcome')
  const body = { ...(example ?? examplesOf('outcome')[0]).body, ...more }
  return makeEnvelope('outcome', 'gb-ctac', 'fr-rys', { inReplyTo, caseId, schemaVersion: '1.2', body })
}
const question = (more: Partial<Envelope>) =>
  makeEnvelope('information-request', 'gb-ctac', 'fr-rys', { schemaVersion: '1.2', ...more })
const questionBody = examplesOf('information-request')[0].body

test('an outcome says who wrote it, what may be told and to whom, and is acknowledged by signature', async () => {
  const referral = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  await charity.client.send(referral)
  await receive(outcomeOf(referral.id, referral.caseId, { mayTell: 'friends-too' }))
  await shows(/Signed by CTAC.*verified on this device/)
  await shows(/Know this first\s+Who may be told\s+Friends too/)
  await page.getByRole('button', { name: 'I have read it' }).click()
  await shows(/You acknowledged it at/)
  expect(await main()).not.toMatch(/could not be verified/)
  const { receipts } = await centre.client.receipts()
  expect(receipts.length).toBeGreaterThan(2)
  await page.getByRole('link', { name: 'The whole case' }).click()
  await shows(/Referral of a child[\s\S]*You → CTAC[\s\S]*Outcome for the referrer[\s\S]*CTAC.* → You/)
})

test('an outcome that does not say who may be told says to tell nobody', async () => {
  const referral = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  await charity.client.send(referral)
  const { mayTell: _, ...body } = outcomeOf(referral.id, referral.caseId).body as { mayTell?: string }
  await receive({ ...outcomeOf(referral.id, referral.caseId), body })
  await shows(/does not say who may be told\. Tell nobody/)
  await page.getByRole('button', { name: 'I have read it' }).click()
  await shows(/You acknowledged it/)
})

test('a message is refused with a reason of the list, and answered with what the pathway allows', async () => {
  await receive(question({}))
  const answers = page.locator('main button.desk-wide')
  await expect.poll(() => answers.allInnerTexts()).toContain('Answer to a request for information')
  expect((await answers.allTextContents()).join()).not.toMatch(/Outcome|Result of a status check|Closure/)
  await page.locator('summary', { hasText: 'Refuse it' }).click()
  await page.getByRole('button', { name: 'Refuse it' }).click()
  await shows(/Choose a reason/)
  await page.locator('#reason').selectOption('wrong-child')
  await page.getByRole('button', { name: 'Refuse it' }).click()
  await shows(/You refused it at/)
  await page.getByRole('button', { name: 'Answer to a request for information' }).click()
  await expect.poll(() => page.url()).toMatch(/#\/write\/[0-9a-f-]+/)
})

/** Markup, a direction that is turned round, a letter under a heap of marks, and a text that does not end. */
const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>\u202Egpj.exe\u202C ${'Z\u0310\u0301'.repeat(5)} ${'W'.repeat(3000)}`

test('a hostile message is shown harmlessly, with what is hidden in it', async () => {
  const text = { text: HOSTILE, language: 'en', translations: [{ text: 'Traduit', language: 'fr', method: 'machine' }] }
  const body = { ...questionBody, questions: [{ ...questionBody.questions[0], text }] }
  // The gateway has other eyes than a browser: this is a valid message.
  await receive(question({ body }))
  await shows(/U\+202E/)
  await shows(/By a machine: nobody has checked it/)
  expect(await page.title()).not.toMatch(/owned/)
  expect(await page.locator('main img, main script, main iframe').count()).toBe(0)
  expect(await lookOver(page, 1280)).toEqual([])
  await assertNothingPlain(page, ['onerror', 'Imran', 'information-request', 'Sam Sample'])
})

/** A PNG that says that it is so large, and has next to nothing in it. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc(body))
    return Buffer.concat([length, body, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc((width + 1) * Math.min(height, 64)))
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))])
}
function crc(bytes: Buffer): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return (sum ^ 0xffffffff) >>> 0
}

test('a picture is drawn anew, a bomb and 25 MiB of nothing are not, and all can be saved by a neutral name', async () => {
  const good = png(40, 30)
  const bomb = png(60_000, 60_000)
  const large = Buffer.concat([png(9, 9), Buffer.alloc(26_214_400 - png(9, 9).length, 7)])
  const attachments = await Promise.all(
    [good, bomb, large].map((bytes, at) =>
      centre.client.attach(new Blob([Uint8Array.from(bytes)], { type: 'image/png' }), {
        name: 'Semhar\u00a0scar.png',
        description: `Picture ${at}`,
      }),
    ),
  )
  await receive(question({ attachments }))
  await shows(/Attachments/)
  const shown = page.getByRole('button', { name: /Show the picture/ })
  await expect.poll(() => shown.count()).toBe(3)
  await shown.nth(1).click()
  await shows(/too large to be shown here/)
  await shown.first().click()
  await page.locator('img.desk-picture').waitFor()
  expect(await page.locator('img.desk-picture').getAttribute('src')).toMatch(/^blob:/)
  expect(await page.evaluate(`document.querySelector('img.desk-picture').naturalWidth`)).toBe(40)
  const saved = page.waitForEvent('download')
  await page
    .getByRole('button', { name: /Save to this device/ })
    .nth(2)
    .click()
  const file = await saved
  expect(file.suggestedFilename()).toMatch(/^attachment-\w{6}\.png$/)
  expect((await readFile(await file.path())).equals(large)).toBe(true)
})

test('a message whose signature is not good is not shown as genuine', async () => {
  await page.route('**/v1/inbox/gb-ctac/*', async (route) => {
    const answer = await route.fetch()
    const [header = '', payload = '', signature = ''] = (await answer.text()).split('.')
    const told = Buffer.from(payload, 'base64url').toString().replace('companions-in-france', 'age')
    await route.fulfill({ response: answer, body: `${header}.${Buffer.from(told).toString('base64url')}.${signature}` })
  })
  await receive(question({ priority: 'immediate' }))
  await page.unroute('**/v1/inbox/gb-ctac/*')
  await shows(/The signature is not good[\s\S]*Do not act on this as if CTAC/)
  expect(await main()).not.toMatch(/Signed by CTAC/)
  expect(await page.getByRole('button', { name: 'I have read it' }).count()).toBe(0)
  expect(await page.locator('details[open]').count()).toBe(0)
})

test('what was read is read again without a line, prints clean, and can be forgotten', async () => {
  await receive(question({ caseId: '01a20ea6-f1d3-79e8-87bb-44eefdb7e69f' }))
  await shows(/Signed by/)
  const address = page.url()
  await goTo(page, '/')
  await page.context().setOffline(true)
  await page.evaluate(`location.hash = ${JSON.stringify(new URL(address).hash)}`)
  await shows(/Signed by/)
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('.desk-nav, .desk-header, main button').filter({ visible: true }).count()).toBe(0)
  await shows(/Printed at/)
  await expect.poll(() => page.locator('.desk-folded dd').first().isVisible()).toBe(true)
  await page.emulateMedia({ media: 'screen' })
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Delete it from this device' }).click()
  await shows(/Waiting for you/)
  await assertNothingPlain(page, ['01a20ea6-f1d3-79e8-87bb-44eefdb7e69f'])
})

test('a receipt and a bundle are proven without a line, told in both languages, and a forged one says why', async () => {
  const { page: reader } = await desks.openReady({ as: 'gb-ctac', policy: false, width: 320 })
  const sent = await centre.client.send(question({}))
  const bundle = await expect
    .poll(() => centre.client.evidence(sent.envelope.id).catch(() => undefined), { timeout: 20_000 })
    .toBeDefined()
    .then(() => centre.client.evidence(sent.envelope.id))
  await goTo(reader, '/proof')
  await shows(/\d keys of the log were noted/, reader)
  const faults = [...(await askAxe(reader)), ...(await lookOver(reader, 320))]
  await reader.context().setOffline(true)
  const choose = (id: string, name: string, bytes: Uint8Array | string) =>
    reader.locator(id).setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) })
  await choose('#proof', 'receipt.jws', sent.receipt)
  await shows(/It is genuine\s+Received by the channel at/, reader)
  await choose('#proof', 'receipt.jws', sent.receipt.replace(/.{4}$/, 'AAAA'))
  await shows(/It proves nothing[\s\S]*invalid-signature/, reader)
  await choose('#proof', 'bundle.json', bundle)
  await shows(/Choose the anchors first/, reader)
  await choose('#trust', 'ca.crt', await readFile(join(gateway.pki.folder, 'trust/ca.crt')))
  await shows(/It is genuine[\s\S]*Who sent what to whom[\s\S]*gb-ctac sent fr-rys/, reader)
  await choose('#proof', 'bundle.json', Buffer.from(bundle).toString().replace('"version":1', '"version":2'))
  await shows(/bundle-version[\s\S]*\/version/, reader)
  await choose('#proof', 'bundle.json', bundle)
  await reader.getByRole('button', { name: 'Français' }).click()
  await shows(/Il est authentique[\s\S]*Qui a envoyé quoi à qui/, reader)
  faults.push(...(await askAxe(reader)), ...(await lookOver(reader, 320)))
  await reader.context().setOffline(false)
  await reader.context().close()
  expect(faults).toEqual([])
})

test('the screens of reading are for everybody, in both languages', async () => {
  const { page: french } = await desks.openReady({ as: 'fr-rys', locale: 'fr-FR', policy: false, width: 320 })
  await goTo(french, '/')
  await french
    .getByRole('link', { name: /Demande d’informations/ })
    .first()
    .click({ timeout: 20_000 })
  await shows(/La signature a été vérifiée/, french)
  const faults = [...(await askAxe(french)), ...(await lookOver(french, 320))]
  await french.getByRole('link', { name: 'Tout le dossier' }).click()
  await shows(/Dossier/, french)
  faults.push(...(await askAxe(french)), ...(await lookOver(french, 320)))
  expect(faults).toEqual([])
})
