import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Kind } from '../../gateway/http/admission/kinds.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { askOperations } from '../support/operations.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'
import type { Signer } from '../../sdk/index.ts'

/** One agency floods with each kind of call; another one sends. */

/** So many ask at once, and ask again as soon as they are answered. */
const AT_ONCE = 64
const DIGEST = 'A'.repeat(43)
const NOWHERE = '/v1/inbox/gb-ctac/0192e4a0-0000-7000-8000-000000000000'

let gateway: TestGateway
let flood: RawClient
let ctac: RawClient
let signer: Signer
let floodSigner: Signer

beforeAll(async () => {
  gateway = await startGateway()
  flood = await openRawAs(gateway, 'agencies/fr-rys/tls', { sockets: AT_ONCE })
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  signer = await readSigner(gateway.pki.folder, 'agencies/gb-ctac/signing')
  floodSigner = await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing')
})

afterAll(async () => {
  flood[Symbol.dispose]()
  ctac[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

const send = () => {
  const payload = makeEnvelope('information-request', 'gb-ctac', 'fr-dep-62')
  return ctac.post('/v1/messages', forge({ payload, signer }))
}

const reached = async (limit: string): Promise<number> => {
  const { text } = await askOperations(gateway, '/metrics')
  return Number(new RegExp(`^passerelle_limits_total\\{limit="${limit}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

const calls: Record<Kind, () => ReturnType<RawClient['get']>> = {
  submission: () =>
    flood.post('/v1/messages', forge({ payload: makeEnvelope('referral', 'fr-rys', 'gb-ctac'), signer: floodSigner })),
  acknowledgement: () => flood.post(`${NOWHERE}/acknowledgement`, 'x.y.z'),
  reading: () => flood.get(NOWHERE),
  upload: () =>
    flood.call('PUT', `/v1/attachments/${DIGEST}`, { headers: { 'content-type': 'text/plain' }, body: 'x' }),
  download: () => flood.get(`${NOWHERE}/attachments/${DIGEST}`),
  listing: () => flood.get('/v1/inbox?limit=100'),
  'look-up': () => flood.get('/v1/messages/0192e4a0-0000-7000-8000-000000000000'),
  directory: () => flood.get('/v1/agencies'),
}

test.each(Object.keys(calls) as Kind[])(
  '%s: a flood is refused with Retry-After, and another agency’s messages go through',
  async (kind) => {
    const before = await reached('call-rate')
    const state = { isOver: false, refused: 0 }
    const flooding = Array.from({ length: AT_ONCE }, async () => {
      while (!state.isOver) {
        const { status, headers } = await calls[kind]()
        expect(status).not.toBe(503)
        if (status !== 429) continue
        state.refused += 1
        expect(Number(headers['retry-after'])).toBeGreaterThan(0)
      }
    })
    const took: number[] = []
    await until(async () => {
      const start = performance.now()
      expect((await send()).status).toBe(202)
      took.push(performance.now() - start)
      return state.refused > AT_ONCE && took.length >= 20
    }, 25_000)
    state.isOver = true
    await Promise.all(flooding)
    expect(Math.max(...took), 'ms, at the worst').toBeLessThan(1_500)
    expect(await reached('call-rate')).toBeGreaterThan(before)
  },
)

test.each([
  ['pages that are for anybody, by an agency', 'agencies/fr-rys/tls', '/problems/not-found'],
  ['what is not for it, by a stranger', 'rogue/unregistered', '/v1/inbox'],
  ['addresses that are none, by an agency', 'agencies/fr-dep-14/tls', '/v1/%zz'],
])(
  '%s: a flood of what counts as no call is answered slowly, and another agency’s messages go through',
  async (_, path, target) => {
    const before = await reached('uncounted')
    using flooding = await openRawAs(gateway, path, { sockets: AT_ONCE })
    const state = { isOver: false, answered: 0 }
    const asking = Array.from({ length: AT_ONCE }, async () => {
      while (!state.isOver) {
        await flooding.get(target)
        state.answered += 1
      }
    })
    await until(async () => (await reached('uncounted')) >= before + AT_ONCE)
    const answered = state.answered
    const took: number[] = []
    for (let at = 0; at < 20; at++) {
      const start = performance.now()
      expect((await send()).status).toBe(202)
      took.push(performance.now() - start)
    }
    expect(Math.max(...took), 'ms, at the worst').toBeLessThan(1_500)
    expect(state.answered - answered, 'held two seconds each').toBeLessThan(4 * AT_ONCE)
    state.isOver = true
    await Promise.all(asking)
  },
)

test('an agency that fills the record is stopped for the day; another is not, and the first one reads on', async () => {
  await using small = await startGateway({ PASSERELLE_DAILY_BYTES: '1048576', PASSERELLE_RATE_LIMIT: '100000' })
  using filler = await openRawAs(small, 'agencies/fr-rys/tls')
  using other = await openRawAs(small, 'agencies/gb-ctac/tls')
  const own = await readSigner(small.pki.folder, 'agencies/fr-rys/signing')
  const others = await readSigner(small.pki.folder, 'agencies/gb-ctac/signing')
  const statuses: number[] = []
  for (let at = 0; at < 300 && statuses.at(-1) !== 429; at++) {
    const answer = await filler.post(
      '/v1/messages',
      forge({ payload: makeEnvelope('referral', 'fr-rys', 'gb-ctac'), signer: own }),
    )
    statuses.push(answer.status)
    if (answer.status === 429) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  }
  expect(statuses.at(-1)).toBe(429)
  expect(new Set(statuses)).toEqual(new Set([202, 429]))
  const payload = makeEnvelope('information-request', 'gb-ctac', 'fr-dep-62')
  expect((await other.post('/v1/messages', forge({ payload, signer: others }))).status).toBe(202)
  expect((await filler.get('/v1/inbox')).status).toBe(200)
})

test('where the disk of the record is full, submissions are refused and the rest goes on; the operators hear of it', async () => {
  // A real file system that never has room.
  await using full = await startGateway({ PASSERELLE_RECORD_DISK: '/proc' })
  using agency = await openRawAs(full, 'agencies/fr-rys/tls')
  const own = await readSigner(full.pki.folder, 'agencies/fr-rys/signing')
  const payload = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  const refused = await agency.post('/v1/messages', forge({ payload, signer: own }))
  expect(refused.status).toBe(503)
  expect(JSON.parse(refused.body.toString())).toMatchObject({ code: 'unavailable' })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect((await agency.get('/v1/inbox')).status).toBe(200)
  expect((await agency.get(`/v1/messages/${NOWHERE.slice(-36)}`)).status).toBe(404)
  await until(async () => (await askOperations(full, '/metrics')).text.includes('code="disk-full"'))
})
