import { randomBytes } from 'node:crypto'
import { cp, readFile } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reachEmbedded } from '../../gateway/record/embedded/embedded.ts'
import { type Envelope, signEnvelope } from '../../sdk/index.ts'
import { openAgency, type TestAgency } from '../support/agency.ts'
import { fetchAddress, makePicture, makeQuestion, makeText, type Paper, put, submit } from '../support/attached.ts'
import { temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { hangUp, putFile } from '../support/keys-under-load.ts'
import { askOperations } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { runProcess } from '../support/process.ts'
import { quiet } from '../support/quiet.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'
import { filesWith, remember } from '../support/traces.ts'

/** Attachments through all that is done to a record: another data key, an erasure, maintenance, a backup and its restore. */

const stack = new AsyncDisposableStack()
let gateway: TestGateway
let folder: string
let ctac: RawClient
let rys: RawClient
let asking: TestAgency
let answering: TestAgency

beforeAll(async () => {
  folder = stack.use(await temporaryFolder()).path
  gateway = stack.use(await startGateway({ DATABASE_URL: '', PASSERELLE_RATE_LIMIT: '100000' }))
  ctac = stack.use(await openRawAs(gateway, 'agencies/gb-ctac/tls'))
  rys = stack.use(await openRawAs(gateway, 'agencies/fr-rys/tls'))
  asking = stack.use(await openAgency(gateway, 'gb-ctac'))
  answering = stack.use(await openAgency(gateway, 'fr-rys'))
})
afterAll(() => stack.disposeAsync())

async function command(name: string, data: string, ...words: string[]): Promise<void> {
  const settings = {
    PASSERELLE_DATA: data,
    PASSERELLE_AGENCIES: join(gateway.pki.folder, 'agencies.json'),
    PASSERELLE_TRUST: join(gateway.pki.folder, 'trust'),
    PASSERELLE_SIGNING_CERT: join(gateway.pki.folder, 'gateway/signing.crt'),
  }
  expect(await runProcess([`gateway/commands/${name}.ts`, ...words], settings), name).toMatchObject({ code: 0 })
}

async function say(...papers: readonly Paper[]): Promise<{ envelope: Envelope; message: string; receipt: string }> {
  const envelope = makeQuestion(papers)
  const message = await signEnvelope(envelope, asking.signer, new Date())
  return { envelope, message, receipt: (await asking.client.submit(message)).receipt }
}

async function expectFetched(envelope: Envelope, paper: Paper, client = rys): Promise<void> {
  const got = await client.get(fetchAddress(envelope, paper))
  expect(got.status).toBe(200)
  expect(got.body.equals(paper.bytes)).toBe(true)
}

async function erase({ id, caseId }: Envelope): Promise<void> {
  await answering.client.acknowledge(await answering.client.read({ from: 'gb-ctac', messageId: id }), 'accepted')
  for (const operator of ['duty', 'manager'] as const)
    await askOperations(gateway, `/api/cases/${caseId}/erase`, { operator, body: { reason: 'The court asked for it' } })
}

const dataKeys = (...lines: readonly string[]): Promise<void> =>
  putFile(join(gateway.data, 'data.key'), lines.map((line) => `${line}\n`).join(''))
const renew = () => hangUp(gateway, 'data keys in force')

test('what a message names is fetched after all of it, and what was erased with another case never again', async () => {
  const [shared, own, loose] = [makePicture(700_000), makeText(300_000), makeText()]
  for (const paper of [shared, own, loose]) expect((await put(ctac, paper)).status).toBe(201)
  const [gone, kept] = [await say(shared, own), await say(shared)]

  // Another data key, while more of them come in.
  const [first, next] = [
    (await readFile(join(gateway.data, 'data.key'), 'utf8')).trim(),
    randomBytes(32).toString('base64'),
  ]
  await dataKeys(next, first)
  await renew()
  const over = new AbortController()
  const putting = (async () => {
    const papers: Paper[] = []
    do {
      const paper = makeText(5_000)
      expect((await put(ctac, paper)).status).toBe(201)
      papers.push(paper)
    } while (!over.signal.aborted)
    return papers
  })()
  await command('rotate', gateway.data)
  over.abort()
  const meanwhile = (await putting).slice(-19)
  await dataKeys(next)
  await renew()
  const later = await say(loose, ...meanwhile)
  for (const paper of [loose, ...meanwhile]) await expectFetched(later.envelope, paper)

  // An erasure that the backup has not seen.
  const backups = join(folder, 'backups')
  await command('backup', gateway.data, backups)
  const { url: record } = await reachEmbedded(gateway.data, quiet)
  const traces = await remember(record, [gone.envelope.caseId])
  await erase(gone.envelope)
  const list = join(folder, 'erasures')
  await command('erasures', gateway.data, list)
  for (const paper of [shared, own]) expectProblem(await rys.get(fetchAddress(gone.envelope, paper)), 'erased')
  await expectFetched(kept.envelope, shared)
  await command('maintenance', gateway.data)
  // The bytes that the other case still names, and their owner's key, are no traces.
  const stays = await remember(record, [kept.envelope.caseId])
  expect(
    filesWith(
      gateway.data,
      traces.filter((trace) => !stays.some((one) => one.equals(trace))),
    ),
  ).toEqual([])
  await expectFetched(kept.envelope, shared)

  // And the restore of that backup.
  const restored = join(folder, 'restored')
  const [name = ''] = readdirSync(backups)
  await command('restore', restored, join(backups, name), '--erasures', list)
  for (const key of ['data.key', 'log.key']) await cp(join(gateway.data, key), join(restored, key))
  const { url } = await gateway.startAnother({ PASSERELLE_DATA: restored })
  using there = await openRawAs(gateway, 'agencies/fr-rys/tls', { url })
  using sending = await openRawAs(gateway, 'agencies/gb-ctac/tls', { url })
  await expectFetched(kept.envelope, shared, there)
  for (const paper of [loose, ...meanwhile]) await expectFetched(later.envelope, paper, there)
  for (const paper of [shared, own]) expectProblem(await there.get(fetchAddress(gone.envelope, paper)), 'erased')
  const again = await sending.post('/v1/messages', gone.message)
  expect([again.status, again.read().receipt]).toEqual([200, gone.receipt])
  expectProblem(await submit(sending, makeQuestion([own]), asking.signer), 'attachment-missing')
  expect((await put(sending, own)).status).toBe(201)
  expect((await put(sending, shared)).status).toBe(200)
  const anew = makeQuestion([own, shared], { caseId: gone.envelope.caseId })
  expect((await submit(sending, anew, asking.signer)).status).toBe(202)
  for (const paper of [own, shared]) await expectFetched(anew, paper, there)
}, 180_000)
