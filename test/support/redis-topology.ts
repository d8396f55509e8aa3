import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { listen } from './endpoint.ts'
import { temporaryFolder } from './folder.ts'
import { until } from './gateway.ts'
import { freePort } from './port.ts'
import { becomeReady, kill, startRedis, type TestRedis } from './redis.ts'

/** Says one command to a server. */
export async function tell({ port }: { port: number }, command: string, ...words: readonly string[]): Promise<unknown> {
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await client.call(command, ...words)
  } finally {
    client.disconnect()
  }
}

export type RedisPair = AsyncDisposable & { readonly master: TestRedis; readonly replica: TestRedis }

/** Starts a master and a replica that follows it. */
export async function startRedisPair(): Promise<RedisPair> {
  const stack = new AsyncDisposableStack()
  const quick = ['--repl-diskless-sync-delay', '0']
  const master = stack.use(await startRedis('everysec', quick))
  const replica = stack.use(await startRedis('everysec', quick))
  await tell(replica, 'replicaof', '127.0.0.1', `${master.port}`)
  await until(async () => String(await tell(replica, 'info', 'replication')).includes('master_link_status:up'))
  return { master, replica, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** The replica takes over, and the old master stays up and follows it: connections to it live on. */
export async function failOver({ master, replica }: RedisPair): Promise<void> {
  await tell(replica, 'replicaof', 'no', 'one')
  await tell(master, 'replicaof', '127.0.0.1', `${replica.port}`)
}

/** Starts a sentinel that watches a master by the name `passerelle`. */
export async function startSentinel(master: TestRedis): Promise<AsyncDisposable & { readonly port: number }> {
  const folder = await temporaryFolder()
  const port = await freePort()
  const file = join(folder.path, 'sentinel.conf')
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder.path}`,
    `sentinel monitor passerelle 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds passerelle 1000',
    'sentinel failover-timeout passerelle 5000',
  ]
  await writeFile(file, `${lines.join('\n')}\n`)
  const server = spawn('redis-server', [file, '--sentinel'], { stdio: ['ignore', 'pipe', 'inherit'] })
  await becomeReady(server)
  return {
    port,
    async [Symbol.asyncDispose]() {
      await kill(server)
      await folder.remove()
    },
  }
}

/** Starts a cluster of three masters, and a replica of each. */
export async function startRedisCluster(): Promise<
  AsyncDisposable & { readonly masters: readonly TestRedis[]; readonly replicas: readonly TestRedis[] }
> {
  const stack = new AsyncDisposableStack()
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--repl-diskless-sync-delay', '0']
  const nodes: TestRedis[] = []
  for (let count = 0; count < 6; count++) nodes.push(stack.use(await startRedis('everysec', settings)))
  const [first, ...others] = nodes
  if (first === undefined) throw new Error('a cluster has nodes')
  const masters = nodes.slice(0, 3)
  const replicas = nodes.slice(3)
  const bounds = [0, 5461, 10923, 16384]
  for (const [at, node] of masters.entries())
    await tell(node, 'cluster', 'addslotsrange', `${bounds[at]}`, `${(bounds[at + 1] ?? 0) - 1}`)
  for (const node of others) await tell(node, 'cluster', 'meet', '127.0.0.1', `${first.port}`)
  const says = async (node: TestRedis, about: string, ...words: readonly string[]) =>
    String(await tell(node, about, ...words))
  for (const node of nodes)
    await until(async () => (await says(node, 'cluster', 'info')).includes('cluster_known_nodes:6'))
  for (const [at, node] of replicas.entries()) {
    const master = masters[at]
    if (master === undefined) continue
    const id = await says(master, 'cluster', 'myid')
    await until(() => tell(node, 'cluster', 'replicate', id).then(Boolean, () => false))
    await until(async () => (await says(node, 'info', 'replication')).includes('master_link_status:up'))
  }
  for (const node of nodes) await until(async () => (await says(node, 'cluster', 'info')).includes('cluster_state:ok'))
  return { masters, replicas, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** A replica of a cluster takes its master's place. A vote that does not come about is held again. */
export async function takeOver(replica: { port: number }): Promise<void> {
  const isMaster = async () => String(await tell(replica, 'info', 'replication')).includes('role:master')
  for (let votes = 0; votes < 4 && !(await isMaster()); votes++) {
    await tell(replica, 'cluster', 'failover')
    await until(isMaster, 6_000).catch(() => undefined)
  }
  if (!(await isMaster())) throw new Error('the replica did not take over')
}

/** An address that leads to one server or another, as a name or a balancer's does: what is connected stays where it is. */
export async function laySwitch(to: {
  port: number
}): Promise<AsyncDisposable & { readonly port: number; turn(to: { port: number }): void }> {
  const sockets = new Set<Socket>()
  let { port: behind } = to
  const server = createServer((near) => {
    const far = connect(behind, '127.0.0.1')
    for (const one of [near, far]) {
      sockets.add(one)
      one.on('error', () => undefined).on('close', () => sockets.delete(one))
    }
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    near.pipe(far).pipe(near)
  })
  const port = await listen(server)
  return {
    port,
    turn: (other) => void (behind = other.port),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
