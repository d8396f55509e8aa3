import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issue, toPem } from '../../certs-dev/pki.ts'
import { revoke } from '../../certs-dev/tree.ts'
import { parseCertificate } from '../../gateway/identity/certificate.ts'
import type { Signer } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope } from '../support/agency.ts'
import { answerWith, type Endpoint, startEndpoint } from '../support/endpoint.ts'
import { openEvents } from '../support/events.ts'
import { forge, payloadOf, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { askOperations } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { countStatuses, openRawAs, type RawAnswer, type RawClient } from '../support/raw.ts'

/** Protocol section 11: what operators see of messages, and what they do about dead letters. */

const KENT = 'gb-la-e10000016'
const MARK = 'Marqueur-Personnel'
const REASON = 'Kent has mended its endpoint, says Marqueur-Motif'

let gateway: TestGateway
let duty: RawClient
let ctac: RawClient
let signer: Signer
/** Kent’s endpoint, and what it answers just now. */
let endpoint: Endpoint
let status = 400

beforeAll(async () => {
  gateway = await startGateway()
  const { pki, operationsUrl: url } = gateway
  duty = await openRawAs(gateway, 'operators/duty/tls', { url })
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  signer = await readSigner(pki.folder, 'agencies/gb-ctac/signing')
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: pki.until }
  const { key, crt: cert } = await issue(pki.intermediate, {
    subject: 'CN=kent endpoint',
    validity,
    use: 'tls',
    local: true,
  })
  endpoint = await startEndpoint((...request) => answerWith(status)(...request), { key, cert })
  const delivery = { mode: 'push', url: endpoint.url, trustAnchors: toPem(pki.root.certificate) }
  await gateway.changeRegistry(({ agencies }) =>
    agencies.forEach((each) => each.id === KENT && Object.assign(each, { delivery })),
  )
})

afterAll(async () => {
  for (const client of [duty, ctac]) client[Symbol.dispose]()
  endpoint.server.close()
  await gateway[Symbol.asyncDispose]()
})

type Listed = { readonly messageId: string; readonly state: string; readonly attempts: number }
type Page = { readonly messages: readonly Listed[]; readonly next?: string }

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  duty.post(path, JSON.stringify(body), { 'content-type': 'application/json', ...headers })

const stateOf = async (id: string): Promise<string | undefined> => (await ctac.get(`/v1/messages/${id}`)).read().state

/** Sends to Kent, whose endpoint refuses it for good. */
async function makeDeadLetter(): Promise<string> {
  status = 400
  const example = makeEnvelope('safeguarding-information', 'gb-ctac', KENT)
  const payload = { ...example, body: { ...example.body, message: undefined } }
  expect((await ctac.post('/v1/messages', forge({ payload, signer }))).status).toBe(202)
  await until(async () => (await stateOf(payload.id)) === 'dead-lettered')
  return payload.id
}

const eventsOf = async (id: string): Promise<readonly unknown[]> => {
  const { receipts } = (await ctac.get(`/v1/messages/${id}`)).read<{ receipts: string[] }>()
  return receipts.map((receipt) => payloadOf(receipt)['event'])
}

describe('dead letters', () => {
  test('are listed, with what was tried and every receipt, and nothing of what they say', async () => {
    const id = await makeDeadLetter()
    expect(await eventsOf(id)).toEqual(['SubmissionAcceptance', 'ContentConsignmentFailure'])
    const { messages } = (await duty.get('/api/messages?state=dead-lettered')).read<Page>()
    expect(messages).toContainEqual(expect.objectContaining({ messageId: id, state: 'dead-lettered', attempts: 1 }))
    const one = await duty.get(`/api/messages/gb-ctac/${id}`)
    expect(one.read()).toEqual({
      messageId: id,
      from: 'gb-ctac',
      to: KENT,
      caseId: expect.any(String),
      type: 'safeguarding-information',
      priority: expect.any(String),
      acceptedAt: expect.stringMatching(/Z$/),
      state: 'dead-lettered',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      attempts: [
        {
          at: expect.stringMatching(/Z$/),
          endpoint: expect.stringContaining(String(endpoint.port)),
          outcome: expect.any(String),
          status: 400,
          detail: expect.any(String),
          durationMs: expect.any(Number),
        },
      ],
      receipts: [expect.any(String), expect.any(String)],
    })
  })

  test('put back by an operator: accepted again, resumed in the sender’s feed, and delivered', async () => {
    const id = await makeDeadLetter()
    status = 202
    const answer = await post(`/api/messages/gb-ctac/${id}/retry`, { reason: REASON })
    expect(answer.status).toBe(200)
    expect(answer.read()).toEqual({ messageId: id, state: 'accepted' })
    await until(async () => (await stateOf(id)) === 'consigned')
    const events = ['SubmissionAcceptance', 'ContentConsignmentFailure', 'DeliveryResumed', 'ContentConsignment']
    expect(await eventsOf(id)).toEqual(events)
    const { receipts } = (await ctac.get('/v1/receipts')).read<{ receipts: { receipt: string }[] }>()
    const feed = receipts.map(({ receipt }) => payloadOf(receipt)).filter(({ messageId }) => messageId === id)
    expect(feed.map(({ event }) => event)).toEqual(events)
    expectProblem(await post(`/api/messages/gb-ctac/${id}/retry`, { reason: REASON }), 'not-a-dead-letter')
    const { attempts } = (await duty.get(`/api/messages/gb-ctac/${id}`)).read<{ attempts: unknown[] }>()
    expect(attempts).toHaveLength(2)
  })

  test('put back by ten requests at once: one does it, and there is one receipt', async () => {
    const id = await makeDeadLetter()
    status = 202
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post(`/api/messages/gb-ctac/${id}/retry`, { reason: REASON })),
    )
    expect(countStatuses(answers)).toEqual({ 200: 1, 409: 9 })
    expect((await eventsOf(id)).filter((event) => event === 'DeliveryResumed')).toHaveLength(1)
  })

  test('of one agency, all at once', async () => {
    const ids = [await makeDeadLetter(), await makeDeadLetter(), await makeDeadLetter()]
    status = 202
    const waiting = (await duty.get(`/api/messages?state=dead-lettered&agency=${KENT}`)).read<Page>().messages.length
    const answer = await post('/api/dead-letters/retry', { agency: KENT, reason: REASON })
    expect(answer.read()).toEqual({ retried: waiting })
    for (const id of ids) await until(async () => (await stateOf(id)) === 'consigned')
    expect((await post('/api/dead-letters/retry', { agency: KENT, reason: REASON })).read()).toEqual({ retried: 0 })
    expectProblem(await post('/api/dead-letters/retry', { agency: 'gb-nobody', reason: REASON }), 'not-found')
  })

  test('given up by two operators, and not by one: the sender is told', async () => {
    const id = await makeDeadLetter()
    const path = `/api/messages/gb-ctac/${id}/discard`
    for (let round = 0; round < 2; round++) {
      const asked = await post(path, { reason: REASON })
      expect([asked.status, asked.read()]).toEqual([202, { pending: true }])
    }
    expect(await stateOf(id)).toBe('dead-lettered')
    const done = await askOperations(gateway, path, { operator: 'manager', body: { reason: REASON } })
    expect([done.status, done.json]).toEqual([200, { messageId: id, state: 'discarded' }])
    expect(await eventsOf(id)).toEqual(['SubmissionAcceptance', 'ContentConsignmentFailure', 'MessageDiscarded'])
    expectProblem(await post(path, { reason: REASON }), 'not-a-dead-letter')
    expectProblem(await post(`/api/messages/gb-ctac/${newId()}/discard`, { reason: REASON }), 'not-found')
  })

  test('an act that another site asks for is refused (RFC 6454, Fetch Metadata)', async () => {
    const path = `/api/messages/gb-ctac/${newId()}/retry`
    const refused: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'same-origin', origin: 'https://elsewhere.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1' },
    ]
    for (const headers of refused) expectProblem(await post(path, { reason: REASON }, headers), 'cross-site')
    const origin = new URL(gateway.operationsUrl).origin
    for (const headers of [{}, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }, { origin }])
      expectProblem(await post(path, { reason: REASON }, headers), 'not-found')
  })

  test.each<[name: string, body: unknown]>([
    ['no reason', {}],
    ['an empty reason', { reason: '' }],
    ['a reason of spaces', { reason: '   ' }],
    ['a reason that is a number', { reason: 7 }],
    ['a reason that is null', { reason: null }],
    ['a reason of 501 characters', { reason: 'x'.repeat(501) }],
    ['a member nobody knows', { reason: REASON, force: true }],
    ['an array', [REASON]],
    ['nothing', null],
  ])('%s: invalid-request', async (_, body) => {
    expectProblem(await post(`/api/messages/gb-ctac/${newId()}/retry`, body), 'invalid-request')
  })

  test('of another media type, not JSON, or too large', async () => {
    const path = `/api/messages/gb-ctac/${newId()}/retry`
    expectProblem(
      await duty.post(path, `reason=${REASON}`, { 'content-type': 'application/x-www-form-urlencoded' }),
      'unsupported-media-type',
    )
    expectProblem(await duty.post(path, '{"reason":', { 'content-type': 'application/json' }), 'invalid-request')
    expectProblem(await post(path, { reason: 'x'.repeat(20_000) }), 'message-too-large')
  })
})

describe('the search', () => {
  test('pages newest first, skipping nothing and repeating nothing, and takes each filter', async () => {
    const { messages: all } = (await duty.get('/api/messages?limit=100')).read<Page>()
    const seen: string[] = []
    for (let before = ''; ; ) {
      const page = (await duty.get(`/api/messages?limit=2&before=${before}`)).read<Page>()
      seen.push(...page.messages.map(({ messageId }) => messageId))
      if (page.next === undefined) break
      before = page.next
    }
    expect(seen).toEqual(all.map(({ messageId }) => messageId))
    const [first] = seen
    const filters = [`messageId=${first}`, `agency=${KENT}`, 'agency=gb-ctac', 'type=safeguarding-information']
    for (const filter of filters) {
      const found = (await duty.get(`/api/messages?${filter}`)).read<Page>()
      expect(found.messages.map(({ messageId }) => messageId)).toContain(first)
    }
    for (const filter of [
      'agency=fr-rys',
      'type=referral',
      `caseId=${newId()}`,
      `messageId=${newId()}`,
      'state=refused',
    ])
      expect((await duty.get(`/api/messages?${filter}`)).read<Page>().messages).toEqual([])
  })

  test.each([
    'state=lost',
    'agency=Kent',
    'priority=soon',
    'limit=0',
    'limit=1e1',
    'before=x',
    'caseId=x',
    'sender=gb-ctac',
    'type=%00',
  ])('?%s: invalid-request', async (query) => {
    expectProblem(await duty.get(`/api/messages?${query}`), 'invalid-request')
  })

  test('a message that never was: 404', async () => {
    expectProblem(await duty.get(`/api/messages/gb-ctac/${newId()}`), 'not-found')
    expectProblem(await post(`/api/messages/gb-ctac/${newId()}/retry`, { reason: REASON }), 'not-found')
  })
})

test('what a message says is in no answer here, and an operator’s reason in those alone that show acts', async () => {
  const example = makeEnvelope('information-request', 'gb-ctac', 'fr-rys')
  const { text, marks } = markEveryText(example)
  expect(marks.length).toBeGreaterThan(3)
  using stream = await openEvents(gateway, 'duty')
  expect((await ctac.post('/v1/messages', forge({ payload: text, signer }))).status).toBe(202)
  await until(async () => (await stateOf(example.id)) === 'consigned')
  for (const [path, body] of [
    [`/api/messages/gb-ctac/${example.id}/telephoned`, { reason: REASON }],
    ['/api/agencies/fr-rys/pause', { reason: REASON }],
    ['/api/agencies/fr-rys/resume', { reason: REASON }],
    ['/api/handover', { note: REASON }],
  ] as const)
    expect((await post(path, body)).status).toBeLessThan(300)
  const { paths } = (await duty.get('/openapi.json')).read<{ paths: Record<string, object> }>()
  const asked = Object.entries(paths)
    .filter(([path, methods]) => 'get' in methods && !path.startsWith('/v1') && !/schemas|events/.test(path))
    .map(([path]) => path.replace('{from}', 'gb-ctac').replace('{id}', example.id).replace('{caseId}', example.caseId))
  expect(asked).toEqual(expect.arrayContaining(['/api/overview', '/api/acts', `/api/cases/${example.caseId}`]))
  const pages = ['/', '/agencies', '/messages', '/cases', '/acts', '/pending', '/handover', '/help']
  const answers = new Map<string, string>()
  for (const path of [...asked, ...pages]) answers.set(path, String((await duty.get(path)).body))
  await until(() => stream.text().includes('handover'))
  const traces = [...answers.values(), stream.text(), gateway.process.stderr(), gateway.process.stdout()]
  for (const trace of traces) for (const mark of marks) expect(trace).not.toContain(mark)
  for (const [path, answer] of answers)
    if (!/acts|handover|pending/.test(path))
      expect([path, answer]).not.toEqual([path, expect.stringContaining('Marqueur-Motif')])
  for (const trace of [stream.text(), gateway.process.stderr(), gateway.process.stdout()])
    expect(trace).not.toContain('Marqueur-Motif')
  expect(answers.get('/api/acts')).toContain('Marqueur-Motif')
})

/** Puts a mark of its own into each text that a person wrote. */
function markEveryText(envelope: object): { readonly text: string; readonly marks: readonly string[] } {
  const marks: string[] = []
  const mark = (): string => {
    const made = `${MARK}-${marks.length}`
    marks.push(made)
    return made
  }
  const text = JSON.stringify(envelope).replaceAll(
    /"(text|why|name|organisation)":"[^"]*"/g,
    (_, member: string) => `"${member}":"${mark()}"`,
  )
  return { text, marks }
}

test('an operator’s certificate that is revoked opens nothing more, also on a connection that stands', async () => {
  using manager = await openRawAs(gateway, 'operators/manager/tls', { url: gateway.operationsUrl, sockets: 1 })
  expect((await manager.get('/api/messages')).status).toBe(200)
  const pem = await readFile(join(gateway.pki.folder, 'operators/manager/tls.crt'), 'utf8')
  await revoke(gateway.pki, [parseCertificate(pem).serial], new Date())
  // The connection that stands is cut off; on the next one the certificate opens nothing.
  await until(async () => {
    const answer = await manager.get('/api/messages').catch(() => undefined)
    return answer?.status === 401
  }, 5_000)
  expectProblem(await manager.get('/api/messages'), 'operator-certificate-required')
  expect((await duty.get('/api/messages')).status).toBe(200)
})

test('an operator’s certificate is no agency’s, and the other way round', async () => {
  using operator = await openRawAs(gateway, 'operators/duty/tls')
  expectProblem(await operator.get('/v1/inbox'), 'unknown-agency')
})
