import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issue, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { problems } from '../../gateway/protocol/problems.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { makeEnvelope } from '../support/agency.ts'
import { answerWith, type Endpoint, startEndpoint } from '../support/endpoint.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { askOperations } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs } from '../support/raw.ts'

/** A delivery vanishes from the record of two processes: what the operators see, are told, and do. */

type Alarm = { readonly id: string; readonly code: string; readonly acknowledgedBy?: string; readonly remedy?: object }

let folder: TemporaryFolder
let gateway: TestGateway
let record: Database
let receiver: Endpoint

beforeAll(async () => {
  folder = await temporaryFolder()
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }
  const root = await makeRoot('CN=receiver root', validity)
  const { key, crt: cert } = await issue(root, { subject: 'CN=receiver', validity, use: 'tls', local: true })
  receiver = await startEndpoint(answerWith(204), { key, cert, requestCert: false })
  const anchor = join(folder.path, 'root.crt')
  await writeFile(anchor, toPem(root.certificate))
  const secret = join(folder.path, 'secret')
  await writeFile(secret, `whsec_${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  gateway = await startGateway({
    PASSERELLE_ALARM_WEBHOOK: receiver.url,
    PASSERELLE_ALARM_WEBHOOK_SECRET: secret,
    NODE_EXTRA_CA_CERTS: anchor,
  })
  record = openDatabase(gateway.databaseUrl, () => undefined)
})
afterAll(async () => {
  await record.end()
  await gateway[Symbol.asyncDispose]()
  receiver.server.close()
  await folder.remove()
})

const figures = async (): Promise<string> => (await askOperations(gateway, '/metrics')).text
const alarms = async (): Promise<readonly Alarm[]> =>
  ((await askOperations(gateway, '/api/alarms', { operator: 'duty' })).json as { alarms: Alarm[] }).alarms
const posted = (code: string): readonly string[] =>
  receiver.seen
    .map(({ body }) => JSON.parse(body.toString()) as { type: string; data: Alarm })
    .flatMap(({ type, data }) => (data.code === code ? [type] : []))
const missing = async (): Promise<Alarm | undefined> =>
  (await alarms()).find(({ code }) => code === 'messages-unaccounted')

test('a delivery that is deleted is counted within a minute, told once, and acknowledged once', {
  timeout: 120_000,
}, async () => {
  const signer = await readSigner(gateway.pki.folder, 'agencies/gb-ctac/signing')
  using ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  const payload = makeEnvelope('safeguarding-information', 'gb-ctac', 'gb-la-e10000016')
  expect((await ctac.post('/v1/messages', forge({ payload, signer }))).status).toBe(202)
  await until(async () => (await figures()).includes('\npasserelle_messages_unaccounted 0\n'))
  await until(async () => /^passerelle_consigning_seconds_count\{priority="\w+"\} 1$/m.test(await figures()))

  await gateway.startAnother()
  await record.query('delete from delivery')
  await until(async () => (await figures()).includes('\npasserelle_messages_unaccounted 1\n'), 60_000)
  await until(async () => (await missing()) !== undefined)
  expect(await figures()).toContain('\npasserelle_alarms{code="messages-unaccounted"} 1\n')
  await until(() => posted('messages-unaccounted').length > 0)
  expect(posted('messages-unaccounted')).toEqual(['alarm.on'])

  const { id = '', remedy } = (await missing()) ?? {}
  expect(remedy).toEqual({ en: expect.any(String), fr: expect.any(String) })
  const acknowledge = (operator: 'duty' | 'manager', body: object) =>
    askOperations(gateway, `/api/alarms/${id}/acknowledge`, { operator, body })
  expect((await acknowledge('duty', {})).status).toBe(400)
  expect((await acknowledge('duty', { reason: 'Looking into it' })).json).toEqual({ id, acknowledgedBy: 'duty' })
  expect((await acknowledge('manager', { reason: 'So am I' })).json).toEqual({ id, acknowledgedBy: 'duty' })
  expect((await missing())?.acknowledgedBy).toBe('duty')
  expect((await record.query(`select from act where act = 'acknowledge'`)).rowCount).toBe(1)
  const unknown = await askOperations(gateway, '/api/alarms/00000000-0000-7000-8000-000000000000/acknowledge', {
    operator: 'duty',
    body: { reason: 'There is none' },
  })
  expect(unknown.status).toBe(404)
})

test('no label has more values than there are agencies and codes, and none is a case or a message', async () => {
  const text = await figures()
  const agencies = 10
  const values = new Map<string, Set<string>>()
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)\{(.*)\} \S+$/gm))
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      const key = `${name} ${label}`
      values.set(key, (values.get(key) ?? new Set()).add(value))
    }
  expect(values.size).toBeGreaterThan(20)
  for (const [key, all] of values) {
    expect(all.size, key).toBeLessThanOrEqual(agencies * Object.keys(problems).length)
    for (const value of all) expect(value, key).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
  }
})

test('an agency’s certificate sees no alarm', async () => {
  using agency = await openRawAs(gateway, 'agencies/gb-ctac/tls', { url: gateway.operationsUrl })
  expectProblem(await agency.get('/api/alarms'), 'operator-certificate-required')
})
