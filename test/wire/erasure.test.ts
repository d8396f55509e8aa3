import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { askOperations, type Told } from '../support/operations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs } from '../support/raw.ts'

/** Protocol section 12: two operators erase what was said in a case. */

const CTAC = 'gb-ctac'
const REASON = 'Asked for by the family of Marqueur-Motif'

let gateway: TestGateway
let second: Awaited<ReturnType<TestGateway['startAnother']>>
let opened: AsyncDisposableStack

beforeAll(async () => {
  gateway = await startGateway()
  second = await gateway.startAnother()
  opened = new AsyncDisposableStack()
})
afterEach(async () => {
  await opened.disposeAsync()
  opened = new AsyncDisposableStack()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const open = async (id: string, url = gateway.url): Promise<TestAgency> =>
  opened.use(await openAgency(gateway, id, url))

async function refer(caseId: string, url = gateway.url) {
  const rys = await open('fr-rys', url)
  return await rys.client.send(makeEnvelope('referral', 'fr-rys', CTAC, { caseId }))
}

/** The advice centre reads it, over a process, and acknowledges it. */
async function acknowledge(messageId: string, url = gateway.url): Promise<void> {
  const { client } = await open(CTAC, url)
  await client.acknowledge(await client.read({ from: 'fr-rys', messageId }), 'accepted')
}

const erase = (
  caseId: string,
  operator: 'duty' | 'manager',
  { operationsUrl } = gateway as { operationsUrl: string },
) =>
  askOperations({ pki: gateway.pki, operationsUrl }, `/api/cases/${caseId}/erase`, {
    operator,
    body: { reason: REASON },
  })

const problemOf = ({ status, json }: Told) => ({ status, code: (json as { code?: string }).code })

test('a case is erased by two operators, over two processes; what proves it stays', async () => {
  const caseId = newId()
  const sent = await refer(caseId)
  const { id } = sent.envelope
  await acknowledge(id, second.url)
  const rys = await open('fr-rys')
  const [status, list] = [await rys.client.status(id), await rys.client.case(caseId)]

  expect(await erase(caseId, 'duty')).toMatchObject({ status: 202, json: { pending: true } })
  expect(await erase(caseId, 'duty')).toMatchObject({ status: 202, json: { pending: true } })
  expect(await erase(caseId, 'manager', second)).toMatchObject({ status: 200, json: { caseId, state: 'erased' } })

  for (const url of [gateway.url, second.url]) {
    using ctac = await openRawAs(gateway, `agencies/${CTAC}/tls`, { url })
    expectProblem(await ctac.get(`/v1/inbox/fr-rys/${id}`), 'erased')
    const french = await ctac.get(`/v1/inbox/fr-rys/${id}`, { 'accept-language': 'fr' })
    expect(expectProblem(french, 'erased').title).toBe('Effacé')
  }
  expect(await rys.client.status(id)).toEqual(status)
  expect(await rys.client.case(caseId)).toEqual(list)
  expect(await rys.client.submit(sent.message)).toMatchObject({ replayed: true, receipt: sent.receipt })
  const metadata = await askOperations(gateway, `/api/messages/fr-rys/${id}`, { operator: 'duty' })
  expect(metadata).toMatchObject({ status: 200, json: { state: 'handed-over' } })
  expect(problemOf(await erase(caseId, 'duty'))).toEqual({ status: 410, code: 'erased' })

  // New content, at the process that had the old key in memory.
  const later = await refer(caseId, second.url)
  for (const url of [gateway.url, second.url]) {
    const { client } = await open(CTAC, url)
    const { bytes } = await client.read({ from: 'fr-rys', messageId: later.envelope.id })
    expect(Buffer.from(bytes).toString()).toBe(later.message)
    await expect(client.read({ from: 'fr-rys', messageId: id })).rejects.toMatchObject({ code: 'erased' })
  }
  expect([gateway, second].map(({ process }) => process.stderr()).join(' ')).not.toContain('Marqueur-Motif')
})

describe('a case is not erased', () => {
  test('while a message of it is neither acknowledged nor discarded', async () => {
    const caseId = newId()
    const { envelope } = await refer(caseId)
    expect(problemOf(await erase(caseId, 'duty'))).toEqual({ status: 409, code: 'case-not-settled' })
    await acknowledge(envelope.id)
    expect(await erase(caseId, 'duty')).toMatchObject({ status: 202 })
    const { envelope: late } = await refer(caseId)
    expect(problemOf(await erase(caseId, 'manager', second))).toEqual({ status: 409, code: 'case-not-settled' })
    await acknowledge(late.id)
    expect(await erase(caseId, 'manager')).toMatchObject({ status: 200 })
  })

  test.each([
    ['that nobody knows', newId(), 404, 'not-found'],
    ['that is no id', 'a-child', 404, 'not-found'],
  ])('%s', async (_what, caseId, status, code) => {
    expect(problemOf(await erase(caseId, 'duty'))).toEqual({ status, code })
  })

  test('without a reason, or by nobody', async () => {
    const asked = await askOperations(gateway, `/api/cases/${newId()}/erase`, { operator: 'duty', body: {} })
    expect(problemOf(asked)).toEqual({ status: 400, code: 'invalid-request' })
    const nobody = await askOperations(gateway, `/api/cases/${newId()}/erase`, { body: { reason: REASON } })
    expect(problemOf(nobody)).toEqual({ status: 401, code: 'operator-certificate-required' })
  })
})

test('the registry’s retention erases what was closed so many days ago, and tells nobody but the log', async () => {
  const caseId = newId()
  const { envelope } = await refer(caseId)
  await acknowledge(envelope.id)
  const ctac = await open(CTAC)
  const closure = await ctac.client.send(makeEnvelope('case-closure', CTAC, 'fr-rys', { caseId }))
  const rys = await open('fr-rys')
  await rys.client.acknowledge(await rys.client.read({ from: CTAC, messageId: closure.envelope.id }), 'accepted')
  const record = new Client({ connectionString: gateway.databaseUrl })
  await record.connect()
  await record.query(`update message set accepted_at = accepted_at - interval '31 days' where case_id = $1`, [caseId])
  await record.end()
  const { receipts } = await rys.client.status(envelope.id)
  await gateway.changeRegistry((registry) => Object.assign(registry, { retention: { contentDays: 30 } }))
  // It is looked for when a gateway starts, and each minute.
  await gateway.restart()
  const again = await open(CTAC)
  await until(async () => {
    const answer = await again.client
      .read({ from: 'fr-rys', messageId: envelope.id })
      .catch(({ code }: { code: string }) => code)
    return answer === 'erased'
  })
  const returned = await open('fr-rys')
  expect((await returned.client.status(envelope.id)).receipts).toEqual(receipts)
})
