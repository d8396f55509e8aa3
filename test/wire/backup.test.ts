import { cp, rm } from 'node:fs/promises'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signEnvelope, verifyReceipt } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { fetchAddress, makeQuestion, makeText, put, submit } from '../support/attached.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { listInbox, readFeed, startLoad } from '../support/load.ts'
import { askOperations } from '../support/operations.ts'
import { runProcess } from '../support/process.ts'
import { openRawAs } from '../support/raw.ts'

/** A backup of a gateway under load, the loss of the machine, and what a restore brings back (protocol section 12). */

const COUNT = 300

let gateway: TestGateway
let folder: TemporaryFolder
let referrer: TestAgency
let coordinator: TestAgency

beforeAll(async () => {
  folder = await temporaryFolder()
  gateway = await startGateway({
    DATABASE_URL: '',
    PASSERELLE_RATE_LIMIT: '100000',
    PASSERELLE_BACKUP_MAX_AGE: 'PT1H',
  })
  referrer = await openAgency(gateway, 'fr-rys')
  coordinator = await openAgency(gateway, 'gb-ctac')
})

afterAll(async () => {
  for (const one of [referrer, coordinator, gateway, folder]) await one?.[Symbol.asyncDispose]()
})

/** A command of an operator's, on the record in `data`. */
const command = (name: string, data: string, ...words: string[]) =>
  runProcess([`gateway/commands/${name}.ts`, ...words], { PASSERELLE_DATA: data, ...certificates() })

const certificates = () => ({
  PASSERELLE_SIGNING_CERT: join(gateway.pki.folder, 'gateway/signing.crt'),
})

async function say(more: object = {}) {
  const envelope = makeEnvelope('referral', 'fr-rys', 'gb-ctac', more)
  const message = await signEnvelope(envelope, referrer.signer, new Date())
  return { ...envelope, message, receipt: (await referrer.client.submit(message)).receipt }
}

const alarms = async (of: TestGateway): Promise<string> => (await askOperations(of, '/metrics')).text

type Submitted = Awaited<ReturnType<typeof say>>

async function acknowledge({ id }: Submitted): Promise<void> {
  for (let received; received === undefined; ) {
    const { messages } = await coordinator.client.inbox({ limit: 100, wait: 5 })
    const entry = messages.find(({ messageId }) => messageId === id)
    received = entry && (await coordinator.client.read(entry))
    if (received) await coordinator.client.acknowledge(received, 'accepted')
  }
}

async function erase({ caseId }: Submitted): Promise<void> {
  for (const operator of ['duty', 'manager'] as const) {
    const body = { reason: 'asked for by the family' }
    const told = await askOperations(gateway, `/api/cases/${caseId}/erase`, { operator, body })
    expect([200, 202]).toContain(told.status)
  }
}

/** The rows of a case that its contents are in: its wrapped key and sealed bytes. */
async function sealedOf(data: string, caseIds: readonly string[]): Promise<readonly Buffer[]> {
  const host = readFileSync(join(data, 'postgres/postmaster.pid'), 'utf8').split('\n')[4]
  const record = new pg.Client({ host, user: 'passerelle', database: 'passerelle' })
  await record.connect()
  try {
    const { rows } = await record.query<{ sealed: Buffer }>(
      `select sealed from message where case_id = any($1) and sealed is not null
       union all select wrapped from case_key where case_id = any($1)`,
      [caseIds],
    )
    return rows.map(({ sealed }) => sealed)
  } finally {
    await record.end()
  }
}

/** SIGKILL to the gateway, to PostgreSQL and to each of its processes. */
async function loseMachine(): Promise<void> {
  const pid = Number(readFileSync(join(gateway.data, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  await gateway.process.kill()
  for (const one of [pid, ...children]) {
    try {
      process.kill(one, 'SIGKILL')
    } catch {
      // It has ended with the gateway.
    }
  }
}

test('a backup under load, a lost machine, a restore: what was acknowledged is there, what was erased stays erased', async () => {
  const [before, after] = [await say(), await say()]
  const paper = makeText(600_000)
  const question = makeQuestion([paper])
  using asking = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  expect((await put(asking, paper)).status).toBe(201)
  expect((await submit(asking, question, coordinator.signer)).status).toBe(202)
  await Promise.all([before, after].map(acknowledge))
  await erase(before)

  expect(await alarms(gateway)).toContain('passerelle_alarms{code="backup-overdue"} 1')
  // Backed up while messages come in: what was answered before it began is in it.
  const load = startLoad({ senders: [referrer], to: 'gb-ctac', type: 'referral', count: COUNT })
  await load.reached(COUNT / 6)
  const promised = new Map(load.accepted)
  const backups = join(folder.path, 'backups')
  const saving = await command('backup', gateway.data, backups)
  expect(saving).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^saved and tried: .*\(\d+ leaves of the log /),
  })
  const [name = ''] = readdirSync(backups)
  expect(name).toMatch(/^passerelle-\d{8}T\d{6}Z$/)
  await until(async () => !(await alarms(gateway)).includes('backup-overdue'))

  // What comes after it: a case is erased, and the list of erasures is kept elsewhere.
  const contents = await sealedOf(gateway.data, [after.caseId])
  expect(contents).toHaveLength(2)
  await erase(after)
  const list = join(folder.path, 'erasures')
  const listing = await command('erasures', gateway.data, list)
  expect(listing).toMatchObject({ code: 0, stdout: `listed: ${list} (2 erasures)\n` })
  expect(readFileSync(list, 'utf8')).not.toContain('family')
  await load.done
  const { next: cursor } = await referrer.client.receipts()

  const keys = ['data.key', 'log.key'] as const
  for (const key of keys) await cp(join(gateway.data, key), join(folder.path, key))
  await loseMachine()
  await rm(gateway.data, { recursive: true })

  const restored = join(folder.path, 'restored')
  const refused = await command('restore', restored, join(backups, name))
  expect(refused).toMatchObject({ code: 78, stderr: expect.stringContaining('--without-erasures') })
  const restoring = await command('restore', restored, join(backups, name), '--erasures', list)
  expect(restoring).toMatchObject({ code: 0, stdout: expect.stringContaining('\n1 cases erased again; ') })

  // The record remembers which data key sealed it.
  await cp(join(folder.path, 'log.key'), join(restored, 'log.key'))
  const env = { PASSERELLE_DATA: restored }
  await expect(gateway.startAnother(env)).rejects.toThrow(
    'the data key is not the one that this record was sealed with',
  )
  await cp(join(folder.path, 'data.key'), join(restored, 'data.key'))
  const { url, operationsUrl } = await gateway.startAnother(env)
  expect(await sealedOf(restored, [before.caseId, after.caseId])).toEqual([])

  await using sender = await openAgency(gateway, 'fr-rys', url)
  await using recipient = await openAgency(gateway, 'gb-ctac', url)
  const [wellKnown, directory] = [await sender.client.wellKnown(), await sender.client.directory()]
  for (const [id, receipt] of promised) {
    const message = load.sent.get(id) ?? ''
    const again = await sender.client.submit(message)
    expect(again).toMatchObject({ replayed: true, receipt })
    await verifyReceipt(again.receipt, wellKnown, directory, { event: 'SubmissionAcceptance', message })
  }
  for (const erased of [before, after]) {
    expect(await sender.client.submit(erased.message)).toMatchObject({ replayed: true, receipt: erased.receipt })
    await expect(recipient.client.read({ from: 'fr-rys', messageId: erased.id })).rejects.toMatchObject({ status: 410 })
  }
  // An attachment of the record is in its backup.
  using reading = await openRawAs({ pki: gateway.pki, url }, 'agencies/fr-rys/tls')
  const fetched = await reading.get(fetchAddress(question, paper))
  expect(fetched.status).toBe(200)
  expect(paper.bytes.equals(fetched.body)).toBe(true)

  // What waited waits, and is told of from the beginning: a cursor from before the restore would skip what comes now.
  await expect(sender.client.receipts({ after: cursor })).rejects.toMatchObject({ status: 400 })
  expect((await readFeed(sender)).events.size).toBeGreaterThanOrEqual(promised.size)
  const waiting = (await listInbox(recipient)).map(({ messageId }) => messageId)
  expect(waiting).toEqual(expect.arrayContaining([...promised.keys()]))
  const [entry] = (await recipient.client.inbox({ limit: 1 })).messages
  if (entry === undefined) throw new Error('nothing waits')
  expect(await recipient.client.acknowledge(await recipient.client.read(entry), 'accepted')).toMatchObject({
    state: 'handed-over',
  })

  // Its own list has both, so that a restore of an older backup than this would have them, too.
  const next = join(folder.path, 'erasures-of-restored')
  expect(await command('erasures', restored, next)).toMatchObject({ code: 0, stdout: expect.stringContaining('(2 ') })
  const entries = (file: string) => readFileSync(file, 'utf8').split('\n').slice(1)
  expect(entries(next)).toEqual(entries(list))
  const told = await askOperations({ pki: gateway.pki, operationsUrl }, '/health/ready')
  expect(told.status).toBe(200)
}, 180_000)
