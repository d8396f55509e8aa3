import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issue, toPem } from '../../certs-dev/pki.ts'
import { revoke } from '../../certs-dev/tree.ts'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import type { Signer } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope } from '../support/agency.ts'
import { answerWith, type Endpoint, startEndpoint } from '../support/endpoint.ts'
import { openEvents } from '../support/events.ts'
import { forge, readSigner } from '../support/forge.ts'
import { type RegistryFile, startGateway, type TestGateway, until } from '../support/gateway.ts'
import { askOperations, type Told } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawAnswer, type RawClient } from '../support/raw.ts'

/** Protocol section 11: what operators see, and do about agencies, messages and each other. */

const KENT = 'gb-la-e10000016'
const CROYDON = 'gb-la-e09000008'
const WAITING = `/api/messages?agency=${CROYDON}&state=accepted`

let gateway: TestGateway
let duty: RawClient
let ctac: RawClient
let signer: Signer
let endpoint: Endpoint
/** What Croydon's endpoint answers. */
let status = 400

beforeAll(async () => {
  gateway = await startGateway()
  const { pki, operationsUrl: url } = gateway
  duty = await openRawAs(gateway, 'operators/duty/tls', { url })
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  signer = await readSigner(pki.folder, 'agencies/gb-ctac/signing')
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: pki.until }
  const own = await issue(pki.intermediate, { subject: 'CN=croydon endpoint', validity, use: 'tls', local: true })
  endpoint = await startEndpoint((...request) => answerWith(status)(...request), { key: own.key, cert: own.crt })
  const delivery = { mode: 'push', url: endpoint.url, trustAnchors: toPem(pki.root.certificate) }
  await gateway.changeRegistry(({ agencies }) =>
    agencies.forEach((each) => each.id === CROYDON && Object.assign(each, { delivery })),
  )
})

afterAll(async () => {
  for (const client of [duty, ctac]) client[Symbol.dispose]()
  endpoint.server.close()
  await gateway[Symbol.asyncDispose]()
})

const post = (path: string, body: unknown): Promise<RawAnswer> =>
  duty.post(path, JSON.stringify(body), { 'content-type': 'application/json' })
const asManager = (path: string, body?: object): Promise<Told> =>
  askOperations(gateway, path, { operator: 'manager', ...(body && { body }) })
const get = async <T>(path: string): Promise<T> => (await duty.get(path)).read<T>()

type Sent = { readonly id: string; readonly caseId: string }

async function send(to: string, priority = 'urgent'): Promise<Sent> {
  const example = makeEnvelope('safeguarding-information', 'gb-ctac', to)
  const payload = { ...example, priority, body: { ...example.body, message: undefined } }
  expect((await ctac.post('/v1/messages', forge({ payload, signer }))).status).toBe(202)
  return payload
}

const stateOf = async (id: string): Promise<string | undefined> => (await ctac.get(`/v1/messages/${id}`)).read().state
const reaches = (id: string, state: string): Promise<void> => until(async () => (await stateOf(id)) === state)

async function makeDeadLetter(priority?: string): Promise<Sent> {
  status = 400
  const sent = await send(CROYDON, priority)
  await reaches(sent.id, 'dead-lettered')
  return sent
}

type Acts = { readonly acts: readonly Record<string, unknown>[]; readonly next?: string }
type AgencyOverview = { readonly id: string; readonly [name: string]: unknown }
type Overview = { readonly agencies: readonly AgencyOverview[]; readonly [name: string]: unknown }
const newestAct = async () => (await get<Acts>('/api/acts?limit=1')).acts[0]

/** The overview is a second old at the most. */
async function untilSeen(agency: string, expected: object): Promise<void> {
  let seen: unknown
  const end = performance.now() + 10_000
  do seen = (await get<Overview>('/api/overview')).agencies.find(({ id }) => id === agency)
  while (!matches(seen, expected) && performance.now() < end)
  expect(seen).toMatchObject(expected)
}
const matches = (seen: unknown, expected: object): boolean => {
  try {
    expect(seen).toMatchObject(expected)
    return true
  } catch {
    return false
  }
}

describe('pause and resume', () => {
  test('hold what is for an agency and let it go on, seen in the overview, in the list of acts and in the log', async () => {
    const paused = await post(`/api/agencies/${KENT}/pause`, { reason: 'Kent moves house', code: 'maintenance' })
    expect(paused.status).toBe(200)
    expect(paused.read()).toEqual({
      agency: KENT,
      paused: true,
      since: expect.stringMatching(/Z$/),
      operator: 'duty',
    })
    const { id } = await send(KENT, 'routine')
    await untilSeen(KENT, { paused: true, waiting: { immediate: 0, urgent: 0, routine: 1 } })
    expect(await stateOf(id)).toBe('accepted')
    expect(await newestAct()).toEqual({
      actId: expect.any(String),
      at: expect.stringMatching(/Z$/),
      act: 'pause',
      operator: 'duty',
      reason: 'Kent moves house',
      code: 'maintenance',
      agency: KENT,
      leafIndex: expect.any(Number),
    })
    const joined = await asManager(`/api/agencies/${KENT}/pause`, { reason: 'I know' })
    expect(joined.json).toMatchObject({ paused: true, operator: 'duty', joinedBy: 'manager' })

    const resumed = await post(`/api/agencies/${KENT}/resume`, { reason: 'It is done', code: 'fault-mended' })
    expect(resumed.read()).toEqual({ agency: KENT, paused: false })
    await reaches(id, 'consigned')
    expect(await newestAct()).toMatchObject({ act: 'resume', agency: KENT, reason: 'It is done' })
    expect((await post(`/api/agencies/${KENT}/resume`, { reason: 'Again' })).read()).toEqual({
      agency: KENT,
      paused: false,
    })
    await untilSeen(KENT, { paused: false, waiting: { immediate: 0, urgent: 0, routine: 1 } })
  })

  test('wait for a second operator where nobody has joined', async () => {
    await post(`/api/agencies/${KENT}/pause`, { reason: 'Something is wrong' })
    const { pending } = await get<{ pending: object[] }>('/api/pending')
    expect(pending).toEqual([{ act: 'pause', agency: KENT, operator: 'duty', since: expect.any(String) }])
    await post(`/api/agencies/${KENT}/resume`, { reason: 'All is well' })
    expect(await get('/api/pending')).toEqual({ pending: [] })
  })

  test('of an agency that is not there, or for no reason of their list: refused', async () => {
    for (const act of ['pause', 'resume'])
      expectProblem(await post(`/api/agencies/gb-nobody/${act}`, { reason: 'x' }), 'not-found')
    expectProblem(await post(`/api/agencies/${KENT}/pause`, { reason: 'x', code: 'court-order' }), 'invalid-request')
    expectProblem(await post(`/api/agencies/${KENT}/pause`, { code: 'incident' }), 'invalid-request')
  })
})

describe('«I telephoned»', () => {
  test('is an act with its time and a reason of its list, for as long as nobody has acknowledged', async () => {
    const { id, caseId } = await send(KENT, 'immediate')
    await reaches(id, 'consigned')
    const path = `/api/messages/gb-ctac/${id}/telephoned`
    const at = new Date().toISOString()
    const answer = await post(path, { reason: 'The night desk picked up', code: 'reached', at })
    expect([answer.status, answer.read()]).toEqual([200, { messageId: id, state: 'consigned' }])
    expect(await newestAct()).toEqual({
      actId: expect.any(String),
      at: expect.any(String),
      act: 'telephoned',
      operator: 'duty',
      reason: 'The night desk picked up',
      code: 'reached',
      rangAt: at,
      from: 'gb-ctac',
      messageId: id,
      caseId,
      leafIndex: expect.any(Number),
    })
    for (const when of ['yesterday', '2020-01-01T00:00:00Z', '2999-01-01T00:00:00Z'])
      expectProblem(await post(path, { reason: 'x', at: when }), 'invalid-request')
    expectProblem(await post(path, { reason: 'x', code: 'fault-mended' }), 'invalid-request')
    expectProblem(await post(`/api/messages/gb-ctac/${newId()}/telephoned`, { reason: 'x' }), 'not-found')
  })

  test('about a message that is settled is refused', async () => {
    const { id } = await makeDeadLetter()
    for (const by of [post, asManager]) await by(`/api/messages/gb-ctac/${id}/discard`, { reason: 'x' })
    expect(await stateOf(id)).toBe('discarded')
    expectProblem(await post(`/api/messages/gb-ctac/${id}/telephoned`, { reason: 'x' }), 'not-unread')
  })
})

test('a note from shift to shift is read by the next, and the log has its digest alone', async () => {
  expectProblem(await post('/api/handover', { note: ' ' }), 'invalid-request')
  expectProblem(await post('/api/handover', { note: 'x'.repeat(4_001) }), 'invalid-request')
  for (const note of ['Croydon is being moved', 'Kent rings back at six'])
    expect((await post('/api/handover', { note })).status).toBe(201)
  type Notes = { readonly notes: readonly Record<string, unknown>[]; readonly next?: string }
  const first = await get<Notes>('/api/handover?limit=1')
  const [newest] = first.notes
  expect(newest).toEqual({
    actId: expect.any(String),
    at: expect.any(String),
    operator: 'duty',
    note: 'Kent rings back at six',
    leafIndex: expect.any(Number),
  })
  const second = await get<Notes>(`/api/handover?limit=1&before=${first.next}`)
  expect(second.notes.map(({ note }) => note)).toEqual(['Croydon is being moved'])
  expect(await newestAct()).toMatchObject({ act: 'handover', reason: 'Kent rings back at six' })
})

describe('all of an agency’s dead letters', () => {
  test('are counted first, by priority and age, and nothing changes', async () => {
    await makeDeadLetter('immediate')
    const { id } = await makeDeadLetter('routine')
    const body = { agency: CROYDON, dryRun: true }
    expect((await post('/api/dead-letters/retry', body)).read()).toEqual({
      dryRun: true,
      count: 2,
      priorities: [
        { priority: 'immediate', count: 1, oldestSeconds: expect.any(Number) },
        { priority: 'routine', count: 1, oldestSeconds: expect.any(Number) },
      ],
    })
    expect(await stateOf(id)).toBe('dead-lettered')
    await untilSeen(CROYDON, { deadLetters: 2 })
    expectProblem(await post('/api/dead-letters/retry', { agency: 'gb-nobody', dryRun: true }), 'not-found')
    expectProblem(await post('/api/dead-letters/retry', { agency: CROYDON, dryRun: false }), 'invalid-request')
  })

  test('stay where the agency is paused', async () => {
    await post(`/api/agencies/${CROYDON}/pause`, { reason: 'x' })
    const answer = await post('/api/dead-letters/retry', { agency: CROYDON, reason: 'x' })
    expect(answer.read()).toEqual({ retried: 0, left: 2, stopped: 'paused' })
    await post(`/api/agencies/${CROYDON}/resume`, { reason: 'x' })
    status = 202
    expect((await post('/api/dead-letters/retry', { agency: CROYDON, reason: 'x' })).read()).toEqual({ retried: 2 })
    await until(async () => (await get<{ messages: object[] }>(WAITING)).messages.length === 0)
  })
})

test('what is asked for by one operator waits for the second, with the reason of the first', async () => {
  const { id, caseId } = await makeDeadLetter()
  await post(`/api/messages/gb-ctac/${id}/discard`, { reason: 'Told by telephone', code: 'told-otherwise' })
  const { pending } = await get<{ pending: object[] }>('/api/pending')
  const day = 24 * 3_600_000
  const [waits] = pending as { since: string; until: string }[]
  expect(waits).toEqual({
    act: 'discard',
    operator: 'duty',
    since: expect.any(String),
    until: expect.any(String),
    reason: 'Told by telephone',
    code: 'told-otherwise',
    from: 'gb-ctac',
    messageId: id,
    caseId,
  })
  expect(Date.parse(waits?.until ?? '') - Date.parse(waits?.since ?? '')).toBe(day)
  await asManager(`/api/messages/gb-ctac/${id}/discard`, { reason: 'I agree' })
  expect(await get('/api/pending')).toEqual({ pending: [] })
})

test('the list of acts is whole, page by page, newest first, each at its place in the log', async () => {
  const all = (await get<Acts>('/api/acts?limit=100')).acts
  const seen: unknown[] = []
  for (let before = ''; ; ) {
    const page = await get<Acts>(`/api/acts?limit=3&before=${before}`)
    seen.push(...page.acts)
    if (page.next === undefined) break
    before = page.next
  }
  expect(seen).toEqual(all)
  const places = all.map(({ leafIndex }) => Number(leafIndex))
  expect(places).toEqual(places.toSorted((a, b) => b - a))
  expect(new Set(all.map(({ act }) => act))).toEqual(
    new Set(['pause', 'resume', 'telephoned', 'handover', 'retry-all', 'discard']),
  )
  for (const path of ['/api/acts?before=x', '/api/acts?limit=0', '/api/acts?agency=x', '/api/handover?before=1'])
    expectProblem(await duty.get(path), 'invalid-request')
})

test('a case shows the metadata of its messages, and when it was erased', async () => {
  const { id, caseId } = await makeDeadLetter()
  expect(await get(`/api/cases/${caseId}`)).toEqual({
    caseId,
    messages: [expect.objectContaining({ messageId: id, state: 'dead-lettered', from: 'gb-ctac', to: CROYDON })],
  })
  for (const by of [post, asManager]) await by(`/api/messages/gb-ctac/${id}/discard`, { reason: 'x' })
  for (const by of [post, asManager]) await by(`/api/cases/${caseId}/erase`, { reason: 'x', code: 'court-order' })
  expect(await get(`/api/cases/${caseId}`)).toMatchObject({ erasedAt: expect.stringMatching(/Z$/) })
  const erased = (await get<Acts>('/api/acts?limit=2')).acts
  expect(erased.map(({ act, reason }) => [act, reason])).toEqual([
    ['erase', undefined],
    ['erase', undefined],
  ])
  expectProblem(await duty.get(`/api/cases/${newId()}`), 'not-found')
  expectProblem(await duty.get('/api/cases/x'), 'not-found')
})

test('the overview says how things stand at each agency and here, also compressed', async () => {
  status = 503
  const { id } = await send(CROYDON)
  await until(async () => (await get<{ attempts: object[] }>(`/api/messages/gb-ctac/${id}`)).attempts.length > 0)
  // Two were put back before, and taken; nobody has acknowledged them.
  await untilSeen(CROYDON, { waiting: { immediate: 1, urgent: 1, routine: 1 }, retrying: 1, inFlight: 0 })
  await untilSeen('gb-ctac', { lastSeen: expect.stringMatching(/Z$/) })
  const answer = await duty.get('/api/overview')
  const overview = answer.read<Overview>()
  expect(overview).toEqual({
    agencies: expect.any(Array),
    queue: {
      state: 'working',
      reasons: [],
      depth: expect.any(Number),
      delayed: expect.any(Number),
      active: expect.any(Number),
    },
    record: { state: 'working', reasons: [], disk: expect.any(String) },
    log: { origin: expect.stringContaining('/'), size: expect.any(Number) },
    alarms: [],
  })
  const croydon = overview.agencies.find((one) => one.id === CROYDON)
  expect(croydon).toEqual({
    id: CROYDON,
    status: 'active',
    paused: false,
    waiting: { immediate: 1, urgent: 1, routine: 1 },
    oldestWaitingSeconds: expect.any(Number),
    inFlight: 0,
    retrying: 1,
    deadLetters: 0,
    unread: 0,
    overdue: 0,
    certificates: [
      { use: 'tls', daysLeft: expect.any(Number) },
      { use: 'signing', daysLeft: expect.any(Number) },
    ],
  })
  const compressed = await duty.get('/api/overview', { 'accept-encoding': 'gzip' })
  expect(compressed.headers['content-encoding']).toBe('gzip')
  expect(JSON.parse(gunzipSync(compressed.body).toString())).toHaveProperty('agencies')
})

describe('events', () => {
  test('tell what happens as ids and codes, and go on where they were', async () => {
    using stream = await openEvents(gateway, 'duty')
    expect(stream.status).toBe(200)
    expect(stream.headers['content-type']).toBe('text/event-stream')
    const { id, caseId } = await makeDeadLetter()
    await post(`/api/agencies/${KENT}/pause`, { reason: 'Marqueur-Motif' })
    await until(() => stream.events().some(({ data }) => data['what'] === 'pause'))
    await post(`/api/agencies/${KENT}/resume`, { reason: 'x' })
    const events = stream.events()
    const failed = events.find(({ data }) => data['what'] === 'ContentConsignmentFailure')
    expect(failed).toMatchObject({
      event: 'message',
      data: { what: 'ContentConsignmentFailure', agency: CROYDON, from: 'gb-ctac', messageId: id, caseId },
    })
    expect(events.find(({ data }) => data['what'] === 'pause')).toMatchObject({
      event: 'act',
      data: { what: 'pause', agency: KENT, actId: expect.any(String) },
    })
    expect(stream.text()).not.toContain('Marqueur-Motif')

    using again = await openEvents(gateway, 'duty', failed?.id)
    await until(() => again.events().some(({ data }) => data['what'] === 'resume'))
    const acts = again.events().filter(({ event }) => event === 'act')
    expect(acts.map(({ data }) => data['what'])).toEqual(['pause', 'resume'])
  })

  test('are refused for a place that never was, and where one operator listens too often', async () => {
    expect((await openEvents(gateway, 'duty', 'x')).status).toBe(400)
    const streams = []
    for (let open = 0; open < 12; open++) streams.push(await openEvents(gateway, 'manager'))
    const refused = streams.filter((one) => one.status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.headers['retry-after']).toBeDefined()
    expect(streams[0]?.status).toBe(200)
    for (const stream of streams) stream[Symbol.dispose]()
    await until(async () => {
      using stream = await openEvents(gateway, 'manager')
      return stream.status === 200
    })
  })

  test('end with the operator’s certificate', async () => {
    using stream = await openEvents(gateway, 'manager')
    expect(stream.isOver()).toBe(false)
    const pem = await readFile(join(gateway.pki.folder, 'operators/manager/tls.crt'), 'utf8')
    await revoke(gateway.pki, [parseCertificate(pem).serial], new Date())
    await until(() => stream.isOver())
  })
})

type Operators = { id: string; role?: string }[]
const giveRole = (id: string, role: string) =>
  gateway.changeRegistry(({ operators }: RegistryFile) => {
    for (const one of operators as Operators) if (one.id === id) one.role = role
  })

test('who may only watch reads everything, and is refused every act', async () => {
  const { id } = await makeDeadLetter()
  await giveRole('duty', 'watch')
  for (const path of ['/api/overview', '/api/acts', '/api/pending', '/api/handover', `/api/messages/gb-ctac/${id}`])
    expect((await duty.get(path)).status).toBe(200)
  const { paths } = (await duty.get('/openapi.json')).read<{ paths: Record<string, Record<string, unknown>> }>()
  const acts = Object.keys(paths).filter((path) => path.startsWith('/api/') && 'post' in (paths[path] ?? {}))
  expect(acts.length).toBeGreaterThan(7)
  for (const path of acts) {
    const filled = path.replace('{from}', 'gb-ctac').replace('{id}', path.includes('agencies') ? KENT : id)
    expectProblem(await post(filled.replace('{caseId}', newId()), { reason: 'x' }), 'not-permitted')
  }
  await giveRole('duty', 'act')
  expect((await post(`/api/messages/gb-ctac/${id}/retry`, { reason: 'x' })).status).toBe(200)
})


test('a gateway that stops ends the streams', async () => {
  using stream = await openEvents(gateway, 'duty')
  expect(stream.status).toBe(200)
  expect(await gateway.process.stop()).toBe(0)
  expect(stream.isOver()).toBe(true)
})
