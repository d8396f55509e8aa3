import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest'
import { type LaneQueue, openQueue } from '../../gateway/delivery/queue.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/gateway.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import type { Lane } from '../../gateway/protocol/priority.ts'

const lane = (recipient: string, priority = 2): Lane => ({ recipient, priority })
const kent = lane('gb-la-e10000016')
const named = ({ recipient, priority }: Lane): string => `${recipient}.${priority}`

let redis: TestRedis
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.close())

describe.each(['PostgreSQL', 'Redis'])('the queue on %s', (backend) => {
  let database: TestDatabase
  let queues: LaneQueue[]
  let errors: unknown[]

  beforeEach(async () => {
    database = await createDatabase()
    queues = []
    errors = []
  })
  afterEach(async () => {
    await Promise.all(queues.map((queue) => queue.close()))
    await database.drop()
    if (backend === 'Redis') await redis.restart()
  })

  /** Another process, as far as the queue can tell. Each test has a database of its own, or a Redis database. */
  async function open(): Promise<LaneQueue> {
    const number = expect.getState().currentTestName?.length ?? 0
    const redisUrl = backend === 'Redis' ? `${redis.url}/${number % 16}` : undefined
    const queue = await openQueue({ databaseUrl: database.url, redisUrl, onError: (error) => errors.push(error) })
    queues.push(queue)
    return queue
  }

  test('drains each lane that is called', async () => {
    const queue = await open()
    const drained = new Set<string>()
    await queue.work(async (one) => void drained.add(named(one)))
    const lanes = ['a', 'b', 'c'].flatMap((id) => [0, 1, 2].map((priority) => lane(`gb-${id}`, priority)))
    for (const one of lanes) queue.call(one)
    await until(() => drained.size === lanes.length)
    expect(errors).toEqual([])
  })

  test('begins with immediate lanes, then urgent, then routine', async () => {
    const queue = await open()
    const called = [lane('gb-r', 2), lane('gb-u', 1), lane('gb-s', 2), lane('gb-v', 1), lane('gb-i', 0)]
    for (const one of called) queue.call(one)
    await until(async () => (await queue.depth()).waiting === called.length)
    const begun: number[] = []
    await queue.work(async ({ priority }) => void begun.push(priority))
    await until(() => begun.length === called.length)
    expect(begun).toEqual([0, 1, 1, 2, 2])
  })

  test('a thousand calls to a lane are one', async () => {
    const queue = await open()
    let drained = 0
    for (let count = 0; count < 1000; count++) queue.call(kent)
    await until(async () => (await queue.depth()).waiting === 1)
    await queue.work(async () => void drained++)
    await until(async () => drained > 0 && (await queue.depth()).active === 0)
    expect(drained).toBe(1)
  })

  test('calls a lane at a time, and not before', async () => {
    const queue = await open()
    const drained: number[] = []
    await queue.work(async () => void drained.push(Date.now()))
    const at = new Date(Date.now() + 400)
    queue.call(kent, at)
    await until(() => drained.length > 0)
    expect(drained[0]).toBeGreaterThanOrEqual(at.getTime() - 1)
  })

  test.each(['the same', 'another'])(
    'what is added while a drain is ending is found, called by %s process',
    async (who) => {
      const working = await open()
      const calling = who === 'another' ? await open() : working
      const ending = Promise.withResolvers<void>()
      let begun = 0
      await working.work(async () => {
        begun += 1
        if (begun === 1) await ending.promise
      })
      calling.call(kent)
      await until(() => begun === 1)
      calling.call(kent)
      // The call has arrived, or waits in the process that is draining; only then may the drain end.
      const probe = lane('gb-probe', 0)
      calling.call(probe)
      await until(() => begun === 2)
      ending.resolve()
      await until(() => begun === 3)
    },
  )

  test('a lane that fails stops no other, and can be called again', async () => {
    const queue = await open()
    const drained: string[] = []
    let failing = true
    await queue.work(async (one) => {
      if (one.recipient === 'gb-bad' && failing) throw new Error('this lane fails')
      drained.push(one.recipient)
    })
    queue.call(lane('gb-bad'))
    for (const id of ['gb-a', 'gb-b']) queue.call(lane(id))
    await until(() => drained.length === 2)
    failing = false
    await until(() => {
      queue.call(lane('gb-bad'))
      return drained.includes('gb-bad')
    })
  })

  test('lanes that hang, many more than a pool has connections, hold up no other', async () => {
    const queue = await open()
    const over = Promise.withResolvers<void>()
    let hanging = 0
    const drained: string[] = []
    await queue.work(async ({ recipient }) => {
      if (recipient.startsWith('gb-slow')) {
        hanging += 1
        await over.promise
      } else drained.push(recipient)
    })
    for (let count = 0; count < 100; count++) queue.call(lane(`gb-slow-${count}`))
    await until(() => hanging === 100)
    queue.call(kent)
    await until(() => drained.length === 1)
    over.resolve()
  })

  test('closing says so to what is being drained, and waits for it', async () => {
    const queue = await open()
    const order: string[] = []
    await queue.work(async (_lane, stopping) => {
      order.push('begun')
      await new Promise((resolve) => stopping.addEventListener('abort', resolve))
      order.push('told')
      await queue.depth()
      order.push('ended')
    })
    queue.call(kent)
    await until(() => order.length === 1)
    await queue.close()
    queues.pop()
    expect(order).toEqual(['begun', 'told', 'ended'])
  })

  test('what was called before a process ended is drained by the next', async () => {
    const first = await open()
    first.call(kent)
    await first.close()
    queues.pop()
    const drained: Lane[] = []
    await (await open()).work(async (one) => void drained.push(one))
    await until(() => drained.length === 1)
    expect(drained).toEqual([kent])
  })

  test('holds ids and a priority, and nothing else', async () => {
    const queue = await open()
    const seen: unknown[] = []
    await queue.work(async (one) => void seen.push(one))
    queue.call(kent)
    await until(() => seen.length === 1)
    expect(seen).toEqual([{ recipient: 'gb-la-e10000016', priority: 2 }])
  })
})

test('where Redis is away from the start, calling fails aloud and never throws, and work begins when it comes', async () => {
  await using database = await createDatabase()
  await using away = await startRedis()
  const { url } = away
  await away.stop()
  const errors: unknown[] = []
  const queue = await openQueue({ databaseUrl: database.url, redisUrl: url, onError: (error) => errors.push(error) })
  const drained: Lane[] = []
  await queue.work(async (one) => void drained.push(one))
  queue.call(kent)
  await until(() => errors.length > 0)
  await away.restart()
  await until(() => {
    queue.call(kent)
    return drained.length > 0
  })
  await queue.close()
})
