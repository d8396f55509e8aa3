import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestOf, type Priority, signAcknowledgement } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import type { Answer } from '../support/endpoint.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { listInbox, readReceipt } from '../support/load.ts'
import { askOperations } from '../support/operations.ts'
import { changeAgency, type PushEndpoint, pushTo, startPushEndpoint } from '../support/push-agency.ts'

const KENT = 'gb-la-e10000016'

let gateway: TestGateway
let ctac: TestAgency
let kent: TestAgency
let endpoint: PushEndpoint
let answer: Answer

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_PUSH_TIMEOUT: 'PT5S' })
  ctac = await openAgency(gateway, 'gb-ctac')
  kent = await openAgency(gateway, KENT)
  endpoint = await startPushEndpoint(gateway, KENT, (...call) => answer(...call))
  await changeAgency(gateway, KENT, { delivery: await pushTo(gateway, endpoint) })
})

afterAll(async () => {
  await endpoint?.[Symbol.asyncDispose]()
  for (const agency of [ctac, kent]) await agency?.[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

const send = (priority: Priority = 'urgent') =>
  ctac.client.send(makeEnvelope('assessment-referral', 'gb-ctac', KENT, { priority }))

const seenOf = (id: string) => endpoint.seen.filter(({ request }) => request.headers['passerelle-message-id'] === id)

async function eventsOf(id: string) {
  const { receipts } = await ctac.client.status(id)
  return receipts.map(readReceipt)
}

const shown = async (id: string) =>
  (await askOperations(gateway, `/api/messages/gb-ctac/${id}`, { operator: 'duty' })).json as {
    state: string
    attempts: { outcome: string; status?: number; detail: string; endpoint: string; at: string; durationMs: number }[]
  }

async function becomes(id: string, state: string): Promise<void> {
  await until(async () => (await ctac.client.status(id)).state === state)
}

test('a message comes byte for byte, with its headers, from the gateway’s own certificate; the recipient acknowledges later', async () => {
  answer = (_request, response) => response.writeHead(204).end()
  const { message, messageId } = await send()
  await becomes(messageId, 'consigned')
  const [seen, ...more] = seenOf(messageId)
  expect(more).toEqual([])
  expect(seen?.body.toString()).toBe(message)
  expect(seen?.request.method).toBe('POST')
  expect(seen?.request.url).toBe('/inbound?desk=1')
  expect(seen?.request.headers).toMatchObject({
    'content-type': 'application/jose',
    'passerelle-message-id': messageId,
    'passerelle-from': 'gb-ctac',
    'passerelle-attempt': '1',
  })
  const own = await readFile(join(gateway.pki.folder, 'gateway/tls.crt'))
  expect(seen?.client).toBe(new X509Certificate(own).subject)
  expect(seen?.protocol).toBe('TLSv1.3')
  expect((await eventsOf(messageId)).map(({ event, attempt }) => [event, attempt])).toEqual([
    ['SubmissionAcceptance', 0],
    ['ContentConsignment', 1],
  ])

  const entry = (await listInbox(kent)).find((one) => one.messageId === messageId)
  if (entry === undefined) throw new Error('an agency that pushes may read its inbox too')
  await kent.client.acknowledge(await kent.client.read(entry), 'refused', { reason: 'wrong-area' })
  expect((await eventsOf(messageId)).at(-1)).toMatchObject({
    event: 'ConsignmentRejection',
    reason: { code: 'wrong-area' },
  })
})

const acknowledging =
  (change: (payload: { messageDigest: string; messageId: string }) => object): Answer =>
  (request, response, body) => {
    const messageId = String(request.headers['passerelle-message-id'])
    const at = new Date()
    const payload = { messageId, messageDigest: digestOf(body), at: at.toISOString(), outcome: 'accepted' as const }
    void signAcknowledgement({ ...payload, ...change(payload) }, kent.signer, at).then((signed) =>
      response.writeHead(200, { 'content-type': 'application/jose' }).end(signed),
    )
  }

test('an acknowledgement in the answer is both at once', async () => {
  answer = acknowledging(() => ({}))
  const { messageId } = await send('immediate')
  await becomes(messageId, 'handed-over')
  const events = (await eventsOf(messageId)).map(({ event }) => event)
  expect(events).toEqual(['SubmissionAcceptance', 'ContentConsignment', 'ContentHandover'])
  expect(seenOf(messageId)).toHaveLength(1)
})

test('an invalid acknowledgement in the answer is ignored, with an alarm: the message is consigned', async () => {
  answer = acknowledging(() => ({ messageDigest: `sha-256:${'A'.repeat(43)}` }))
  const { messageId } = await send()
  await until(async () =>
    (await askOperations(gateway, '/metrics')).text.includes(`passerelle_invalid_answers_total{agency="${KENT}"} 1`),
  )
  await becomes(messageId, 'consigned')
  expect(await eventsOf(messageId)).toHaveLength(2)
  expect(seenOf(messageId)).toHaveLength(1)
})

test('so is one of over 16 KiB, good as it may be', async () => {
  const signer = await readSigner(gateway.pki.folder, `agencies/${KENT}/signing`)
  answer = (request, response, body) => {
    const messageId = String(request.headers['passerelle-message-id'])
    const said = { messageId, messageDigest: digestOf(body), at: new Date().toISOString(), outcome: 'accepted' }
    // White space is no fault of JSON's.
    const payload = JSON.stringify(said).padEnd(13_000)
    response.writeHead(200).end(forge({ typ: 'safeguarding-acknowledgement+jws', payload, signer }))
  }
  const { messageId } = await send()
  await until(async () =>
    (await askOperations(gateway, '/metrics')).text.includes(`passerelle_invalid_answers_total{agency="${KENT}"} 2`),
  )
  await becomes(messageId, 'consigned')
})

test('503 is tried again, with the sender seeing when; then 200', async () => {
  answer = (_request, response) => response.writeHead(503, { 'retry-after': '2' }).end('the words of an endpoint')
  const { messageId } = await send()
  await until(async () => (await ctac.client.status(messageId)).nextAttemptAt !== undefined)
  const waiting = await ctac.client.status(messageId)
  expect(waiting).toMatchObject({ state: 'accepted', attempts: 1 })
  expect(waiting.receipts, 'nothing is said before there is something to say').toHaveLength(1)
  const first = await shown(messageId)
  expect(first.attempts).toMatchObject([{ outcome: 'retry', status: 503, endpoint: new URL(endpoint.url).host }])
  expect(JSON.stringify(first)).not.toContain('words')
  const asked = Date.parse(waiting.nextAttemptAt ?? '') - Date.parse(first.attempts[0]?.at ?? '')
  expect(asked, 'Retry-After is how long to wait at least').toBeGreaterThanOrEqual(2_000)
  answer = (_request, response) => response.writeHead(200).end()
  await becomes(messageId, 'consigned')
  expect(seenOf(messageId).map(({ request }) => request.headers['passerelle-attempt'])).toEqual(['1', '2'])
  expect((await eventsOf(messageId)).at(-1)).toMatchObject({ event: 'ContentConsignment', attempt: 2 })
  expect((await shown(messageId)).attempts.map(({ outcome }) => outcome)).toEqual(['retry', 'consigned'])
})

test.each([400, 302])('%i is refused for good: a dead letter, until an operator tries it again', async (status) => {
  answer = (_request, response) => response.writeHead(status, { location: endpoint.url }).end()
  const { messageId } = await send()
  await becomes(messageId, 'dead-lettered')
  expect((await eventsOf(messageId)).at(-1)).toMatchObject({
    event: 'ContentConsignmentFailure',
    attempt: 1,
    reason: { code: expect.any(String) },
  })
  expect(seenOf(messageId)).toHaveLength(1)
  const listed = await askOperations(gateway, '/api/messages?state=dead-lettered', { operator: 'duty' })
  expect(listed.json).toMatchObject({ messages: [{ messageId }] })

  answer = (_request, response) => response.writeHead(200).end()
  const path = `/api/messages/gb-ctac/${messageId}/retry`
  const act = { operator: 'duty' as const, body: { reason: 'the endpoint is mended' } }
  expect(await askOperations(gateway, path, act)).toMatchObject({ status: 200, json: { messageId, state: 'accepted' } })
  await becomes(messageId, 'consigned')
  expect((await eventsOf(messageId)).map(({ event }) => event)).toEqual([
    'SubmissionAcceptance',
    'ContentConsignmentFailure',
    'DeliveryResumed',
    'ContentConsignment',
  ])
  expect(await askOperations(gateway, path, act)).toMatchObject({ status: 409, json: { code: 'not-a-dead-letter' } })
})

test('an acknowledgement ends the attempts, and brings the consignment with it', async () => {
  answer = (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end()
  const { messageId, message } = await send()
  await until(() => seenOf(messageId).length > 0)
  const received = { from: 'gb-ctac', id: messageId, bytes: Buffer.from(message) }
  expect(await kent.client.acknowledge(received, 'accepted')).toMatchObject({ state: 'handed-over' })
  expect((await eventsOf(messageId)).map(({ event }) => event)).toEqual([
    'SubmissionAcceptance',
    'ContentConsignment',
    'ContentHandover',
  ])
  const attempts = seenOf(messageId).length
  // Another message takes longer than the next attempt would have: two of its own attempts.
  const later = await send()
  await until(() => seenOf(later.messageId).length >= 3)
  expect(seenOf(messageId).length - attempts).toBeLessThanOrEqual(1)
  answer = (_request, response) => response.writeHead(200).end()
  await becomes(later.messageId, 'consigned')
})

test('a gateway that is killed in the middle of an attempt makes it again', async () => {
  answer = () => undefined
  const { messageId } = await send('immediate')
  await until(() => seenOf(messageId).length === 1)
  await gateway.process.kill()
  await gateway.restart()
  answer = (_request, response) => response.writeHead(200).end()
  const again = await openAgency(gateway, 'gb-ctac')
  await until(async () => (await again.client.status(messageId)).state === 'consigned', 40_000)
  const { receipts } = await again.client.status(messageId)
  expect(receipts.map(readReceipt).map(({ event }) => event)).toEqual(['SubmissionAcceptance', 'ContentConsignment'])
  await again[Symbol.asyncDispose]()
}, 60_000)
