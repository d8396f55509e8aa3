import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { addressOf, fetchAddress, makeQuestion, makeText, type Paper, put, submit } from '../support/attached.ts'
import { MALWARE, startClamd, type TestClamd } from '../support/clamd.ts'
import { temporaryFolder } from '../support/folder.ts'
import { readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { openAgency } from '../support/agency.ts'
import { askOperations } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'
import { BUCKET, startS3, type TestS3 } from '../support/s3.ts'
import { copyPki } from '../support/pki.ts'

const MIB = 1024 * 1024

let s3: TestS3
let clamd: TestClamd
let gateway: TestGateway
let ctac: RawClient
let rys: RawClient
let signer: Signer
let record: pg.Pool
const opened = new AsyncDisposableStack()

beforeAll(async () => {
  const folder = opened.use(await temporaryFolder())
  const pki = await copyPki(join(folder.path, 'pki'))
  const file = (name: string) => join(pki.folder, name)
  s3 = opened.use(
    await startS3({ cert: file('gateway/tls.crt'), key: file('gateway/tls.key'), ca: file('trust/ca.crt') }),
  )
  clamd = opened.use(await startClamd())
  gateway = opened.use(
    await startGateway({
      PASSERELLE_ATTACHMENTS_URL: s3.url,
      PASSERELLE_ATTACHMENTS_CREDENTIALS: s3.credentialsFile,
      NODE_EXTRA_CA_CERTS: file('trust/ca.crt'),
      PASSERELLE_CLAMD: `127.0.0.1:${clamd.port}`,
      PASSERELLE_RATE_LIMIT: '100000',
    }),
  )
  record = opened.adopt(new pg.Pool({ connectionString: gateway.databaseUrl }), (pool) => pool.end())
  ctac = opened.use(await openRawAs(gateway, 'agencies/gb-ctac/tls'))
  rys = opened.use(await openRawAs(gateway, 'agencies/fr-rys/tls'))
  signer = await readSigner(gateway.pki.folder, 'agencies/gb-ctac/signing')
})
afterAll(() => opened.disposeAsync())

const objects = async () => (await s3.client.listObjectsV2({ Bucket: BUCKET })).Contents ?? []
const count = async (table: string) => (await record.query(`select from ${table}`)).rowCount
const hasAlarm = async (code: string) =>
  (await askOperations(gateway, '/metrics')).text.includes(`passerelle_alarms{code="${code}"}`)
const readiness = async () => (await askOperations(gateway, '/health/ready')).status
const infected: Paper = { bytes: Buffer.from(`Papers of a hospital. ${MALWARE}\n`), mediaType: 'text/plain' }

/** Names it in a message; gives where its recipient finds it. */
async function send(paper: Paper): Promise<string> {
  const question = makeQuestion([paper])
  expect((await submit(ctac, question, signer)).status).toBe(202)
  return fetchAddress(question, paper)
}

describe('a store in S3, and a scanner', () => {
  test.each([1, 3 * MIB, 6 * MIB + 1, 25 * MIB])('%i bytes go there sealed, and come back', async (size) => {
    const paper = makeText(size)
    expect((await put(ctac, paper)).status).toBe(201)
    expect((await put(ctac, paper)).status).toBe(200)
    const address = await send(paper)
    const got = await rys.get(address)
    expect(got.status).toBe(200)
    expect(got.body.equals(paper.bytes)).toBe(true)
    const some = await rys.get(address, { range: `bytes=${size - 1}-` })
    expect(some.status).toBe(206)
    expect(some.body).toEqual(paper.bytes.subarray(-1))
  })

  test('nothing of it lies in the record, and nothing readable in the store', async () => {
    const paper = makeText(100_000)
    const before = new Set((await objects()).map(({ Key }) => Key))
    await put(ctac, paper)
    const [object] = (await objects()).filter(({ Key }) => !before.has(Key))
    const stored = await s3.client.getObject({ Bucket: BUCKET, Key: object?.Key })
    const bytes = Buffer.from((await stored.Body?.transformToByteArray()) ?? [])
    expect(bytes.length).toBeGreaterThan(100_000)
    expect(bytes.includes(paper.bytes.subarray(0, 40))).toBe(false)
    expect(object?.Key).not.toContain(addressOf(paper).slice(-20))
    expect(await count('attachment_chunk')).toBe(0)
  })

  test('what has been changed there, or is gone, is not given out', async () => {
    const paper = makeText(300_000)
    const before = new Set((await objects()).map(({ Key }) => Key))
    await put(ctac, paper)
    const address = await send(paper)
    const [object] = (await objects()).filter(({ Key }) => !before.has(Key))
    const place = { Bucket: BUCKET, Key: object?.Key }
    const stored = await s3.client.getObject(place)
    const bytes = Buffer.from((await stored.Body?.transformToByteArray()) ?? [])
    bytes[1000] = (bytes[1000] ?? 0) ^ 1
    await s3.client.putObject({ ...place, Body: bytes })
    expectProblem(await rys.get(address), 'internal-error')
    expect((await rys.get(address, { range: 'bytes=299999-' })).body).toEqual(paper.bytes.subarray(-1))
    await s3.client.deleteObject(place)
    expectProblem(await rys.get(address), 'internal-error')
  })

  test.each([300_000, 6 * MIB])(
    'what is lost there, or cut off, is there again once it is put again: %i bytes',
    async (size) => {
      const paper = makeText(size)
      const before = new Set((await objects()).map(({ Key }) => Key))
      await put(ctac, paper)
      const address = await send(paper)
      const [object] = (await objects()).filter(({ Key }) => !before.has(Key))
      const place = { Bucket: BUCKET, Key: object?.Key }
      for (const lose of [
        () => s3.client.deleteObject(place),
        () => s3.client.putObject({ ...place, Body: 'cut off' }),
      ]) {
        await lose()
        expectProblem(await rys.get(address), 'internal-error')
        const other = { headers: { 'content-type': paper.mediaType }, body: makeText(size).bytes }
        expectProblem(await ctac.call('PUT', addressOf(paper), other), 'attachment-digest-mismatch')
        expect((await put(ctac, paper)).status).toBe(200)
        expect((await rys.get(address)).body.equals(paper.bytes)).toBe(true)
      }
      expect((await objects()).filter(({ Key }) => !before.has(Key))).toHaveLength(1)
      expect((await s3.client.listMultipartUploads({ Bucket: BUCKET })).Uploads ?? []).toEqual([])
    },
  )

  test('malware is refused, in both languages, and kept nowhere', async () => {
    const before = [(await objects()).length, await count('attachment')]
    expect(expectProblem(await put(ctac, infected), 'attachment-infected').detail).toMatch(/malware/)
    const french = await put(ctac, infected, { 'accept-language': 'fr' })
    expect(expectProblem(french, 'attachment-infected').detail).toMatch(/antivirus/)
    const large = { ...infected, bytes: Buffer.concat([makeText(12 * MIB).bytes, infected.bytes]) }
    expectProblem(await put(ctac, large), 'attachment-infected')
    expect([(await objects()).length, await count('attachment')]).toEqual(before)
    expect((await s3.client.listMultipartUploads({ Bucket: BUCKET })).Uploads ?? []).toEqual([])
  })
})

describe('while the scanner is away', () => {
  test('nothing is kept unscanned, an alarm is on, and all else goes on', async () => {
    const paper = makeText()
    const before = [(await objects()).length, await count('attachment')]
    await clamd.stop()
    const answer = await put(ctac, paper)
    expect(expectProblem(answer, 'unavailable').detail).toBe(
      'Attachments cannot be scanned for malware just now; nothing was kept.',
    )
    expect(answer.headers['retry-after']).toBe('5')
    expect([(await objects()).length, await count('attachment')]).toEqual(before)
    await until(() => hasAlarm('scanner-away'), 30_000)
    expect(await readiness()).toBe(200)
    expect((await submit(ctac, makeQuestion([]), signer)).status).toBe(202)
    await clamd.start()
    expect((await put(ctac, paper)).status).toBe(201)
    await until(async () => !(await hasAlarm('scanner-away')), 30_000)
  }, 70_000)
})

describe('while the store is away', () => {
  test('putting and fetching are refused, an alarm is on, and all else goes on', async () => {
    const [there, paper] = [makeText(), makeText()]
    await put(ctac, there)
    const address = await send(there)
    await s3.stop()
    const answer = await put(ctac, paper, { 'accept-language': 'fr' })
    expect(expectProblem(answer, 'unavailable').detail).toBe(
      'L’espace de stockage des pièces jointes est injoignable pour l’instant ; rien n’a été conservé.',
    )
    expectProblem(await rys.get(address), 'unavailable')
    await until(() => hasAlarm('attachment-store-away'), 30_000)
    expect(await readiness()).toBe(200)
    expect((await submit(ctac, makeQuestion([there]), signer)).status).toBe(202)
    await s3.start()
    expect((await put(ctac, paper)).status).toBe(201)
    expect((await rys.get(address)).body.equals(there.bytes)).toBe(true)
    await until(async () => !(await hasAlarm('attachment-store-away')), 30_000)
  }, 70_000)
})

test('what was erased with its case, and what no message has named in time, goes from the store, too', async () => {
  const keys = async () => new Set((await objects()).map(({ Key }) => Key))
  const [erased, unnamed, shared] = [makeText(), makeText(), makeText()]
  const before = await keys()
  for (const paper of [erased, unnamed]) await put(ctac, paper)
  const gone = [...(await keys()).difference(before)]
  expect(gone).toHaveLength(2)
  await put(ctac, shared)
  const question = makeQuestion([erased, shared])
  expect((await submit(ctac, question, signer)).status).toBe(202)
  const address = await send(shared)

  await using rysDesk = await openAgency(gateway, 'fr-rys')
  const read = await rysDesk.client.read({ from: 'gb-ctac', messageId: question.id })
  await rysDesk.client.acknowledge(read, 'accepted')
  for (const operator of ['duty', 'manager'] as const)
    await askOperations(gateway, `/api/cases/${question.caseId}/erase`, { operator, body: { reason: 'The court' } })
  expectProblem(await rys.get(fetchAddress(question, erased)), 'erased')
  await gateway.startAnother({ PASSERELLE_ROLES: 'worker', PASSERELLE_ATTACHMENT_GRACE: 'PT3S' })
  await until(async () => (await keys()).isDisjointFrom(new Set(gone)), 30_000)
  expect((await rys.get(address)).body.equals(shared.bytes)).toBe(true)
  await until(async () => (await count('attachment_left')) === 0)
}, 70_000)
