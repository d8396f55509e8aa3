import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigurationFault } from '../../gateway/base/config.ts'
import { startEmbedded } from '../../gateway/record/embedded/embedded.ts'
import { chooseRunner } from '../../gateway/record/embedded/postgres-process.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { startProcess } from '../support/process.ts'
import { quiet } from '../support/quiet.ts'

const NOBODY = 65_534
const MAIN = join(import.meta.dirname, '../../gateway/main.ts')
const HOLD = 'test/support/hold-embedded.ts'
const isLinux = process.platform === 'linux'
const isRoot = process.getuid?.() === 0

let temporary: TemporaryFolder
let folder: string

beforeEach(async () => {
  temporary = await temporaryFolder()
  folder = join(temporary.path, 'data')
})
afterEach(() => temporary.remove())

it('keeps the record over a stop and a start, where only this user can enter', async () => {
  chmodSync(temporary.path, 0o700)
  const first = await startEmbedded(folder, quiet)
  await query(first.url, 'create table kept as select 1 as id')
  expect(await query(first.url, 'show fsync')).toEqual([{ fsync: 'on' }])
  expect(await query(first.url, 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }])
  expect(await query(first.url, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }])
  await Promise.all([first.close(), first.close()])

  await using second = closing(await startEmbedded(folder, quiet))
  expect(await query(second.url, 'select id from kept')).toEqual([{ id: 1 }])
  for (const name of ['postgres', 'postgres-socket']) expect(statSync(join(folder, name)).mode & 0o077).toBe(0)
})

it('refuses a second gateway on the same folder, and leaves the first alone', async () => {
  const first = await startProcess([HOLD, folder], {}, { ready: /^ready .*$/m })
  const refused = await startEmbedded(folder, quiet).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ConfigurationFault)
  expect(refused).toMatchObject({ message: `another gateway (process ${first.pid}) uses ${folder}` })
  expect(await query(first.ready.slice('ready '.length), 'select 1 as id')).toEqual([{ id: 1 }])
  expect(await first.stop()).toBe(0)
})

it('recovers after the gateway alone was killed', async () => {
  const killed = await startProcess([HOLD, folder], {}, { ready: /^ready .*$/m })
  await query(killed.ready.slice('ready '.length), 'create table kept as select 1 as id')
  await killed.kill()
  await using next = closing(await startEmbedded(folder, quiet))
  expect(await query(next.url, 'select id from kept')).toEqual([{ id: 1 }])
})

it('recovers after every process was killed, three times', async () => {
  for (const round of [1, 2, 3]) {
    const killed = await startProcess([HOLD, folder], {}, { ready: /^ready .*$/m })
    const url = killed.ready.slice('ready '.length)
    if (round === 1) await query(url, 'create table kept (id int)')
    await query(url, `insert into kept values (${round})`)
    const postmaster = postmasterOf(folder)
    await killed.kill()
    process.kill(-postmaster, 'SIGKILL')
  }
  await using next = closing(await startEmbedded(folder, quiet))
  expect(await query(next.url, 'select id from kept order by id')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
})

it('is found in a folder whose path has commas, spaces and quotes in it', async () => {
  for (const name of ['a,b', ' a, "b" ', "it's;100%25"]) {
    const odd = join(folder, name)
    const started = await startEmbedded(odd, quiet)
    expect(await query(started.url, 'select 1 as id')).toEqual([{ id: 1 }])
    await started.close()
    expect(existsSync(join(odd, 'postgres', 'PG_VERSION'))).toBe(true)
  }
})

it('is not reached by variables that speak of another server', async () => {
  const env = {
    PGHOST: '192.0.2.1',
    PGPORT: '6543',
    PGUSER: 'somebody',
    PGPASSWORD: 'secret',
    PGDATABASE: 'other',
    PGSSLMODE: 'require',
    PGOPTIONS: '-c default_transaction_read_only=on',
    PGCLIENT_ENCODING: 'LATIN1',
    PGAPPNAME: 'other',
  }
  const ports = { PASSERELLE_PORT: '0', PASSERELLE_OPERATIONS_PORT: '0' }
  // The whole gateway, from a folder of its own, where it makes all that it needs: every client of the record is in it.
  const gateway = await startProcess([MAIN], { ...env, ...ports }, { cwd: temporary.path })
  expect(gateway.ready).toMatch(/^passerelle ready: https/)
  expect(gateway.stderr()).not.toMatch(/"level":(?:40|50).*(?:queue|record)/)
  expect(await gateway.stop()).toBe(0)
})

it.runIf(isLinux)('stops a PostgreSQL that has outlived its gateway', async () => {
  await (await startEmbedded(folder, quiet)).close()
  const cluster = join(folder, 'postgres')
  const runner = chooseRunner(cluster, process.execPath)
  const [command, ...words] = [
    ...runner.words,
    postgresProgram(),
    '-D',
    cluster,
    '-k',
    folder,
    '-c',
    'listen_addresses=',
  ]
  const orphan = spawn(command, words, { cwd: cluster, detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise<void>((resolve) => orphan.stderr.on('data', (text) => `${text}`.includes('to accept') && resolve()))
  const ended = once(orphan, 'exit')
  await using next = closing(await startEmbedded(folder, quiet))
  await ended
  expect(await query(next.url, 'select 1 as id')).toEqual([{ id: 1 }])
})

it.runIf(isLinux)('is not misled by a stale lock file whose process number lives on as something else', async () => {
  await (await startEmbedded(folder, quiet)).close()
  writeFileSync(join(folder, 'postgres', 'postmaster.pid'), `${process.ppid}\n${folder}/postgres\n0\n5432\n\n\n`)
  await using next = closing(await startEmbedded(folder, quiet))
  expect(await query(next.url, 'select 1 as id')).toEqual([{ id: 1 }])
})

it('starts anew where an initialisation was cut short', async () => {
  mkdirSync(join(folder, 'postgres-new-cut'), { recursive: true })
  writeFileSync(join(folder, 'postgres-new-cut', 'PG_VERSION'), '18\n')
  await using started = closing(await startEmbedded(folder, quiet))
  expect(await query(started.url, 'select 1 as id')).toEqual([{ id: 1 }])
  expect(readdirSync(folder).filter((name) => name.startsWith('postgres-new-'))).toEqual([])
})

it('finds room for its socket when the path of the folder is long', async () => {
  const deep = join(folder, 'a-folder-with-a-long-name'.repeat(4))
  const started = await startEmbedded(deep, quiet)
  const sockets = new URL(started.url).searchParams.get('host') ?? ''
  expect(await query(started.url, 'select 1 as id')).toEqual([{ id: 1 }])
  expect(statSync(sockets).mode & 0o077).toBe(0)
  await started.close()
  expect(existsSync(sockets)).toBe(false)
})

it('logs no statement, parameter or row', async () => {
  const lines: unknown[] = []
  const keep = (line: unknown) => void lines.push(line)
  const started = await startEmbedded(folder, { info: keep, warn: keep, error: keep })
  await query(started.url, 'create table named (name text primary key)')
  await query(started.url, 'insert into named values ($1)', ['Zabihullah'])
  await expect(query(started.url, 'insert into named values ($1)', ['Zabihullah'])).rejects.toThrow('duplicate key')
  await expect(query(started.url, "select 'Zabihullah'::uuid")).rejects.toThrow('Zabihullah')
  await started.close()
  expect(JSON.stringify(lines)).toContain('ready to accept connections')
  expect(JSON.stringify(lines)).not.toContain('Zabihullah')
})

it('says in one line why PostgreSQL does not start', async () => {
  await (await startEmbedded(folder, quiet)).close()
  writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '9.6\n')
  await expect(startEmbedded(folder, quiet)).rejects.toThrow(/^PostgreSQL does not start: FATAL: .*[^\n]$/)
})

it.runIf(isRoot)(
  'drops to a user that nothing else uses, also where an earlier release dropped to nobody',
  async () => {
    await (await startEmbedded(folder, quiet)).close()
    chmodSync(temporary.path, 0o711)
    spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, join(folder, 'postgres')])
    const first = await startEmbedded(folder, quiet)
    const user = userOf(folder)
    expect(await query(first.url, 'select 1 as id')).toEqual([{ id: 1 }])
    expect(readFileSync('/etc/passwd', 'utf8')).not.toContain(`:${user}:`)
    expect(user).not.toBe(NOBODY)
    expect(statSync(folder).mode & 0o777).toBe(0o711)
    await first.close()

    await using again = closing(await startEmbedded(folder, quiet))
    expect(await query(again.url, 'select 1 as id')).toEqual([{ id: 1 }])
    expect(userOf(folder)).toBe(user)

    // Neither does a second one use it, nor whoever else happens to have that number.
    const other = join(temporary.path, 'other')
    await (await startEmbedded(other, quiet)).close()
    spawnSync('chown', ['-R', `${user}:${user}`, join(other, 'postgres')])
    await using second = closing(await startEmbedded(other, quiet))
    expect(await query(second.url, 'select 1 as id')).toEqual([{ id: 1 }])
    expect(userOf(other)).not.toBe(user)
  },
)

it.runIf(isRoot)('refuses a cluster that belongs to somebody', async () => {
  await (await startEmbedded(folder, quiet)).close()
  spawnSync('chown', ['-R', '1000:1000', join(folder, 'postgres')])
  await expect(startEmbedded(folder, quiet)).rejects.toThrow(
    /belongs to another user \(1000\), and the gateway runs as 0$/,
  )
})

it.runIf(isRoot)('says what to do where no user can use the folder', async () => {
  await (await startEmbedded(folder, quiet)).close()
  spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, join(folder, 'postgres')])
  await expect(startEmbedded(folder, quiet)).rejects.toThrow(/^PostgreSQL does not run as root, .* set DATABASE_URL$/)
})

function closing<T extends { close(): Promise<void> }>(started: T): T & AsyncDisposable {
  return { ...started, [Symbol.asyncDispose]: () => started.close() }
}

const userOf = (data: string): number => statSync(`/proc/${postmasterOf(data)}`).uid

function postmasterOf(data: string): number {
  return Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n', 1)[0])
}

/** The program of the PostgreSQL that the test run shares: it is running, so its path can be read. */
function postgresProgram(): string {
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    try {
      const program = readlinkSync(`/proc/${pid}/exe`)
      if (program.endsWith('/native/bin/postgres')) return program
    } catch {
      // Another user's process, or one that has just ended.
    }
  }
  throw new Error('no embedded PostgreSQL is running')
}

async function query(url: string, text: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}
