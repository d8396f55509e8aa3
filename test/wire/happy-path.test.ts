import { afterAll, beforeAll, expect, test } from 'vitest'
import { signEnvelope, verifyMessage, verifyReceipt } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

let gateway: TestGateway
let rys: TestAgency
let ctac: TestAgency

beforeAll(async () => {
  gateway = await startGateway()
  rys = await openAgency(gateway, 'fr-rys')
  ctac = await openAgency(gateway, 'gb-ctac')
})

afterAll(async () => {
  await rys[Symbol.asyncDispose]()
  await ctac[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

test('a referral is accepted, waits in the inbox, is read byte for byte, acknowledged, and each step has its receipt', async () => {
  const message = await signEnvelope(
    makeEnvelope('referral', 'fr-rys', 'gb-ctac', { priority: 'urgent' }),
    rys.signer,
    new Date(),
  )
  const accepted = await rys.client.submit(message)
  expect(accepted.state).toBe('accepted')

  const { messages } = await ctac.client.inbox({ wait: 10 })
  const [entry] = messages
  if (entry === undefined) throw new Error('nothing came')
  expect(entry.messageId).toBe(accepted.messageId)
  const received = await ctac.client.read(entry)
  expect(Buffer.from(received.bytes).toString()).toBe(message)
  await verifyMessage(received.bytes, await ctac.client.directory())

  const acknowledged = await ctac.client.acknowledge(received, 'accepted')
  expect(acknowledged.state).toBe('handed-over')
  expect((await ctac.client.inbox()).messages).toEqual([])

  const status = await rys.client.status(accepted.messageId)
  expect(status.state).toBe('handed-over')
  const [wellKnown, directory] = await Promise.all([rys.client.wellKnown(), rys.client.directory()])
  const events = await Promise.all(
    status.receipts.map(async (receipt) => (await verifyReceipt(receipt, wellKnown, directory)).event),
  )
  expect(events).toEqual(['SubmissionAcceptance', 'ContentConsignment', 'ContentHandover'])

  const again = await rys.client.submit(message)
  expect(again).toMatchObject({ replayed: true, receipt: accepted.receipt })
})
