import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Envelope, Signer } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, forgeWord, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol section 7: the inbox. */

/** «Well under a second», on a machine that is busy. */
const PROMPT_MS = 700

type Entry = { messageId: string; from: string; priority: string; cursor: string; desk?: string; size: number }
type Page = { messages: readonly Entry[]; next?: string }

let gateway: TestGateway
/** Another process on the same record, that delivers nothing itself. */
let elsewhere: { url: string }
let rys: RawClient
let ctac: RawClient
let kent: RawClient
let ctacElsewhere: RawClient
let signers: Record<'rys' | 'ctac', Signer>

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '100000' })
  elsewhere = await gateway.startAnother({ PASSERELLE_ROLES: 'api' })
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  kent = await openRawAs(gateway, 'agencies/gb-la-e10000016/tls')
  ctacElsewhere = await openRawAs(gateway, 'agencies/gb-ctac/tls', elsewhere)
  const signer = (id: string) => readSigner(gateway.pki.folder, `agencies/${id}/signing`)
  signers = { rys: await signer('fr-rys'), ctac: await signer('gb-ctac') }
})

afterAll(async () => {
  for (const client of [rys, ctac, kent, ctacElsewhere]) client[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

/** What was sent and may still wait. */
const open = new Set<string>()

/** Each test begins with an empty inbox, also where what it sent before has not arrived yet. */
beforeEach(async () => {
  await Promise.all([...open].map((id) => acknowledge(id)))
  open.clear()
  expect(await list()).toEqual({ messages: [] })
})

const list = async (query = '', client = ctac): Promise<Page> => {
  const answer = await client.get(`/v1/inbox?${query}`)
  expect(answer.status).toBe(200)
  return answer.read<Page>()
}
const idsOf = ({ messages }: Page): string[] => messages.map(({ messageId }) => messageId)

async function send(more: Partial<Envelope> = {}): Promise<string> {
  const payload = makeEnvelope('referral', 'fr-rys', 'gb-ctac', more)
  expect((await rys.post('/v1/messages', forge({ payload, signer: signers.rys }))).status).toBe(202)
  open.add(payload.id)
  return payload.id
}

/** Sends one after the other and waits until all are listed; gives their ids. */
async function sendAll(priorities: readonly Envelope['priority'][]): Promise<string[]> {
  const ids: string[] = []
  for (const priority of priorities) {
    const id = await send({ priority })
    ids.push(id)
    await until(async () => idsOf(await list('limit=100')).includes(id))
  }
  return ids
}

async function acknowledge(id: string): Promise<void> {
  const { body } = await ctac.get(`/v1/inbox/fr-rys/${id}`)
  await ctac.post(`/v1/inbox/fr-rys/${id}/acknowledgement`, forgeWord(id, body, signers.ctac))
}

describe('the inbox', () => {
  test('lists by urgency, then by age, with all that section 7 names; what is unacknowledged stays', async () => {
    const [r1 = '', u1 = '', i1 = '', r2 = '', i2 = '', u2 = ''] = await sendAll([
      'routine',
      'urgent',
      'immediate',
      'routine',
      'immediate',
      'urgent',
    ])
    const page = await list()
    expect(idsOf(page)).toEqual([i1, i2, u1, u2, r1, r2])
    expect(page).not.toHaveProperty('next')
    expect(page.messages[0]).toEqual({
      messageId: i1,
      from: 'fr-rys',
      type: 'referral',
      caseId: expect.any(String),
      priority: 'immediate',
      acceptedAt: expect.stringMatching(/Z$/),
      size: (await ctac.get(`/v1/inbox/fr-rys/${i1}`)).body.length,
      cursor: expect.any(String),
    })
    expect(idsOf(await list('', ctacElsewhere))).toEqual(idsOf(page))
    expect(await list('', kent)).toEqual({ messages: [] })
    await acknowledge(i2)
    expect(idsOf(await list())).toEqual([i1, u1, u2, r1, r2])
  })

  test('its pages skip nothing and repeat nothing, while messages come and go', async () => {
    const sent = await sendAll([
      'routine',
      'urgent',
      'routine',
      'immediate',
      'urgent',
      'routine',
      'immediate',
      'routine',
    ])
    const [goes = ''] = sent
    const seen: string[] = []
    let page = await list('limit=2')
    await Promise.all([send({ priority: 'immediate' }), send({ priority: 'routine' }), acknowledge(goes)])
    for (let pages = 1; ; pages++) {
      seen.push(...idsOf(page))
      if (page.next === undefined) break
      expect(pages).toBeLessThan(20)
      page = await list(`limit=2&page=${page.next}`)
    }
    expect(new Set(seen).size).toBe(seen.length)
    for (const id of sent) if (id !== goes) expect(seen).toContain(id)
  })

  test('a page that is exactly full names no next', async () => {
    await sendAll(['routine', 'routine'])
    expect(await list('limit=2')).not.toHaveProperty('next')
    expect(await list('limit=1')).toHaveProperty('next')
  })

  test('with after, in order of arrival, only what came later', async () => {
    const [first = '', second = '', third = ''] = await sendAll(['routine', 'immediate', 'urgent'])
    const all = await list('after=')
    expect(idsOf(all)).toEqual([first, second, third])
    const cursor = all.messages[0]?.cursor ?? ''
    expect(idsOf(await list(`after=${cursor}&limit=1`))).toEqual([second])
    expect(idsOf(await list(`after=${all.messages[2]?.cursor ?? ''}`))).toEqual([])
  })

  test('a long poll wakes promptly, also in a process that delivers nothing itself', async () => {
    const poll = list('wait=30', ctacElsewhere)
    const [waiting] = await sendAll(['urgent'])
    expect(idsOf(await poll)).toEqual([waiting])
    const { cursor = '' } = (await list()).messages[0] ?? {}
    for (const client of [ctac, ctacElsewhere]) {
      const after = list(`after=${(await list('after=')).messages.at(-1)?.cursor ?? cursor}&wait=30`, client)
      // The poll is under way once another request of the same connection pool has been answered.
      await list('', client)
      const start = performance.now()
      const id = await send()
      expect(idsOf(await after)).toEqual([id])
      expect(performance.now() - start).toBeLessThan(PROMPT_MS)
    }
  })

  test('a long poll where nothing comes ends empty when its time is over', async () => {
    const start = performance.now()
    expect(await list('wait=1')).toEqual({ messages: [] })
    expect(performance.now() - start).toBeGreaterThan(900)
  })

  test('a desk’s mailbox is the inbox with ?desk=', async () => {
    const mailbox = { mode: 'mailbox' }
    const name = { en: 'Desk', fr: 'Bureau' }
    const setDesks = (desks: object[]) =>
      gateway.changeRegistry(({ agencies }) =>
        agencies.forEach((each) => each.id === 'gb-ctac' && (each.desks = desks)),
      )
    await setDesks([{ id: 'night', name, delivery: mailbox, handles: { priorities: ['immediate'] } }])
    const [urgent = '', immediate = ''] = await sendAll(['urgent', 'immediate'])
    expect((await list()).messages.map(({ messageId, desk }) => [messageId, desk])).toEqual([
      [immediate, 'night'],
      [urgent, undefined],
    ])
    expect(idsOf(await list('desk=night'))).toEqual([immediate])
    expect(idsOf(await list('desk=night&after='))).toEqual([immediate])
    for (const unknown of ['desk=day', 'desk=day&after='])
      expectProblem(await ctac.get(`/v1/inbox?${unknown}`), 'not-found')
    await setDesks([])
    // What waits at a desk that is no more is still in the inbox.
    expect(idsOf(await list())).toEqual([immediate, urgent])
  })

  test.each([
    'limit=0',
    'limit=101',
    'limit=ten',
    'limit=',
    'limit=1&limit=2',
    'limit=1.5',
    'limit=1e1',
    'limit=%2B5',
    'wait=0x10',
    'wait=31',
    'wait=-1',
    'page=x',
    'page=9.1',
    'after=-5',
    'after=x',
    'after=1.5',
    'deks=night',
    'desk=',
    'desk=%00',
    'desk=Night',
    `after=${'9'.repeat(80)}`,
  ])('?%s is refused', async (query) => {
    expectProblem(await ctac.get(`/v1/inbox?${query}`), 'invalid-request')
  })

  test('gives a message byte for byte, to its recipient alone', async () => {
    const payload = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
    const message = forge({ payload: ` ${JSON.stringify(payload, null, 2)}\n`, signer: signers.rys })
    await rys.post('/v1/messages', message)
    open.add(payload.id)
    const path = `/v1/inbox/fr-rys/${payload.id}`
    const answer = await ctac.get(path)
    expect(answer.body.toString()).toBe(message)
    expect(answer.headers).toMatchObject({ 'content-type': 'application/jose', 'cache-control': 'no-store' })
    for (const other of [rys, kent]) expectProblem(await other.get(path), 'not-found')
    expectProblem(await ctac.get(`/v1/inbox/fr-rys/${newId()}`), 'not-found')
    expectProblem(await ctac.get(`/v1/inbox/fr-dep-62/${payload.id}`), 'not-found')
    expectProblem(await ctac.get(`/v1/inbox/fr-rys/${payload.id.toUpperCase()}`), 'not-found')
    expectProblem(await ctac.get(`/v1/messages/${payload.id}`), 'not-found')
  })
})
