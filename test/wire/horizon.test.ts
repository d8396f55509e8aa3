import { expect, test } from 'vitest'
import { makeEnvelope, openAgency } from '../support/agency.ts'
import { startGateway, until } from '../support/gateway.ts'
import { readReceipt } from '../support/load.ts'
import { askOperations } from '../support/operations.ts'
import { changeAgency, pushTo, startPushEndpoint } from '../support/push-agency.ts'

const KENT = 'gb-la-e10000016'

test('where the horizon is spent the message is a dead letter; an operator’s retry begins a new one, and a restart keeps it', async () => {
  await using gateway = await startGateway({ PASSERELLE_DELIVERY_HORIZON: 'PT2S' })
  let status = 503
  await using endpoint = await startPushEndpoint(gateway, KENT, (_request, response) =>
    response.writeHead(status).end(),
  )
  await changeAgency(gateway, KENT, { delivery: await pushTo(gateway, endpoint) })
  const ids: string[] = []
  {
    await using ctac = await openAgency(gateway, 'gb-ctac')
    for (let count = 0; count < 2; count++)
      ids.push((await ctac.client.send(makeEnvelope('assessment-referral', 'gb-ctac', KENT))).messageId)
    for (const id of ids) await until(async () => (await ctac.client.status(id)).state === 'dead-lettered')
    const { receipts, attempts } = await ctac.client.status(ids[0] ?? '')
    expect(attempts).toBeGreaterThan(1)
    const [, failure] = receipts.map(readReceipt)
    expect(failure).toMatchObject({ event: 'ContentConsignmentFailure', attempt: attempts, reason: { code: 'status' } })
  }
  await gateway.restart()
  status = 200
  await using ctac = await openAgency(gateway, 'gb-ctac')
  for (const id of ids) expect((await ctac.client.status(id)).state).toBe('dead-lettered')
  const act = { operator: 'manager' as const, body: { agency: KENT, reason: 'its endpoint is back' } }
  expect((await askOperations(gateway, '/api/dead-letters/retry', act)).json).toEqual({ retried: 2 })
  for (const id of ids) await until(async () => (await ctac.client.status(id)).state === 'consigned')
  expect((await askOperations(gateway, '/api/dead-letters/retry', act)).json).toEqual({ retried: 0 })
})
