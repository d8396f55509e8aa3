import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { examplesOf, type InboxEntry } from '../sdk/index.ts'
import { makeEnvelope, openAgency } from '../test/support/agency.ts'
import { type DeskBrowser, type DeskLook, goTo, openDeskBrowser, unlock } from '../test/support/desk.ts'
import { beginReferral } from '../test/support/desk-referral.ts'
import { withVault } from '../test/support/desk-vault.ts'
import { startGateway, type TestGateway, until } from '../test/support/gateway.ts'

/** What of a screen a device shows at once. */
const TELEPHONE = { width: 390, height: 844 }
const COMPUTER = { width: 900, height: 640 }

/** Everything that a volunteer's desk shows, from the first question to the proof: each its own step, in the order in which it comes. */
export async function pictureDesk(folder: string, server: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await using stack = new AsyncDisposableStack()
  const gateway = stack.use(await startGateway({ PASSERELLE_DESK: 'on' }, server))
  const desks = stack.use(await openDeskBrowser(gateway))
  const centre = stack.use(await openAgency(gateway, 'gb-ctac'))
  const charity = stack.use(await openAgency(gateway, 'fr-rys'))

  const picture = async (page: Page, name: string, ready: RegExp): Promise<void> => {
    await until(async () => ready.test(await page.locator('main').innerText()))
    await page.evaluate('scrollTo(0, 0)')
    await page.mouse.move(0, 0)
    const path = join(folder, `desk-${name}.png`)
    await page.screenshot({ path })
    process.stdout.write(`${path}\n`)
  }
  const open = (look: Omit<DeskLook, 'as'>) => openSized(desks, { as: 'fr-rys', ...look })

  // English, on a telephone: a child is referred, and the answer comes.
  const { page, context } = await open({ width: TELEPHONE.width })
  const draft = await exampleDraft(page)
  await goTo(page, `/write/${draft}/2`)
  await picture(page, 'question-telephone-en', /last seen/)
  await page.setViewportSize({ ...COMPUTER, height: 820 })
  await goTo(page, `/write/${draft}/check`)
  await picture(page, 'check-desktop-en', /Check your answers/)
  await page.setViewportSize(TELEPHONE)
  await goTo(page, `/send/${draft}`)
  await picture(page, 'before-telephone-en', /will be read by/)
  await page.getByRole('button', { name: 'Sign and send' }).click()
  await until(async () => (await centre.client.inbox()).messages.length > 0)
  const [entry] = (await centre.client.inbox()).messages
  if (entry === undefined) throw new Error('the referral did not arrive')
  await centre.client.acknowledge(await centre.client.read(entry), 'accepted')
  await picture(page, 'sent-telephone-en', /Read at/)

  const { envelope } = await centre.client.send(answerTo(entry))
  await centre.client.send(questionAbout(entry))
  await until(async () => (await charity.client.inbox()).messages.length > 1)
  await goTo(page, '/proof')
  await goTo(page, '/')
  await page.locator('.desk-cards a[href^="#/read/"]').nth(1).waitFor()
  await picture(page, 'home-telephone-en', /Waiting for you/)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page
    .getByRole('link', { name: /Outcome/ })
    .first()
    .click()
  await picture(page, 'message-telephone-dark-en', /Signed by/)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.getByRole('button', { name: 'I have read it' }).click()
  await until(async () => /You acknowledged it/.test(await page.locator('main').innerText()))
  await page.setViewportSize(COMPUTER)
  await page.getByRole('link', { name: 'The whole case' }).click()
  await picture(page, 'case-desktop-en', /Outcome for the referrer/)

  await provenOn(page, gateway, await centre.client.evidence(envelope.id))
  await picture(page, 'proof-desktop-en', /It is genuine/)
  await context.close()

  // French, on another telephone of the same charity.
  const french = await open({ width: TELEPHONE.width, locale: 'fr-FR' })
  await goTo(french.page, '/')
  await picture(french.page, 'home-telephone-fr', /À lire/)
  const saisine = await exampleDraft(french.page)
  await goTo(french.page, `/write/${saisine}/9`)
  await picture(french.page, 'question-telephone-fr', /Qu’est-il arrivé/)
}

async function openSized(desks: DeskBrowser, look: DeskLook): Promise<{ context: BrowserContext; page: Page }> {
  const opened = await desks.openReady(look)
  await opened.page.setViewportSize(TELEPHONE)
  return opened
}

/** Begins a referral, and answers it as the published example does; gives the local id of its draft. */
async function exampleDraft(page: Page): Promise<string> {
  const [{ body }] = examplesOf('referral')
  const id = await beginReferral(page)
  await goTo(page, '/')
  await withVault(
    page,
    `async (vault) => {
      const draft = await vault.get('drafts', '${id}')
      const body = { ...draft.progress.body, ...${JSON.stringify(body)} }
      await vault.put('drafts', '${id}', { ...draft, body, priority: 'urgent', progress: { ...draft.progress, body } })
    }`,
  )
  // What was open is read anew.
  await page.reload()
  await unlock(page)
  return id
}

const answerTo = ({ messageId, caseId }: InboxEntry) => {
  const found = examplesOf('outcome').find(({ body }) => body.outcome === 'with-family')
  if (found === undefined) throw new Error('no example tells of a family')
  const { body } = found
  return makeEnvelope('outcome', 'gb-ctac', 'fr-rys', {
    inReplyTo: messageId,
    caseId,
    schemaVersion: '1.2',
    body,
  })
}
const questionAbout = ({ caseId }: InboxEntry) => {
  const [{ body }] = examplesOf('information-request')
  return makeEnvelope('information-request', 'gb-ctac', 'fr-rys', {
    caseId,
    schemaVersion: '1.2',
    priority: 'immediate',
    body,
  })
}

async function provenOn(page: Page, gateway: TestGateway, bundle: Uint8Array): Promise<void> {
  await goTo(page, '/proof')
  const choose = (id: string, name: string, bytes: Uint8Array) =>
    page.locator(id).setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) })
  await choose('#trust', 'ca.crt', await readFile(join(gateway.pki.folder, 'trust/ca.crt')))
  await choose('#proof', 'bundle.json', bundle)
}
