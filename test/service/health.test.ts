import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openQueue } from '../../gateway/delivery/queue.ts'
import { createHealth, type Reason } from '../../gateway/operations/health.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/gateway.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { failOver, startRedisPair, tell } from '../support/redis-topology.ts'

const never = new AbortController().signal
const willing = { probe: async () => undefined }

let stack: AsyncDisposableStack
let database: TestDatabase
beforeEach(async () => {
  stack = new AsyncDisposableStack()
  database = stack.use(await createDatabase())
})
afterEach(() => stack.disposeAsync())

const open = (): Database =>
  stack.adopt(
    openDatabase(database.url, () => undefined),
    (one) => one.end(),
  )

/** Each time as if nobody had asked before. */
const ask = (one: Database, queue: Parameters<typeof createHealth>[1]): Promise<readonly Reason[]> =>
  createHealth(one, queue, never).reasons()

describe('the record', () => {
  test('is ready where it can be written to, and leaves nothing behind', async () => {
    const one = open()
    const count = async () =>
      (await one.query(`select count(*)::int as tables from pg_tables where schemaname = 'public'`)).rows
    const before = await count()
    expect(await ask(one, willing)).toEqual([])
    expect(await count()).toEqual(before)
  })

  test('is not while its server is set to read only', async () => {
    const name = new URL(database.url).pathname.slice(1)
    const one = open()
    await one.query(`alter database ${name} set default_transaction_read_only = on`)
    const other = open()
    expect(await ask(other, willing)).toEqual(['record-read-only'])
    await other.query('begin read write')
    await other.query(`alter database ${name} reset default_transaction_read_only`)
    await other.query('commit')
    expect(await ask(open(), willing)).toEqual([])
  })

  test('is not where nobody answers', async () => {
    const away = openDatabase('postgresql://passerelle@127.0.0.1:1/passerelle', () => undefined)
    expect(await ask(away, willing)).toEqual(['record-unreachable'])
    await away.end()
  })

  test('is asked once a second, however many ask', async () => {
    let probes = 0
    const health = createHealth(open(), { probe: async () => void probes++ }, never)
    await Promise.all(Array.from({ length: 100 }, () => health.reasons()))
    await health.reasons()
    expect(probes).toBe(1)
    await until(async () => {
      await health.reasons()
      return probes === 2
    })
  })
})

describe('the queue on Redis', () => {
  async function openOn(redis: TestRedis) {
    const queue = await openQueue({ databaseUrl: '', redisUrl: redis.url, onError: () => undefined })
    stack.defer(() => queue.close())
    const one = open()
    const says = (reason: Reason | undefined) =>
      until(async () => {
        const [said, ...more] = await ask(one, queue)
        return said === reason && more.length === 0
      })
    await says(undefined)
    return says
  }

  test.each([
    ['queue-full', 'maxmemory', '1', '0'],
    ['queue-without-replicas', 'min-replicas-to-write', '1', '0'],
  ] as const)('is not ready, %s, with %s', async (reason, setting, bad, good) => {
    const redis = stack.use(await startRedis())
    const says = await openOn(redis)
    await tell(redis, 'config', 'set', setting, bad)
    await says(reason)
    await tell(redis, 'config', 'set', setting, good)
    await says(undefined)
  })

  test('is not ready where Redis has become a replica, or is away', async () => {
    const pair = stack.use(await startRedisPair())
    const says = await openOn(pair.master)
    await failOver(pair)
    await says('queue-read-only')
    await pair.master.stop()
    await says('queue-unreachable')
  })

  test('is not ready where a snapshot failed', async () => {
    const redis = stack.use(await startRedis('everysec', ['--save', '3600 1', '--rdbcompression', 'no']))
    const says = await openOn(redis)
    // A child that is killed while it saves has failed.
    await tell(redis, 'config', 'set', 'rdb-key-save-delay', '10000000')
    await tell(redis, 'set', 'a', 'b')
    await tell(redis, 'bgsave')
    const info = async () => String(await tell(redis, 'info', 'persistence'))
    await until(async () => (await info()).includes('rdb_bgsave_in_progress:1'))
    const [child] = (await readFile(`/proc/${redis.pid()}/task/${redis.pid()}/children`, 'utf8')).trim().split(' ')
    process.kill(Number(child), 'SIGKILL')
    await says('queue-not-saving')
  })
})
