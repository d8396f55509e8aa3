import { createHash, hash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import {
  addressOf,
  beginPut,
  endPut,
  fetchAddress,
  makePicture,
  makeQuestion,
  type Paper,
  put,
  submit,
} from '../support/attached.ts'
import { readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

const MIB = 1024 * 1024
const LARGEST = 25 * MIB
const QUOTA = 600 * MIB

let gateway: TestGateway
let ctac: RawClient
let rys: RawClient
let signer: Signer
let database: Database

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '100000', PASSERELLE_ATTACHMENT_QUOTA: String(QUOTA) })
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls', { sockets: 32 })
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls', { sockets: 32 })
  signer = await readSigner(gateway.pki.folder, 'agencies/gb-ctac/signing')
  database = openDatabase(gateway.databaseUrl, () => undefined)
})

afterAll(async () => {
  for (const client of [ctac, rys]) client[Symbol.dispose]()
  await database.end()
  await gateway[Symbol.asyncDispose]()
})

/** How much of an attachment lies in the record. */
async function kept({ bytes }: Pick<Paper, 'bytes'>): Promise<{ rows: number; chunks: number; whole: number }> {
  const { rows } = await database.query<{ rows: number; chunks: number; whole: number }>(
    `select count(distinct a.no) as rows, count(c) as chunks, count(distinct a.no) filter (where whole) as whole
     from attachment a left join attachment_chunk c on c.attachment_no = a.no where a.digest = $1`,
    [hash('sha256', bytes, 'buffer')],
  )
  return rows[0] ?? { rows: 0, chunks: 0, whole: 0 }
}

const NOTHING = { rows: 0, chunks: 0, whole: 0 }

/** Sends so much of one and stops there, until some of it is in the record. */
async function breakOff(paper: Paper) {
  const headers = { 'content-type': paper.mediaType, 'content-length': paper.bytes.length }
  const sent = await beginPut(gateway, 'gb-ctac', addressOf(paper), headers)
  sent.write(paper.bytes.subarray(0, 2 * MIB))
  await until(async () => (await kept(paper)).chunks > 0)
  return sent
}

test('an upload that breaks off leaves nothing behind, is nowhere meanwhile, and may be repeated', async () => {
  const paper = makePicture(4 * MIB)
  const sent = await breakOff(paper)
  expectProblem(await submit(ctac, makeQuestion([paper]), signer), 'attachment-missing')
  sent.destroy()
  await until(async () => (await kept(paper)).rows === 0)
  expect(await kept(paper)).toEqual(NOTHING)
  expect((await put(ctac, paper)).status).toBe(201)
  expect(await kept(paper)).toEqual({ rows: 1, chunks: 16, whole: 1 })
})

test('what is refused at its end leaves nothing behind', async () => {
  const paper = makePicture(2 * MIB)
  const headers = { 'content-type': 'image/jpeg' }
  const other = Buffer.concat([paper.bytes, Buffer.from('x')])
  expectProblem(await ctac.call('PUT', addressOf(paper), { headers, body: other }), 'attachment-digest-mismatch')
  expect(await kept(paper)).toEqual(NOTHING)
  const picture = { bytes: Buffer.concat([paper.bytes, randomBytes(8)]), mediaType: 'image/png' }
  expectProblem(await put(ctac, picture), 'unsupported-media-type')
  expect(await kept(picture)).toEqual(NOTHING)
})

test('the same put several times at once, over two processes: all answer well, one is kept', async () => {
  const another = await gateway.startAnother()
  using other = await openRawAs(gateway, 'agencies/gb-ctac/tls', { url: another.url })
  const paper = makePicture(3 * MIB)
  const clients = [ctac, other, ctac, other, ctac]
  const answers = await Promise.all(clients.map((client) => put(client, paper)))
  const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b)
  expect(statuses).toEqual([200, 200, 200, 200, 201])
  expect(await kept(paper)).toEqual({ rows: 1, chunks: 12, whole: 1 })
  const question = makeQuestion([paper])
  expect((await submit(other, question, signer)).status).toBe(202)
  expect((await rys.get(fetchAddress(question, paper))).body.equals(paper.bytes)).toBe(true)
  using elsewhere = await openRawAs(gateway, 'agencies/fr-rys/tls', { url: another.url })
  expect((await elsewhere.get(fetchAddress(question, paper))).body.equals(paper.bytes)).toBe(true)
})

test('what a killed process was taking is nobody’s, and may be put again', async () => {
  const paper = makePicture(5 * MIB)
  const sent = await breakOff(paper)
  await gateway.restart()
  sent.destroy()
  expect(await kept(paper)).toMatchObject({ rows: 1, whole: 0 })
  using again = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  expectProblem(await submit(again, makeQuestion([paper]), signer), 'attachment-missing')
  expect((await put(again, paper)).status).toBe(201)
  const question = makeQuestion([paper])
  expect((await submit(again, question, signer)).status).toBe(202)
  using reader = await openRawAs(gateway, 'agencies/fr-rys/tls')
  expect((await reader.get(fetchAddress(question, paper))).body.equals(paper.bytes)).toBe(true)
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls', { sockets: 32 })
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls', { sockets: 32 })
})

test('a process that is told to stop ends what is on its way after ten seconds, and exits as ever', async () => {
  const another = await gateway.startAnother()
  const { bytes, mediaType } = makePicture(2 * MIB)
  const headers = { 'content-type': mediaType, 'content-length': bytes.length }
  const sent = await beginPut({ pki: gateway.pki, url: another.url }, 'gb-ctac', addressOf({ bytes }), headers)
  sent.write(bytes.subarray(0, MIB))
  await until(async () => (await kept({ bytes })).chunks > 0)
  const start = performance.now()
  expect(await another.process.stop()).toBe(0)
  expect(performance.now() - start).toBeLessThan(20_000)
  expect(await kept({ bytes })).toEqual(NOTHING)
}, 60_000)

test('twenty of 25 MiB at once grow the process by less than 128 MiB, in both directions', async () => {
  const { pid } = gateway.process
  const memory = async (field: 'VmRSS' | 'VmHWM') => {
    const text = await readFile(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024
  }
  /** From here on VmHWM is the most since now (proc(5), clear_refs). */
  const forget = () => writeFile(`/proc/${pid}/clear_refs`, '5')
  const body = makePicture(LARGEST - 8).bytes
  const papers = Array.from({ length: 20 }, () => randomBytes(8)).map((tail) => {
    const digest = createHash('sha256').update(body).update(tail).digest()
    return { tail, digest, address: `/v1/attachments/${digest.toString('base64url')}` }
  })

  await forget()
  const before = await memory('VmRSS')
  const headers = { 'content-type': 'image/jpeg', 'content-length': LARGEST }
  const statuses = await Promise.all(
    papers.map(async ({ tail, address }) => endPut(await beginPut(gateway, 'gb-ctac', address, headers), [body, tail])),
  )
  expect(new Set(statuses)).toEqual(new Set([201]))
  const grown = (await memory('VmHWM')) - before
  expect(grown).toBeLessThan(128 * MIB)

  const attachments = papers.map(({ digest }) => ({
    digest: `sha-256:${digest.toString('base64url')}`,
    mediaType: 'image/jpeg',
    size: LARGEST,
    name: 'picture.jpg',
    description: 'A picture',
  }))
  const question = makeQuestion([], { attachments })
  expect((await submit(ctac, question, signer)).status).toBe(202)
  await forget()
  const begun = await memory('VmRSS')
  const sizes = await Promise.all(
    papers.map(async ({ digest }) => {
      const address = `/v1/inbox/gb-ctac/${question.id}/attachments/${digest.toString('base64url')}`
      const { body: got } = await rys.get(address)
      return digest.equals(createHash('sha256').update(got).digest()) ? got.length : 0
    }),
  )
  expect(new Set(sizes)).toEqual(new Set([LARGEST]))
  expect((await memory('VmHWM')) - begun).toBeLessThan(128 * MIB)
}, 120_000)
