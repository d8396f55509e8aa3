import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examplesOf } from '../../sdk/validate/validate.ts'
import { openAgency, type TestAgency } from '../support/agency.ts'
import { askAxe, lookOver } from '../support/chromium.ts'
import { assertNothingPlain, type DeskBrowser, goTo, openDeskBrowser, unlock } from '../support/desk.ts'
import { putDraft, putPicture, withVault } from '../support/desk-vault.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

/** A message on its way, in a real browser to a real gateway, whatever befalls the line, the tab and the answer. */

let gateway: TestGateway
let desks: DeskBrowser
let centre: TestAgency
let page: Page

const [referral] = examplesOf('referral')
/** By the tests of this file that leave their message unacknowledged. */
const SENT = 8
const draft = { type: 'referral', to: 'gb-ctac', priority: 'urgent', body: referral.body, attachments: [] as string[] }

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_DESK: 'on' })
  desks = await openDeskBrowser(gateway)
  centre = await openAgency(gateway, 'gb-ctac')
  ;({ page } = await desks.openReady({ as: 'fr-rys', policy: true }))
})

afterAll(async () => {
  await centre?.[Symbol.asyncDispose]()
  await desks?.[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

/** How many messages the recipient has in all that are not acknowledged. */
const waiting = async (): Promise<number> => (await centre.client.inbox({ limit: 100 })).messages.length
/** What was accepted is in the mailbox a moment later. */
const arrives = (count: number) => expect.poll(waiting, { timeout: 15_000 }).toBe(count)
/** What the browser tells a page then: what waits goes out at once. */
const lineIsBack = () => page.evaluate(`dispatchEvent(new Event('online'))`)
const shows = (text: string | RegExp) =>
  expect.poll(() => page.locator('main').innerText(), { timeout: 20_000 }).toMatch(text)

/** Begins to send a draft, and gives how many messages waited before. */
async function begin(id: string, more: object = {}): Promise<number> {
  const before = await waiting()
  await putDraft(page, id, { ...draft, ...more })
  await goTo(page, `/send/${id}`)
  await page.getByRole('button', { name: 'Sign and send' }).click()
  return before
}

test('before sending it says who reads it and when; afterwards the receipts are told, each verified', async () => {
  await putDraft(page, 'first', draft)
  await goTo(page, '/send/first')
  await shows(/will be read by CTAC/)
  expect(await page.locator('main').innerText()).toMatch(/Referral of a child/)
  await page.getByRole('button', { name: 'Sign and send' }).click()
  await shows(/Received by the channel at \d\d:\d\d \(/)
  await arrives(1)
  const [entry] = (await centre.client.inbox()).messages
  if (entry === undefined) throw new Error('it did not arrive')
  await centre.client.acknowledge(await centre.client.read(entry), 'accepted')
  await shows(/Read at \d\d:\d\d \(.*\) by /)
  expect(await page.locator('main').innerText()).not.toMatch(/could not be verified/)
})

describe('0 lost, 0 doubled', () => {
  const cases: readonly [string, string, (route: Route, turn: number) => Promise<void> | undefined][] = [
    ['before the message leaves', '**/v1/messages', (route, turn) => (turn === 0 ? route.abort() : undefined)],
    [
      'behind it, before the answer',
      '**/v1/messages',
      async (route, turn) => {
        if (turn > 0) return await route.continue()
        await route.fetch()
        await route.abort()
      },
    ],
    ['before an attachment', '**/v1/attachments/*', (route, turn) => (turn === 0 ? route.abort() : undefined)],
    [
      'behind an attachment, before its answer',
      '**/v1/attachments/*',
      async (route, turn) => {
        if (turn > 0) return await route.continue()
        await route.fetch()
        await route.abort()
      },
    ],
  ]

  test.each(cases)('the line is cut %s', async (name, pattern, cut) => {
    let turn = 0
    await page.route(
      pattern,
      async (route) => (await cut(route, turn++)) ?? (await route.continue().catch(() => undefined)),
    )
    const id = `cut ${name}`.replaceAll(/\W+/g, '-')
    await putPicture(page, id, 30_000)
    const before = await begin(id, { attachments: [id] })
    await shows(/Received by the channel/)
    await page.unroute(pattern)
    expect(turn).toBeGreaterThan(1)
    await arrives(before + 1)
  })

  test('the tab is killed between the message and its answer', async () => {
    const id = 'killed'
    const other = await page.context().newPage()
    await other.goto(`${desks.origin}/desk/`)
    await unlock(other)
    const before = await waiting()
    await putDraft(other, id, draft)
    await other.route('**/v1/messages', async (route) => {
      await route.fetch()
      // The answer never comes.
    })
    await goTo(other, `/send/${id}`)
    await other.getByRole('button', { name: 'Sign and send' }).click()
    await expect.poll(waiting, { timeout: 15_000 }).toBe(before + 1)
    await other.close()
    await goTo(page, `/outgoing/${id}`)
    await lineIsBack()
    await shows(/Received by the channel/)
    await arrives(before + 1)
  })

  test('two tabs send the same draft at the same time', async () => {
    const id = 'twice'
    const other = await page.context().newPage()
    await other.goto(`${desks.origin}/desk/`)
    await unlock(other)
    const before = await waiting()
    await putDraft(page, id, draft)
    const both = [page, other]
    for (const each of both) await goTo(each, `/send/${id}`)
    await Promise.all(both.map((each) => each.getByRole('button', { name: 'Sign and send' }).click()))
    for (const each of both)
      await expect
        .poll(() => each.locator('main').innerText(), { timeout: 20_000 })
        .toMatch(/Received by the channel|no longer here/)
    await arrives(before + 1)
    await other.close()
  })

  test('without a line it waits, says so, and goes out when the line is back', async () => {
    const id = 'offline'
    const before = await waiting()
    await putDraft(page, id, draft)
    await goTo(page, `/send/${id}`)
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Sign and send' }).click()
    await shows(/goes out by itself when the line is back/)
    expect(await waiting()).toBe(before)
    await assertNothingPlain(page, ['Semhar', 'referral', 'gb-ctac', 'ሰምሃር'])
    await page.context().setOffline(false)
    await shows(/Received by the channel/)
    await arrives(before + 1)
  })
})

test('bytes that grew old are asked about: sent anew under the same id where they never arrived, and never where they did', async () => {
  const before = await waiting()
  const other = await page.context().newPage()
  await other.goto(`${desks.origin}/desk/`)
  await unlock(other)
  // What this tab sends gets nowhere, and it cannot know that.
  await other.route('**/v1/messages', (route) => route.abort())
  await putDraft(other, 'old', draft)
  await goTo(other, '/send/old')
  await other.getByRole('button', { name: 'Sign and send' }).click()
  await expect.poll(() => other.locator('main').innerText()).toMatch(/It is being sent/)
  // Ten minutes go by, and the tab ends.
  const aged = `async (vault) => {
    const waiting = await vault.get('outbox', 'old')
    const old = { ...waiting, left: true, signed: { ...waiting.signed, at: new Date(Date.now() - 600_000).toISOString() } }
    await vault.put('outbox', 'old', old)
    return [old.envelope.id, old.signed.message]
  }`
  const [id, first] = await withVault<[string, string]>(page, aged)
  await other.close()
  await goTo(page, '/outgoing/old')
  await lineIsBack()
  await shows(/Received by the channel/)
  await arrives(before + 1)
  const sent = (await centre.client.inbox({ limit: 100 })).messages.find(({ messageId }) => messageId === id)
  expect(Buffer.from((await centre.client.read({ from: 'fr-rys', messageId: id })).bytes).toString()).not.toBe(first)
  // A device that was put back to how it was sends it again: the gateway has it.
  await withVault(
    page,
    `async (vault) => {
    const { envelope, receipts } = await vault.get('sent', 'old')
    const digest = JSON.parse(atob(receipts[0].compact.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).messageDigest
    const signed = { message: 'x.y.z', digest, at: new Date(0).toISOString() }
    await vault.put('outbox', 'old', { id: 'old', back: 'b', draft: {}, envelope, enclosed: [], put: [], signed, digests: [digest], left: true, since: '', failures: 0 })
    await vault.delete('sent', 'old')
  }`,
  )
  await goTo(page, '/')
  await goTo(page, '/outgoing/old')
  await lineIsBack()
  await shows(/Received by the channel/)
  expect(await waiting()).toBe(before + 1)
  expect(sent).toBeDefined()
})

test('of all that was sent, each has arrived once', async () => {
  const { messages } = await centre.client.inbox({ limit: 100 })
  expect(messages).toHaveLength(SENT)
  expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(SENT)
})

test('what the gateway refuses is a draft again, with another id, and its faults in words', async () => {
  // Only the gateway knows that nothing is answered by it.
  await begin('refused', { inReplyTo: '01a20ea6-f1d3-7208-81fb-96ee73443308' })
  await shows(/It was not accepted/)
  const link = page.getByRole('link', { name: 'Mend the draft' })
  expect(await link.getAttribute('href')).toMatch(/^#\/write\/[0-9a-f-]{36}$/)
  await goTo(page, '/')
  await shows(/Drafts\s+Referral of a child/)
})

test('what cannot go out is said before anything is signed', async () => {
  await putDraft(page, 'faulty', { ...draft, body: { ...draft.body, concerns: [] } })
  await goTo(page, '/send/faulty')
  await shows(/It cannot be sent like this[\s\S]*Concerns: must have at least 1 item/)
  expect(await page.getByRole('button', { name: 'Sign and send' }).count()).toBe(0)
})

test('the screens of sending are for everybody, in both languages', async () => {
  const { page: french } = await desks.openReady({ as: 'fr-rys', locale: 'fr-FR', policy: false, width: 320 })
  await putDraft(french, 'first', draft)
  const faults: string[] = []
  for (const path of ['/', '/send/first']) {
    await goTo(french, path)
    await expect.poll(() => french.locator('main').innerText()).toMatch(path === '/' ? /À lire/ : /sera lu par/)
    faults.push(...(await askAxe(french)), ...(await lookOver(french, 320)))
  }
  await french.getByRole('button', { name: 'Signer et envoyer' }).click()
  await expect.poll(() => french.locator('main').innerText(), { timeout: 20_000 }).toMatch(/Reçu par le canal à/)
  faults.push(...(await askAxe(french)), ...(await lookOver(french, 320)))
  expect(faults).toEqual([])
})
