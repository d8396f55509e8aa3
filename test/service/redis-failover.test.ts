import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LaneQueue, openQueue } from '../../gateway/delivery/queue.ts'
import { until } from '../support/gateway.ts'
import {
  failOver,
  laySwitch,
  startRedisCluster,
  startRedisPair,
  startSentinel,
  takeOver,
  tell,
} from '../support/redis-topology.ts'

/** A lane that nobody has called: a job that was under way is not known to be over by the server that took over. */
let lanes = 0
const newLane = () => ({ recipient: `gb-${++lanes}`, priority: 0 })

let stack: AsyncDisposableStack
beforeEach(() => void (stack = new AsyncDisposableStack()))
afterEach(() => stack.disposeAsync())

/** A process's queue, and what it drained. */
async function open(redisUrl: string): Promise<{ queue: LaneQueue; drained: () => number; errors: unknown[] }> {
  const errors: unknown[] = []
  let count = 0
  const queue = await openQueue({ databaseUrl: '', redisUrl, onError: (error) => errors.push(error) })
  stack.defer(() => queue.close())
  await queue.work(async () => void count++)
  return { queue, drained: () => count, errors }
}

const takesWrites = (queue: LaneQueue): Promise<boolean> =>
  queue.probe().then(
    () => true,
    () => false,
  )

/** Calls until one call is seen to. */
async function expectDelivering({ queue, drained }: Awaited<ReturnType<typeof open>>): Promise<void> {
  const before = drained()
  await until(() => {
    queue.call(newLane())
    return drained() > before
  }, 10_000)
  await until(() => takesWrites(queue))
}

describe('after a failover of Redis, with no restart', () => {
  test('an address that leads elsewhere by now is connected to anew, though the old master lives on', async () => {
    const pair = stack.use(await startRedisPair())
    const place = stack.use(await laySwitch(pair.master))
    const process = await open(`redis://127.0.0.1:${place.port}`)
    await expectDelivering(process)
    await failOver(pair)
    place.turn(pair.replica)
    await expectDelivering(process)
    const other = await open(`redis://127.0.0.1:${pair.replica.port}`)
    other.queue.call(newLane())
    await until(() => process.drained() + other.drained() > 2)
  })

  test('a worker that waited for a job all the while has moved too', async () => {
    const pair = stack.use(await startRedisPair())
    const place = stack.use(await laySwitch(pair.master))
    const process = await open(`redis://127.0.0.1:${place.port}`)
    await expectDelivering(process)
    place.turn(pair.replica)
    await failOver(pair)
    const caller = await openQueue({
      databaseUrl: '',
      redisUrl: `redis://127.0.0.1:${pair.replica.port}`,
      onError: () => undefined,
    })
    stack.defer(() => caller.close())
    await until(() => takesWrites(caller))
    const before = process.drained()
    caller.call(newLane())
    await until(() => process.drained() > before)
  })

  test('sentinels are asked where the master is', async () => {
    const pair = stack.use(await startRedisPair())
    const sentinel = stack.use(await startSentinel(pair.master))
    const process = await open(`redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/passerelle/3`)
    await expectDelivering(process)
    await until(async () =>
      String(await tell(sentinel, 'sentinel', 'replicas', 'passerelle')).includes(`${pair.replica.port}`),
    )
    await until(() =>
      tell(sentinel, 'sentinel', 'failover', 'passerelle').then(
        () => true,
        () => false,
      ),
    )
    await until(async () => String(await tell(pair.master, 'info', 'replication')).includes('role:slave'))
    await expectDelivering(process)
    expect(String(await tell(pair.replica, 'info', 'keyspace'))).toContain('db3:')
  }, 60_000)

  test('a cluster of which a replica takes over', async () => {
    const cluster = stack.use(await startRedisCluster())
    const process = await open(`redis://${cluster.masters.map(({ port }) => `127.0.0.1:${port}`).join(',')}`)
    await expectDelivering(process)
    // Of the node that has the queue's keys.
    const slot = Number(await tell(cluster.masters[0] ?? { port: 0 }, 'cluster', 'keyslot', '{passerelle}'))
    await takeOver(cluster.replicas[slot < 5461 ? 0 : slot < 10923 ? 1 : 2] ?? { port: 0 })
    await expectDelivering(process)
  }, 60_000)
})
