import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Priority, signEnvelope } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { listInbox, startLoad } from '../support/load.ts'
import { changeAgency, type PushEndpoint, pushTo, startPushEndpoint } from '../support/push-agency.ts'

const KENT = 'gb-la-e10000016'
const MANY = 5_000

let gateway: TestGateway
let ctac: TestAgency
let kent: TestAgency
let slow: PushEndpoint
let isSlow = true

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '1000000' })
  ctac = await openAgency(gateway, 'gb-ctac')
  kent = await openAgency(gateway, KENT)
  // Each attempt takes the endpoint a tenth of a second: 5,000 would take more than a minute.
  slow = await startPushEndpoint(gateway, KENT, (_request, response) => {
    const answer = () => response.writeHead(200).end()
    if (isSlow) setTimeout(answer, 100)
    else answer()
  })
  await changeAgency(gateway, KENT, { delivery: await pushTo(gateway, slow) })
})

afterAll(async () => {
  isSlow = false
  for (const one of [slow, ctac, kent, gateway]) await one?.[Symbol.asyncDispose]()
})

test('an urgent and an immediate message do not wait behind 5,000 routine ones to a slow endpoint', async () => {
  const load = startLoad({
    senders: [ctac],
    to: KENT,
    type: 'assessment-referral',
    count: MANY,
    inFlight: 32,
    priorities: ['routine'],
  })
  await load.done
  const before = slow.seen.length
  expect(before).toBeLessThan(MANY / 2)
  for (const priority of ['urgent', 'immediate'] as const) {
    const { messageId } = await ctac.client.send(makeEnvelope('assessment-referral', 'gb-ctac', KENT, { priority }))
    await until(async () => (await ctac.client.status(messageId)).state === 'consigned')
    const at = slow.seen.findIndex(({ request }) => request.headers['passerelle-message-id'] === messageId)
    expect(at).toBeLessThan(MANY / 2)
  }
  expect(slow.seen.length).toBeLessThan(MANY)
}, 90_000)

test('the inbox lists immediate first, then urgent, then routine, each oldest first, page by page', async () => {
  await using sender = await openAgency(gateway, 'fr-rys')
  await using reader = await openAgency(gateway, 'gb-ctac')
  const order: Priority[] = ['routine', 'immediate', 'urgent', 'routine', 'immediate', 'urgent', 'immediate']
  const ids: string[] = []
  for (const priority of order) {
    const envelope = makeEnvelope('referral', 'fr-rys', 'gb-ctac', { priority })
    await sender.client.submit(await signEnvelope(envelope, sender.signer, new Date()))
    ids.push(envelope.id)
    // Arrival decides which one is older: each is there before the next is sent.
    await until(async () => (await sender.client.status(envelope.id)).state === 'consigned')
  }
  const expected = [1, 4, 6, 2, 5, 0, 3].map((at) => ids[at])
  expect((await listInbox(reader)).map(({ messageId }) => messageId)).toEqual(expected)
  const paged: string[] = []
  for (let page: string | undefined; ; ) {
    const { messages, next } = await reader.client.inbox({ limit: 2, ...(page !== undefined && { page }) })
    paged.push(...messages.map(({ messageId }) => messageId))
    if (next === undefined) break
    page = next
  }
  expect(paged).toEqual(expected)
  const arrived = await reader.client.inbox({ after: '', limit: 100 })
  expect(arrived.messages.map(({ messageId }) => messageId)).toEqual(ids)
})
