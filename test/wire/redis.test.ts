import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { type Load, listInbox, readFeed, startLoad } from '../support/load.ts'
import { askOperations } from '../support/operations.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

let stack: AsyncDisposableStack
afterEach(() => stack.disposeAsync())

type Stage = { redis: TestRedis; gateway: TestGateway; senders: TestAgency[]; recipient: TestAgency }

async function open(prepare: (redis: TestRedis) => Promise<void> = async () => undefined): Promise<Stage> {
  stack = new AsyncDisposableStack()
  const redis = stack.use(await startRedis())
  await prepare(redis)
  const gateway = stack.use(await startGateway({ REDIS_URL: redis.url, PASSERELLE_RATE_LIMIT: '100000' }))
  const agency = async (id: string) => stack.use(await openAgency(gateway, id))
  return {
    redis,
    gateway,
    senders: [await agency('fr-rys'), await agency('fr-dep-62')],
    recipient: await agency('gb-ctac'),
  }
}

const ready = async (gateway: TestGateway) => (await askOperations(gateway, '/health/ready')).status

/** All of the load lies in the inbox, once, and each message has each receipt once. */
async function expectWhole(load: Load, { senders, recipient }: Stage): Promise<void> {
  await until(async () => (await listInbox(recipient)).length >= load.accepted.size)
  const listed = (await listInbox(recipient)).map(({ messageId }) => messageId)
  expect(listed).toHaveLength(load.accepted.size)
  expect(new Set(listed)).toEqual(new Set(load.accepted.keys()))
  for (const { events } of await Promise.all(senders.map(readFeed)))
    for (const said of events.values()) expect(said).toEqual(['SubmissionAcceptance', 'ContentConsignment'])
}

test('FLUSHALL and a restart of Redis under load lose nothing', async () => {
  const stage = await open()
  const load = startLoad({ senders: stage.senders, to: 'gb-ctac', type: 'referral', count: 500 })
  const console = stack.adopt(new Redis(stage.redis.url), (one) => one.disconnect())
  console.on('error', () => undefined)
  await load.reached(100)
  await console.flushall()
  await load.reached(200)
  await stage.redis.restart()
  await load.reached(300)
  await console.flushall()
  await load.reached(400)
  await console.flushall()
  await load.done
  await console.flushall()
  await expectWhole(load, stage)
  expect(await ready(stage.gateway)).toBe(200)
})

test('without Redis at the start and for a while, accepting goes on, and so do deliveries', async () => {
  const stage = await open((redis) => redis.stop())
  expect(await askOperations(stage.gateway, '/health/ready')).toMatchObject({
    status: 503,
    json: { reasons: ['queue-unreachable'] },
  })
  const before = startLoad({ senders: stage.senders, to: 'gb-ctac', type: 'referral', count: 60 })
  await before.done
  // The sweep delivers by itself where the queue has failed for 10 s.
  await expectWhole(before, stage)

  await stage.redis.restart()
  await until(async () => (await ready(stage.gateway)) === 200)

  await stage.redis.stop()
  await until(async () => (await ready(stage.gateway)) === 503)
  const meanwhile = startLoad({ senders: stage.senders, to: 'gb-ctac', type: 'referral', count: 60 })
  await meanwhile.done
  await stage.redis.restart()
  await until(async () => (await listInbox(stage.recipient)).length === 120)
  const { status } = await askOperations(stage.gateway, '/health/live')
  expect(status).toBe(200)
}, 60_000)
