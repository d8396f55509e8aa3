import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examplesOf } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { type DeskBrowser, NOBODY, openDeskBrowser } from '../support/desk.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { type Keys, openKeys } from '../support/keyboard.ts'

/** A charity's part with a keyboard and nothing else: a child is referred, and what became of the child is read. */

const PATIENCE_MS = 20_000

let gateway: TestGateway
let desks: DeskBrowser
let centre: TestAgency
let charity: TestAgency

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_DESK: 'on' })
  desks = await openDeskBrowser(gateway)
  centre = await openAgency(gateway, 'gb-ctac')
  charity = await openAgency(gateway, 'fr-rys')
})

afterAll(async () => {
  for (const each of [centre, charity]) await each?.[Symbol.asyncDispose]()
  await desks?.[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

/** The one message that waits for an agency. */
async function waitingFor({ client }: TestAgency) {
  const waits = async () => (await client.inbox()).messages
  await expect.poll(waits, { timeout: PATIENCE_MS }).toHaveLength(1)
  const [entry] = await waits()
  if (entry === undefined) throw new Error('nothing waits')
  return entry
}
const shows = (page: Page, text: RegExp) =>
  expect.poll(() => page.locator('main').innerText(), { timeout: PATIENCE_MS }).toMatch(text)

/** Answers question after question, each as shortly as the schema allows. */
async function answer(page: Page, keys: Keys): Promise<void> {
  const onwards = async (): Promise<void> => {
    const before = page.url()
    await keys.press('#onwards')
    await page.waitForURL((url) => url.href !== before)
    // A new page is read from its heading.
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H1')
  }
  // Whom did you speak to: nobody.
  await onwards()
  await keys.type('#q-reason-text', 'Not seen since Saturday.')
  await onwards()
  // A list is chosen from by its first letters.
  await keys.type('#q-lastSeen-place-kind', 'Woods')
  await keys.type('#q-lastSeen-when-to', '10/12/2016')
  await keys.reach('#q-lastSeen-source')
  await page.keyboard.press('ArrowDown')
  await onwards()
  await keys.reach('#q-destinationSource')
  await page.keyboard.press('ArrowDown')
  await onwards()
  await keys.type('#q-child-names-0-full', 'Semhar')
  await onwards()
  await keys.tick('#q-child-age-unknown')
  await onwards()
  await keys.choose('q-child-sex', 'q-child-sex-female')
  await onwards()
  await keys.choose('q-child-separation', 'q-child-separation-unaccompanied')
  await onwards()
  await onwards()
  await keys.tick('#q-concerns-separated-from-carers')
  await keys.choose('q-concerns-separated-from-carers-how', 'q-concerns-separated-from-carers-how-heard')
  await onwards()
  await keys.choose('q-concerns-all-severity', 'q-concerns-all-severity-high')
  await keys.choose('q-concerns-all-immediacy', 'q-concerns-all-immediacy-same-day')
  for (const _ of ['severity', 'health', 'pictures', 'told', 'views', 'well']) await onwards()
  await keys.type('#q-contact-organisation', 'Refugee Youth Service')
  await keys.type('#q-contact-phone', '01 99 00 00 01')
  await onwards()
}

test('by the keyboard alone a child is referred, and the outcome is read, acknowledged, printed and deleted', async () => {
  const { page } = await desks.openReady({ as: 'fr-rys' })
  const keys = openKeys(page)
  await keys.press({ says: 'Write a message' })
  await keys.choose('what', 'what-referral')
  await keys.press({ says: 'Begin' })
  await page.locator('#q-reportsMade-add').waitFor()
  await answer(page, keys)

  await shows(page, /Check your answers[\s\S]*Semhar/)
  expect(await page.locator('.govuk-error-message').allInnerTexts()).toEqual([])
  await keys.press({ says: 'Continue to sending' })
  await keys.press({ says: 'Sign and send' })
  await shows(page, /Received by the channel/)
  const entry = await waitingFor(centre)
  const [{ body }] = examplesOf('outcome')
  const more = { inReplyTo: entry.messageId, caseId: entry.caseId, schemaVersion: '1.2', body }
  await centre.client.send(makeEnvelope('outcome', 'gb-ctac', 'fr-rys', more))
  await waitingFor(charity)

  await keys.press({ says: 'Home' }, 'Shift+Tab')
  await keys.press('.desk-cards a[href^="#/read/"]')
  await shows(page, /Signed by CTAC/)
  await keys.press({ says: 'I have read it' })
  await shows(page, /You acknowledged it at/)
  await page.evaluate('globalThis.print = () => { globalThis.wasPrinted = true }')
  await keys.press({ says: 'Print' })
  expect(await page.evaluate('globalThis.wasPrinted')).toBe(true)
  await keys.press({ says: 'Delete it from this device' })
  await shows(page, /Nothing waits for you/)
})

test('whoever goes by keyboard here notices a thing that looks the same with the focus and without', async () => {
  const { page } = await desks.open({ as: NOBODY })
  const style = '<style>button { border: 0 } #dull:focus { outline: none }</style>'
  await page.setContent(
    `${style}<button>One</button><button>Two</button><button id="dull">Dull</button><button>Four</button>`,
  )
  const keys = openKeys(page)
  await keys.reach({ says: 'Two' })
  await expect(keys.reach({ says: 'Four' })).rejects.toThrow(/looks the same/)
})
