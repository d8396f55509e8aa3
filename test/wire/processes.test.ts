import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signEnvelope, verifyReceipt } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { lastArrival, listInbox, readFeed, readReceipt, startLoad } from '../support/load.ts'
import { askOperations } from '../support/operations.ts'

type Another = Awaited<ReturnType<TestGateway['startAnother']>>

const limit = { PASSERELLE_RATE_LIMIT: '100000' }
let gateway: TestGateway
let second: Another
let operations: Another
let agencies: TestAgency[]

beforeAll(async () => {
  gateway = await startGateway({ ...limit, PASSERELLE_ROLES: 'api' })
  second = await gateway.startAnother({ PASSERELLE_ROLES: 'api' })
  operations = await gateway.startAnother({ PASSERELLE_ROLES: 'operations' })
  agencies = []
})

afterAll(async () => {
  for (const agency of agencies ?? []) await agency[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

async function agency(id: string, url = gateway.url): Promise<TestAgency> {
  const opened = await openAgency(gateway, id, url)
  agencies.push(opened)
  return opened
}

test('each process says what it runs, and listens for nothing else', () => {
  expect(gateway.process.ready).toBe(`passerelle ready: ${gateway.url}`)
  expect(operations.process.ready).toBe(`passerelle ready: operations ${operations.operationsUrl}`)
  expect(second.operationsUrl).toBe('')
})

test('without a worker messages are accepted and wait; a worker that comes later delivers them', async () => {
  const rys = await agency('fr-rys')
  const ctac = await agency('gb-ctac', second.url)
  const load = startLoad({ senders: [rys], to: 'gb-ctac', type: 'referral', count: 20 })
  await load.done
  expect(await listInbox(ctac)).toEqual([])
  await gateway.startAnother({ PASSERELLE_ROLES: 'worker' })
  await until(async () => (await listInbox(ctac)).length === 20)
  const worker = await gateway.startAnother({ PASSERELLE_ROLES: 'worker' })
  expect(worker.process.ready).toBe('passerelle ready: worker')
})

test('what one process writes the others answer: replay, inbox, acknowledgement, state, operators', async () => {
  const [here, there] = [await agency('fr-dep-62'), await agency('fr-dep-62', second.url)]
  const ctac = await agency('gb-ctac', second.url)
  const first = await here.client.send(makeEnvelope('referral', 'fr-dep-62', 'gb-ctac', { priority: 'immediate' }))
  expect(await there.client.submit(first.message)).toMatchObject({ replayed: true, receipt: first.receipt })
  const find = async () => (await listInbox(ctac)).find(({ from }) => from === 'fr-dep-62')
  await until(async () => (await find()) !== undefined)
  const entry = await find()
  if (entry === undefined) throw new Error('what came is gone')
  await ctac.client.acknowledge(await ctac.client.read(entry), 'accepted')
  const status = await here.client.status(first.messageId)
  expect(status.state).toBe('handed-over')
  const [wellKnown, directory] = [await there.client.wellKnown(), await there.client.directory()]
  for (const receipt of status.receipts) await verifyReceipt(receipt, wellKnown, directory)
  const shown = await askOperations(
    { ...gateway, operationsUrl: operations.operationsUrl },
    `/api/messages/fr-dep-62/${first.messageId}`,
    { operator: 'duty' },
  )
  expect(shown.json).toMatchObject({ state: 'handed-over', attempts: [{ outcome: 'consigned', endpoint: 'mailbox' }] })
})

test('a long poll in one process wakes when another process has something, long before its time is over', async () => {
  const here = await agency('fr-dep-59')
  const ctac = await agency('gb-ctac', second.url)
  const after = await lastArrival(ctac)
  const { next } = await here.client.receipts()
  const woken: string[] = []
  const [inbox, receipts] = [
    ctac.client.inbox({ after, wait: 30 }).then((page) => (woken.push('inbox'), page)),
    (await agency('fr-dep-59', second.url)).client
      .receipts({ after: next, wait: 30 })
      .then((page) => (woken.push('receipts'), page)),
  ]
  const patience = AbortSignal.timeout(20_000)
  const late = new Promise<string>((resolve) => patience.addEventListener('abort', () => resolve('late')))
  await here.client.send(makeEnvelope('referral', 'fr-dep-59', 'gb-ctac', { priority: 'routine' }))
  expect(await Promise.race([Promise.all([inbox, receipts]), late])).not.toBe('late')
  expect((await inbox).messages).toMatchObject([{ from: 'fr-dep-59' }])
  expect((await receipts).receipts).not.toEqual([])
})

test('the same bytes at two processes at once are accepted once; of other bytes under one id, one', async () => {
  const both = [await agency('fr-rys'), await agency('fr-rys', second.url)] as const
  const { signer } = both[0]
  const submitAll = (messages: readonly string[]) =>
    Promise.allSettled(messages.map((message, at) => both[at % 2 === 0 ? 0 : 1].client.submit(message)))
  const envelope = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  const message = await signEnvelope(envelope, signer, new Date())
  const same = await submitAll(Array.from({ length: 20 }, () => message))
  const answers = same.map((one) => (one.status === 'fulfilled' ? one.value : undefined))
  expect(answers.filter((one) => one?.replayed === false)).toHaveLength(1)
  expect(new Set(answers.map((one) => one?.receipt)).size).toBe(1)

  const other = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  const versions = await Promise.all(
    Array.from({ length: 12 }, (_, at) => signEnvelope(other, signer, new Date(Date.now() - at * 1000))),
  )
  const settled = await submitAll(versions)
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const one of settled) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'id-conflict' })
})

test('of two words about one message, said to two processes at once, one counts; the other is told so', async () => {
  const sender = await agency('fr-dep-62')
  const both = [await agency('gb-ctac'), await agency('gb-ctac', second.url)] as const
  for (let round = 0; round < 10; round++) {
    // The recipient has the bytes before the gateway has put them into its inbox: consigning and acknowledging race too.
    const { message, messageId } = await sender.client.send(makeEnvelope('referral', 'fr-dep-62', 'gb-ctac'))
    const received = { from: 'fr-dep-62', id: messageId, bytes: Buffer.from(message) }
    const said = await Promise.allSettled([
      both[0].client.acknowledge(received, 'accepted'),
      both[1].client.acknowledge(received, 'refused', { reason: 'wrong-child' }),
      both[round % 2 === 0 ? 0 : 1].client.acknowledge(received, 'accepted'),
    ])
    const { state, receipts } = await sender.client.status(messageId)
    const wanted = state === 'refused' ? 'ConsignmentRejection' : 'ContentHandover'
    expect(receipts.map(readReceipt).map(({ event }) => event)).toEqual([
      'SubmissionAcceptance',
      'ContentConsignment',
      wanted,
    ])
    const states = said.flatMap((one) => (one.status === 'fulfilled' ? [one.value.state] : []))
    expect(new Set(states)).toEqual(new Set([state]))
    for (const one of said)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'already-acknowledged' })
  }
})

test('three processes that write at once: a follower of the feed meets each receipt once, in one order', async () => {
  const third = await gateway.startAnother({ PASSERELLE_ROLES: 'api,worker' })
  const urls = [gateway.url, second.url, third.url]
  const senders = await Promise.all(urls.map((url) => agency('fr-dep-14', url)))
  const follower = await agency('fr-dep-14', second.url)
  const COUNT = 1200
  const stop = new AbortController()
  const met: { cursor: string; receipt: string }[] = []
  const following = (async () => {
    try {
      for await (const { cursor, receipt } of follower.client.followReceipts({ signal: stop.signal }))
        met.push({ cursor, receipt })
    } catch (error) {
      if (!stop.signal.aborted) throw error
    }
  })()
  const reader = await agency('gb-ctac', third.url)
  const arrivals: string[] = []
  const after = await lastArrival(reader)
  const reading = (async () => {
    try {
      for await (const { messageId } of reader.client.followInbox({ after, signal: stop.signal }))
        arrivals.push(messageId)
    } catch (error) {
      if (!stop.signal.aborted) throw error
    }
  })()
  const load = startLoad({ senders, to: 'gb-ctac', type: 'referral', count: COUNT, inFlight: 10 })
  await load.done
  await until(() => met.length >= 2 * COUNT && arrivals.length >= COUNT)
  stop.abort()
  await following
  await reading
  expect(arrivals).toHaveLength(COUNT)
  expect(new Set(arrivals)).toEqual(new Set(load.accepted.keys()))

  const cursors = met.map(({ cursor }) => cursor)
  expect(new Set(cursors).size).toBe(cursors.length)
  const whole = await readFeed(follower)
  expect(whole.cursors, 'what was met while it was written is what stands there afterwards').toEqual(cursors)
  expect(met).toHaveLength(2 * COUNT)
  for (const id of load.accepted.keys())
    expect(whole.events.get(id)).toEqual(['SubmissionAcceptance', 'ContentConsignment'])

  const record = new pg.Client({ connectionString: gateway.databaseUrl })
  await record.connect()
  const { rows } = await record.query(
    'select (select size from log) = count(*) and max(index) = count(*) - 1 as whole from leaf',
  )
  await record.end()
  expect(rows).toEqual([{ whole: true }])
}, 60_000)
