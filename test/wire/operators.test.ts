import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../sdk/sign.ts'
import { until } from '../support/gateway.ts'
import { CROYDON, openOperatorStage, type OperatorStage } from '../support/operator-stage.ts'
import { expectProblem } from '../support/problem.ts'

/** Protocol section 11: what operators see, and do about agencies, messages and each other. */

const KENT = 'gb-la-e10000016'
const WAITING = `/api/messages?agency=${CROYDON}&state=accepted`

let stage: OperatorStage

beforeAll(async () => {
  stage = await openOperatorStage()
})

afterAll(() => stage[Symbol.asyncDispose]())

const post: OperatorStage['post'] = (path, body) => stage.post(path, body)
const asManager: OperatorStage['asManager'] = (path, body) => stage.asManager(path, body)
const get = async <T>(path: string): Promise<T> => (await stage.duty.get(path)).read<T>()
const reaches = (id: string, state: string): Promise<void> => until(async () => (await stage.stateOf(id)) === state)

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
    const { id } = await stage.send(KENT, 'routine')
    await untilSeen(KENT, { paused: true, waiting: { immediate: 0, urgent: 0, routine: 1 } })
    expect(await stage.stateOf(id)).toBe('accepted')
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
    const said = { reason: 'Something is wrong' }
    expect(pending).toEqual([{ act: 'pause', agency: KENT, operator: 'duty', since: expect.any(String), ...said }])
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
    const { id, caseId } = await stage.send(KENT, 'immediate')
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
    const { id } = await stage.makeDeadLetter()
    for (const by of [post, asManager]) await by(`/api/messages/gb-ctac/${id}/discard`, { reason: 'x' })
    expect(await stage.stateOf(id)).toBe('discarded')
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
    await stage.makeDeadLetter('immediate')
    const { id } = await stage.makeDeadLetter('routine')
    const body = { agency: CROYDON, dryRun: true }
    expect((await post('/api/dead-letters/retry', body)).read()).toEqual({
      dryRun: true,
      count: 2,
      priorities: [
        { priority: 'immediate', count: 1, oldestSeconds: expect.any(Number) },
        { priority: 'routine', count: 1, oldestSeconds: expect.any(Number) },
      ],
    })
    expect(await stage.stateOf(id)).toBe('dead-lettered')
    await untilSeen(CROYDON, { deadLetters: 2 })
    expectProblem(await post('/api/dead-letters/retry', { agency: 'gb-nobody', dryRun: true }), 'not-found')
    expectProblem(await post('/api/dead-letters/retry', { agency: CROYDON, dryRun: false }), 'invalid-request')
  })

  test('stay where the agency is paused', async () => {
    await post(`/api/agencies/${CROYDON}/pause`, { reason: 'x' })
    const answer = await post('/api/dead-letters/retry', { agency: CROYDON, reason: 'x' })
    expect(answer.read()).toEqual({ retried: 0, left: 2, stopped: 'paused' })
    await post(`/api/agencies/${CROYDON}/resume`, { reason: 'x' })
    stage.answer(202)
    expect((await post('/api/dead-letters/retry', { agency: CROYDON, reason: 'x' })).read()).toEqual({ retried: 2 })
    await until(async () => (await get<{ messages: object[] }>(WAITING)).messages.length === 0)
  })
})

test('what is asked for by one operator waits for the second, with the reason of the first', async () => {
  const { id, caseId } = await stage.makeDeadLetter()
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
    expectProblem(await stage.duty.get(path), 'invalid-request')
})

test('a case shows the metadata of its messages, and when it was erased', async () => {
  const { id, caseId } = await stage.makeDeadLetter()
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
  expectProblem(await stage.duty.get(`/api/cases/${newId()}`), 'not-found')
  expectProblem(await stage.duty.get('/api/cases/x'), 'not-found')
})

test('the overview says how things stand at each agency and here, also compressed', async () => {
  stage.answer(503)
  const { id } = await stage.send(CROYDON)
  await until(async () => (await get<{ attempts: object[] }>(`/api/messages/gb-ctac/${id}`)).attempts.length > 0)
  // Two were put back before, and taken; nobody has acknowledged them.
  await untilSeen(CROYDON, { waiting: { immediate: 1, urgent: 1, routine: 1 }, retrying: 1, inFlight: 0 })
  await untilSeen('gb-ctac', { lastSeen: expect.stringMatching(/Z$/) })
  const answer = await stage.duty.get('/api/overview')
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
    // What was a dead letter a moment ago may still be told.
    alarms: expect.any(Array),
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
  const compressed = await stage.duty.get('/api/overview', { 'accept-encoding': 'gzip' })
  expect(compressed.headers['content-encoding']).toBe('gzip')
  expect(JSON.parse(gunzipSync(compressed.body).toString())).toHaveProperty('agencies')
  const asked = { 'accept-encoding': 'gzip', accept: 'text/html' }
  expect((await stage.duty.get('/agencies', asked)).headers['content-encoding']).toBe('gzip')
  // The length of a page must not tell of the token in it.
  const form = await stage.duty.get(`/agencies/${CROYDON}/pause`, asked)
  expect(form.body.toString()).toContain('name="token"')
  expect(form.headers['content-encoding']).toBeUndefined()
})
