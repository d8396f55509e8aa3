import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { makeEnvelope } from '../support/agency.ts'
import { type Cable, layCable } from '../support/cable.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRaw, openRawAs, type RawAnswer, type RawClient } from '../support/raw.ts'

/** Protocol section 4: 503 `unavailable` while the record cannot be written. The gateway never lies about what it has. */

const opened = new AsyncDisposableStack()
let database: TestDatabase
let gateway: TestGateway
let cable: Cable
let rys: RawClient
let anybody: RawClient
let signer: Signer

beforeAll(async () => {
  database = opened.use(await createDatabase())
  const laid = opened.use(await layCable(database.url))
  cable = laid
  gateway = opened.use(await startGateway({ DATABASE_URL: laid.url }))
  const ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  rys = opened.use(await openRawAs(gateway, 'agencies/fr-rys/tls', { sockets: 64 }))
  anybody = opened.use(openRaw(gateway.operationsUrl, { ca }))
  signer = await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing')
  await expectDelivery()
})

afterAll(() => opened.disposeAsync())
afterEach(async () => {
  cable.mend()
  await until(async () => (await anybody.get('/health/ready')).status === 200)
})

const makeMessage = (more: object = {}) =>
  forge({ payload: { ...makeEnvelope('referral', 'fr-rys', 'gb-ctac'), ...more }, signer })

/** The whole of it works: a message is taken, and delivered. */
async function expectDelivery(): Promise<void> {
  const answer = await rys.post('/v1/messages', makeMessage())
  expect(answer.status).toBe(202)
  await until(async () => (await rys.get(String(answer.headers['location']))).read().state === 'consigned')
}

function expectUnavailable(answer: RawAnswer): void {
  expect(expectProblem(answer, 'unavailable')).not.toHaveProperty('receipt')
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
}

test('while the record is out of reach: 503 with Retry-After, no receipt; then the same bytes are accepted as new', async () => {
  const message = makeMessage()
  const refused = makeMessage({ more: true })
  cable.cut()
  await until(async () => (await anybody.get('/health/ready')).status === 503)
  expect((await anybody.get('/health/ready')).read()).toMatchObject({
    status: 'not-ready',
    reasons: expect.arrayContaining(['record-unreachable']),
  })
  expect((await anybody.get('/health/live')).status).toBe(200)
  expect((await anybody.get('/metrics')).status).toBe(200)
  // A refusal is evidence too: where it cannot be recorded, it is not given.
  for (const bytes of [message, refused]) expectUnavailable(await rys.post('/v1/messages', bytes))
  for (const path of ['/v1/inbox', '/v1/receipts', '/v1/agencies']) expectUnavailable(await rys.get(path))
  cable.mend()
  await until(async () => (await anybody.get('/health/ready')).status === 200)
  expect((await rys.post('/v1/messages', message)).status).toBe(202)
  expect(expectProblem(await rys.post('/v1/messages', refused), 'malformed-message').receipt).toBeTypeOf('string')
  await expectDelivery()
})

test('what is under way when it breaks, again and again, is answered 202 or 503, and what was answered 202 is there', async () => {
  for (let round = 0; round < 3; round++) {
    const messages = Array.from({ length: 60 }, () => makeMessage())
    const sending = messages.map((message) => rys.post('/v1/messages', message))
    if (round > 0) await Promise.race(sending)
    cable.cut()
    const answers = await Promise.all(sending)
    cable.mend()
    await until(async () => (await anybody.get('/health/ready')).status === 200)
    for (const [at, answer] of answers.entries()) {
      const again = await rys.post('/v1/messages', messages[at] ?? '')
      if (answer.status === 202) expect(again.read()).toEqual(answer.read())
      else expectUnavailable(answer)
      expect([200, 202]).toContain(again.status)
    }
  }
  await expectDelivery()
})

test('while PostgreSQL has no room to write: 503, and what is there can be read; with room again nothing is missing', async () => {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  // What PostgreSQL says where its disk is full, of the receipts with these events.
  const fill = (events: string) =>
    client.query(`create or replace trigger no_room before insert on leaf
      for each row when (${events}) execute function no_room()`)
  await client.query(`create function no_room() returns trigger language plpgsql as
    $$ begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`)

  await fill(`new.event = 'ContentConsignment'`)
  const waiting = await rys.post('/v1/messages', makeMessage())
  expect(waiting.status).toBe(202)
  await fill('true')
  const message = makeMessage()
  for (const bytes of [message, makeMessage({ more: true })]) expectUnavailable(await rys.post('/v1/messages', bytes))
  expect((await rys.get(String(waiting.headers['location']))).read()).toMatchObject({ state: 'accepted' })
  expect((await rys.get('/v1/inbox')).status).toBe(200)

  await client.query('drop function no_room cascade')
  await client.end()
  expect((await rys.post('/v1/messages', message)).status).toBe(202)
  await until(async () => (await rys.get(String(waiting.headers['location']))).read().state === 'consigned')
  await expectDelivery()
})
