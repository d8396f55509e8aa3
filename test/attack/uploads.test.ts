import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import {
  addressOf,
  beginPut,
  fetchAddress,
  makePicture,
  makeQuestion,
  makeText,
  put,
  submit,
} from '../support/attached.ts'
import { readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
import { askOperations } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** An agency that puts and fetches attachments as nobody should. */

const MIB = 1024 * 1024
const STANDSTILL_MS = 30_000

let gateway: TestGateway
let ctac: RawClient
let rys: RawClient
let signer: Signer
let database: Database

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '100000' })
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  signer = await readSigner(gateway.pki.folder, 'agencies/gb-ctac/signing')
  database = openDatabase(gateway.databaseUrl, () => undefined)
})

afterAll(async () => {
  for (const client of [ctac, rys]) client[Symbol.dispose]()
  await database.end()
  await gateway[Symbol.asyncDispose]()
})

async function reached(limit: string): Promise<number> {
  const { text } = await askOperations(gateway, '/metrics')
  return Number(new RegExp(`^passerelle_limits_total\\{limit="${limit}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

async function unfinished(): Promise<number> {
  const { rows } = await database.query<{ count: number }>('select count(*) from attachment where not whole')
  return rows[0]?.count ?? 0
}

/** Begins to put one, and sends so much of it. */
async function begin(size: number): Promise<ClientRequest> {
  const paper = makePicture(4 * MIB)
  const headers = { 'content-type': paper.mediaType, 'content-length': paper.bytes.length }
  const sent = await beginPut(gateway, 'gb-ctac', addressOf(paper), headers)
  sent.write(paper.bytes.subarray(0, size))
  return sent
}

test('uploads that stop, and downloads that nobody takes: few at once, ended after 30 s, and nobody else waits', async () => {
  const large = makePicture(24 * MIB)
  expect((await put(ctac, large)).status).toBe(201)
  const question = makeQuestion([large])
  expect((await submit(ctac, question, signer)).status).toBe(202)

  const uploads = await Promise.all(Array.from({ length: 32 }, () => begin(1)))
  await until(async () => (await unfinished()) === 32)
  const start = performance.now()
  expectProblem(await put(ctac, makeText()), 'rate-limited')
  const ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  const pair = await readPair(gateway.pki.folder, 'agencies/fr-rys/tls')
  const address = fetchAddress(question, large)
  const downloads = await Promise.all(
    Array.from({ length: 64 }, async () => {
      const sent = request(new URL(address, gateway.url), { agent: false, ca, ...pair })
      sent.on('error', () => undefined).end()
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      expect(response.statusCode).toBe(200)
      response.on('error', () => undefined).pause()
      return response
    }),
  )
  expectProblem(await rys.get(address), 'rate-limited')

  // Its own messages, and others' attachments, go through.
  expect((await submit(ctac, makeQuestion([]), signer)).status).toBe(202)
  expect((await put(rys, makeText())).status).toBe(201)
  await until(async () => (await unfinished()) === 0, STANDSTILL_MS + 10_000)
  expect(performance.now() - start).toBeGreaterThan(STANDSTILL_MS - 2_000)
  await until(async () => (await reached('stalled')) >= 64, STANDSTILL_MS)
  expect(await reached('request-time')).toBeGreaterThanOrEqual(32)
  expect(await reached('calls-at-once')).toBeGreaterThanOrEqual(2)
  // There is room again.
  expect((await put(ctac, makeText())).status).toBe(201)
  expect((await rys.get(address, { range: 'bytes=0-9' })).status).toBe(206)
  for (const each of [...uploads, ...downloads]) each.destroy()
}, 120_000)

test('uploads that break off leave nothing, however many come', async () => {
  for (let round = 0; round < 4; round++) {
    const sent = await Promise.all(Array.from({ length: 24 }, () => begin(MIB)))
    await until(async () => (await unfinished()) > 0)
    for (const each of sent) each.destroy()
    await until(async () => (await unfinished()) === 0)
  }
  const { rows } = await database.query<{ count: number }>(
    'select count(*) from attachment_chunk where attachment_no not in (select no from attachment where whole)',
  )
  expect(rows[0]?.count).toBe(0)
}, 60_000)

test('a body that says that it is too large is refused before it comes', async () => {
  const paper = makePicture(30 * MIB)
  const headers = { 'content-type': 'image/jpeg', 'content-length': paper.bytes.length }
  const sent = await beginPut(gateway, 'gb-ctac', addressOf(paper), headers)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  expect(response.statusCode).toBe(413)
  response.resume()
  sent.destroy()
})
