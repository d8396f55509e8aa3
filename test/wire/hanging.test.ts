import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Priority } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { changeAgency, type PushEndpoint, pushTo, startPushEndpoint } from '../support/push-agency.ts'

const [KENT, CROYDON, PORTSMOUTH] = ['gb-la-e10000016', 'gb-la-e09000008', 'gb-la-e06000044'] as const

let gateway: TestGateway
let ctac: TestAgency
let hanging: PushEndpoint
let taking: PushEndpoint
const held: string[] = []

beforeAll(async () => {
  // No attempt ends while the tests run: whatever comes through does so although these hang.
  gateway = await startGateway({ PASSERELLE_PUSH_TIMEOUT: 'PT5M', PASSERELLE_RATE_LIMIT: '100000' })
  ctac = await openAgency(gateway, 'gb-ctac')
  hanging = await startPushEndpoint(gateway, KENT, ({ headers }, response) => {
    const id = String(headers['passerelle-message-id'])
    if (held.includes(id)) return
    response.writeHead(200).end()
  })
  taking = await startPushEndpoint(gateway, CROYDON, (_request, response) => response.writeHead(200).end())
  await changeAgency(gateway, KENT, { delivery: await pushTo(gateway, hanging) })
  await changeAgency(gateway, CROYDON, { delivery: await pushTo(gateway, taking) })
})

afterAll(async () => {
  for (const one of [hanging, taking, ctac, gateway]) await one?.[Symbol.asyncDispose]()
})

/** Sends to Kent what its endpoint never answers, and waits until it hangs. */
async function hang(priority: Priority, count: number): Promise<void> {
  const envelopes = Array.from({ length: count }, () =>
    makeEnvelope('assessment-referral', 'gb-ctac', KENT, { priority }),
  )
  held.push(...envelopes.map(({ id }) => id))
  await Promise.all(envelopes.map((envelope) => ctac.client.send(envelope)))
  const own = new Set(envelopes.map(({ id }) => id))
  await until(() => hanging.seen.some(({ request }) => own.has(String(request.headers['passerelle-message-id']))))
}

async function arrives(to: string, priority: Priority): Promise<void> {
  const { messageId } = await ctac.client.send(makeEnvelope('assessment-referral', 'gb-ctac', to, { priority }))
  await until(async () => (await ctac.client.status(messageId)).state === 'consigned')
}

test('an endpoint that hangs holds up no other agency, whether it pushes or has a mailbox', async () => {
  await hang('routine', 30)
  for (const priority of ['routine', 'urgent', 'immediate'] as const) {
    await arrives(CROYDON, priority)
    await arrives(PORTSMOUTH, priority)
  }
})

test('what is more pressing does not wait behind what hangs at the same endpoint', async () => {
  await arrives(KENT, 'urgent')
  await arrives(KENT, 'immediate')
  await hang('urgent', 30)
  await arrives(KENT, 'immediate')
})

test('one message at which an endpoint hangs does not hold up the next one of the same priority', async () => {
  await hang('immediate', 1)
  await arrives(KENT, 'immediate')
})

test('a desk whose endpoint hangs, with hundreds waiting for it, holds up no other desk of its agency', async () => {
  const desk = (id: string, type: string, delivery: object) => ({
    id,
    name: { en: id, fr: id },
    delivery,
    handles: { types: [type] },
  })
  const toHanging = desk('hanging', 'assessment-referral', await pushTo(gateway, hanging))
  const other = desk('other', 'safeguarding-information', { mode: 'mailbox' })
  await changeAgency(gateway, KENT, { desks: [toHanging, other] })
  const envelopes = Array.from({ length: 450 }, () =>
    makeEnvelope('assessment-referral', 'gb-ctac', KENT, { priority: 'urgent' }),
  )
  held.push(...envelopes.map(({ id }) => id))
  await Promise.all(envelopes.map((envelope) => ctac.client.send(envelope)))
  const { messageId } = await ctac.client.send(
    makeEnvelope('safeguarding-information', 'gb-ctac', KENT, { priority: 'urgent' }),
  )
  await until(async () => (await ctac.client.status(messageId)).state === 'consigned')
  expect((await ctac.client.status(messageId)).desk).toBe('other')
})

test('the process still ends in time', async () => {
  expect(await gateway.process.stop()).toBe(0)
}, 40_000)
