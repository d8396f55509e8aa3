import { once } from 'node:events'
import { request } from 'node:https'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol section 4: `PASSERELLE_RATE_LIMIT` submissions a minute from each agency, over all processes. */
const LIMIT = 25

let gateway: TestGateway
let rys: RawClient
let rysElsewhere: RawClient
let calvados: RawClient
let signer: Signer

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: String(LIMIT) })
  const elsewhere = await gateway.startAnother()
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  rysElsewhere = await openRawAs(gateway, 'agencies/fr-rys/tls', elsewhere)
  calvados = await openRawAs(gateway, 'agencies/fr-dep-14/tls')
  signer = await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing')
})

afterAll(async () => {
  for (const client of [rys, rysElsewhere, calvados]) client[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

const makeMessage = () => forge({ payload: makeEnvelope('referral', 'fr-rys', 'gb-ctac'), signer })

test('is in the well-known document', async () => {
  expect((await rys.get('/.well-known/passerelle')).read()).toMatchObject({ limits: { perMinute: LIMIT } })
})

test('holds exactly over two processes at once, whatever becomes of what is submitted', async () => {
  const answers = await Promise.all(
    Array.from({ length: 3 * LIMIT }, (_, at) => {
      const body = at % 5 === 0 ? 'not a message' : makeMessage()
      return (at % 2 ? rys : rysElsewhere).post('/v1/messages', body)
    }),
  )
  const refused = answers.filter(({ status }) => status === 429)
  expect(answers.length - refused.length).toBe(LIMIT)
  for (const answer of refused) {
    expect(expectProblem(answer, 'rate-limited')).not.toHaveProperty('receipt')
    expect(String(answer.headers['retry-after'])).toMatch(/^\d+$/)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(65)
  }
})

test('comes before every other check, and in French too', async () => {
  for (const client of [rys, rysElsewhere]) {
    const answer = await client.post('/v1/messages', '', { 'content-type': 'text/plain', 'accept-language': 'fr' })
    expect(expectProblem(answer, 'rate-limited').title).toBe('Trop d’appels')
  }
})

test('is counted before the body is read: the answer comes while it is still owed', async () => {
  const ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
  const pair = await readPair(gateway.pki.folder, 'agencies/fr-rys/tls')
  const headers = { 'content-type': 'application/jose', 'content-length': '4000' }
  const sent = request(new URL('/v1/messages', gateway.url), { method: 'POST', ca, ...pair, headers, agent: false })
  sent.flushHeaders()
  const [response] = await once(sent, 'response')
  expect(response.statusCode).toBe(429)
  sent.destroy()
})

test('is of submissions alone: reading goes on', async () => {
  for (const path of ['/v1/inbox', '/v1/receipts', '/v1/agencies']) expect((await rys.get(path)).status).toBe(200)
})

test('is each agency’s own', async () => {
  const other = await readSigner(gateway.pki.folder, 'agencies/fr-dep-14/signing')
  const message = forge({ payload: makeEnvelope('referral', 'fr-dep-14', 'gb-ctac'), signer: other })
  expect((await calvados.post('/v1/messages', message)).status).toBe(202)
})
