import { spawnSync } from 'node:child_process'
import { chmod, chown, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigurationFault, readConfig } from '../../gateway/base/config.ts'
import { openGateway } from '../../gateway/gateway.ts'
import { type Configuration, openConfiguration } from '../support/configuration.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { quiet } from '../support/quiet.ts'
import { startRedis } from '../support/redis.ts'
import { startSentinel, tell } from '../support/redis-topology.ts'

const isRoot = process.getuid?.() === 0

let configuration: Configuration
beforeAll(async () => {
  configuration = await openConfiguration()
})
afterAll(() => configuration[Symbol.asyncDispose]())

/** The fault with which the composition root ends, without a process of its own: one line that begins with the setting's name. */
async function refusal(setting: string, change: Record<string, string>): Promise<string> {
  const fault = await open(change).catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(ConfigurationFault)
  expect(fault).toMatchObject({ message: expect.stringMatching(new RegExp(`^${setting}\\b[^\n]*$`)) })
  return fault instanceof Error ? fault.message : ''
}

/** Starts with a change that is no fault, and stops. */
async function open(change: Record<string, string>): Promise<void> {
  const gateway = await openGateway(readConfig({ ...configuration.env, ...change }), quiet)
  await gateway.close()
}

const keyOf = (setting: string): Promise<string> => readFile(configuration.env[setting] ?? '', 'utf8')

describe('a key that others could read, or give', () => {
  const dataKey = Buffer.alloc(32, 7).toString('base64')
  const settings = ['PASSERELLE_TLS_KEY', 'PASSERELLE_SIGNING_KEY', 'PASSERELLE_DATA_KEY', 'PASSERELLE_REDIS_PASSWORD']

  test.each(settings.flatMap((setting) => [0o644, 0o640, 0o602].map((mode) => [setting, mode] as const)))(
    '%s with mode %i',
    async (setting, mode) => {
      const text = setting in configuration.env ? await keyOf(setting) : dataKey
      const file = await configuration.file(`${setting}.${mode}`, text, mode)
      const line = await refusal(setting, { [setting]: file, REDIS_URL: 'redis://127.0.0.1:1' })
      expect(line).toContain(`${file} is open to others (mode 0${mode.toString(8)})`)
    },
  )

  test.runIf(isRoot)('of another user, also where its mode is good', async () => {
    const file = await configuration.file('others.key', await keyOf('PASSERELLE_TLS_KEY'))
    await chown(file, 1, 1)
    expect(await refusal('PASSERELLE_TLS_KEY', { PASSERELLE_TLS_KEY: file })).toContain('belongs to another user (1)')
  })

  test('that was made in the data folder, and has been opened since', async () => {
    const data = join(configuration.folder, 'opened')
    const env = { PASSERELLE_DATA: data, DATABASE_URL: '' }
    await open(env)
    for (const [name, setting] of [
      ['data.key', 'PASSERELLE_DATA_KEY'],
      ['log.key', 'PASSERELLE_LOG_KEY'],
    ] as const) {
      await chmod(join(data, name), 0o644)
      expect(await refusal(setting, env)).toContain('mode 0644')
      await chmod(join(data, name), 0o600)
    }
    await chmod(data, 0o777)
    expect(await refusal('PASSERELLE_DATA', env)).toContain('can be written by others (mode 0777)')
    await chmod(data, 0o700)
    await chmod(join(data, 'postgres'), 0o755)
    expect(await refusal('PASSERELLE_DATA', env)).toMatch(/permissions/)
    await chmod(join(data, 'postgres'), 0o700)
    await open(env)
    if (!isRoot) return
    await chown(join(data, 'postgres'), 1, 1)
    expect(await refusal('PASSERELLE_DATA', env)).toContain('belongs to another user (1)')
  }, 60_000)

  test('that is no file: a pipe without a writer holds nothing up', async () => {
    const pipe = join(configuration.folder, 'pipe.key')
    expect(spawnSync('mkfifo', ['-m', '600', pipe]).status).toBe(0)
    expect(await refusal('PASSERELLE_SIGNING_KEY', { PASSERELLE_SIGNING_KEY: pipe })).toContain('is no regular file')
    const folder = join(configuration.folder, 'folder.key')
    await mkdir(folder)
    expect(await refusal('PASSERELLE_LOG_KEY', { PASSERELLE_LOG_KEY: folder })).toContain('is no regular file')
  })
})

describe('texts as other systems write them', () => {
  const habits: Readonly<Record<string, (text: string) => string>> = {
    'line ends of Windows and a byte order mark': (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`,
    'bare carriage returns': (text) => text.replaceAll('\n', '\r'),
    'one long line': (text) => text.replaceAll(/(?<=[A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])/g, ''),
  }

  test.each(Object.entries(habits))('%s: read', async (what, change) => {
    const files = ['TLS_CERT', 'TLS_KEY', 'SIGNING_CERT', 'SIGNING_KEY'].map(async (name) => {
      const setting = `PASSERELLE_${name}`
      return [setting, await configuration.file(`${what} ${name}`, change(await keyOf(setting)))]
    })
    await open(Object.fromEntries(await Promise.all(files)) as Record<string, string>)
  })

  test('a data key and log keys with line ends of Windows and a byte order mark: read', async () => {
    const data = join(configuration.folder, 'of-windows')
    const env = { PASSERELLE_DATA: data, DATABASE_URL: '' }
    await open(env)
    const windows = async (name: string) =>
      configuration.file(
        `windows-${name}`,
        `\uFEFF${(await readFile(join(data, name), 'utf8')).replaceAll('\n', '\r\n')}`,
      )
    await open({
      ...env,
      PASSERELLE_DATA_KEY: await windows('data.key'),
      PASSERELLE_LOG_KEY: await windows('log.key'),
    })
  })

  test('two bytes a character, or a pass phrase: told', async () => {
    const wide = Buffer.from(`\uFEFF${await keyOf('PASSERELLE_TLS_KEY')}`, 'utf16le')
    const file = await configuration.file('wide.key', wide)
    expect(await refusal('PASSERELLE_TLS_KEY', { PASSERELLE_TLS_KEY: file })).toContain('is not text in UTF-8')
    const locked = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIH=\n-----END ENCRYPTED PRIVATE KEY-----\n'
    const other = await configuration.file('locked.key', locked)
    expect(await refusal('PASSERELLE_SIGNING_KEY', { PASSERELLE_SIGNING_KEY: other })).toContain('is encrypted')
  })
})

describe('a database that cannot hold the record', () => {
  async function ask(text: string, url = configuration.database.url): Promise<void> {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      await client.query(text)
    } finally {
      await client.end()
    }
  }

  test.each(['SQL_ASCII', 'LATIN1'])('in %s', async (encoding) => {
    const name = `in_${encoding.toLowerCase()}`
    await ask(`create database ${name} template template0 encoding '${encoding}' locale_provider libc locale 'C'`)
    const url = new URL(configuration.database.url)
    url.pathname = `/${name}`
    expect(await refusal('DATABASE_URL', { DATABASE_URL: url.href })).toContain(
      `the encoding of the database is ${encoding}`,
    )
    await ask(`drop database ${name} with (force)`)
  })

  test('where the user may make nothing, or make the tables and not those of the queue', async () => {
    await using database = await createEmptyDatabase()
    const user = `limited_${process.pid}`
    await ask(`create role ${user} login`)
    const url = new URL(database.url)
    url.username = user
    const denied = await refusal('DATABASE_URL', { DATABASE_URL: url.href })
    expect(denied).toContain('has not the rights')
    await ask(`grant create on schema public to ${user}`, database.url)
    expect(await refusal('DATABASE_URL', { DATABASE_URL: url.href })).toContain('has not the rights')
    await database.drop()
    await ask(`drop role ${user}`)
  })

  test('that takes no writes', async () => {
    await using database = await createEmptyDatabase()
    const name = new URL(database.url).pathname.slice(1)
    await ask(`alter database ${name} set default_transaction_read_only = on`)
    expect(await refusal('DATABASE_URL', { DATABASE_URL: database.url })).toContain('takes no writes')
  })

  test('a certificate in its URL that is not there', async () => {
    const url = `${configuration.database.url}&sslrootcert=/no/such/file`
    expect(await refusal('DATABASE_URL', { DATABASE_URL: url })).toContain('(ENOENT)')
  })
})

describe('a Redis that cannot hold the queue', () => {
  test('without the database, with another password, without the rights', async () => {
    await using redis = await startRedis()
    const url = (user: string, database: string) => `redis://${user}127.0.0.1:${redis.port}/${database}`
    expect(await refusal('REDIS_URL', { REDIS_URL: url('', '16') })).toContain('does not have the database')
    expect(await refusal('REDIS_URL', { REDIS_URL: `${url('', '')}?db=99` })).toContain('does not have the database')
    await open({ REDIS_URL: url('', '15') })

    const cli = (...words: string[]) => spawnSync('redis-cli', ['-p', `${redis.port}`, ...words])
    expect(cli('acl', 'setuser', 'limited', 'on', '>pass word', '~*', '+ping', '+select', '+client').status).toBe(0)
    expect(await refusal('REDIS_URL', { REDIS_URL: url('limited:pass%20word@', '') })).toContain('(NOPERM)')
    expect(await refusal('REDIS_URL', { REDIS_URL: url('limited:secret@', '') })).toContain('(WRONGPASS)')
    expect(await refusal('REDIS_URL', { REDIS_URL: url('limited:secret@', '') })).not.toContain('secret')
    expect(cli('config', 'set', 'requirepass', 'its%password').status).toBe(0)
    expect(await refusal('REDIS_URL', { REDIS_URL: url('', '') })).toContain('(NOAUTH)')
    const file = await configuration.file('redis-password', 'its%password\n')
    await open({ REDIS_URL: url('', '2'), PASSERELLE_REDIS_PASSWORD: file })
    const both = { REDIS_URL: url(':other@', ''), PASSERELLE_REDIS_PASSWORD: file }
    expect(await refusal('PASSERELLE_REDIS_PASSWORD', both)).toContain('no password of its own')
    await refusal('PASSERELLE_REDIS_PASSWORD', { PASSERELLE_REDIS_PASSWORD: file })
  }, 60_000)

  test('the same behind sentinels, which may refuse too, and in a cluster', async () => {
    await using stack = new AsyncDisposableStack()
    const redis = stack.use(await startRedis())
    const sentinel = stack.use(await startSentinel(redis))
    const url = (database: string, query = '') =>
      `redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/passerelle/${database}${query}`
    expect(await refusal('REDIS_URL', { REDIS_URL: url('16') })).toContain('does not have the database')
    await open({ REDIS_URL: url('15') })
    expect(await refusal('REDIS_URL', { REDIS_URL: url('1').replace('passerelle', 'other') })).toContain('of the name')
    await tell(redis, 'config', 'set', 'requirepass', 'secret')
    expect(await refusal('REDIS_URL', { REDIS_URL: url('1') })).toContain('(NOAUTH)')
    const nodes = `127.0.0.1:1,127.0.0.1:${redis.port}`
    expect(await refusal('REDIS_URL', { REDIS_URL: `redis://:wrong@${nodes}` })).toContain('(WRONGPASS)')
    await tell(sentinel, 'acl', 'setuser', 'default', 'resetpass', '>another')
    expect(await refusal('REDIS_URL', { REDIS_URL: url('1', '?sentinelPassword=wrong') })).toContain(
      'a sentinel refuses (WRONGPASS)',
    )
    await open({ REDIS_URL: url('1', '?sentinelPassword=another').replace('://', '://:secret@') })
  }, 60_000)

  test('a URL that can be no Redis', async () => {
    for (const url of ['redis+sentinel://127.0.0.1', 'redis+sentinel://127.0.0.1/name/x', 'redis://a:1,b:2/3'])
      await refusal('REDIS_URL', { REDIS_URL: url })
  })

  test('one that is away is waited for, as ever', async () => {
    await open({ REDIS_URL: 'redis://127.0.0.1:1/3' })
    await open({ REDIS_URL: 'redis+sentinel://127.0.0.1:1/passerelle/3' })
  })
})

test('a disk that is not there', async () => {
  const folder = join(configuration.folder, 'nowhere')
  expect(await refusal('PASSERELLE_RECORD_DISK', { PASSERELLE_RECORD_DISK: folder })).toContain(
    `cannot use ${folder} (ENOENT)`,
  )
})

describe('a data folder', () => {
  test.each([
    ['below a file', 'registry/data'],
    ['where nobody may make one', '/sys/passerelle'],
  ])('%s', async (_what, place) => {
    await configuration.file('registry', '{}')
    const data = place.startsWith('/') ? place : join(configuration.folder, place)
    for (const database of ['', configuration.database.url])
      expect(await refusal('PASSERELLE_DATA', { PASSERELLE_DATA: data, DATABASE_URL: database })).toContain(data)
  })

  test.each(['a, b', `été 100%, it's "quoted"; {x} $HOME`])('named %s works', async (name) => {
    const data = join(configuration.folder, name)
    await open({ PASSERELLE_DATA: data, DATABASE_URL: '' })
    await open({ PASSERELLE_DATA: data, DATABASE_URL: '' })
    await rm(data, { recursive: true })
  })
})

test('each fault of a file names the setting, on one line', async () => {
  for (const name of ['PASSERELLE_AGENCIES', 'PASSERELLE_TRUST', 'PASSERELLE_TLS_CERT', 'PASSERELLE_SIGNING_CERT'])
    expect(await refusal(name, { [name]: join(configuration.folder, 'none') })).not.toContain('\n')
  await refusal('PASSERELLE_HOST', { PASSERELLE_HOST: 'no-such-host.invalid' })
  await refusal('PASSERELLE_OPERATIONS_HOST', { PASSERELLE_OPERATIONS_HOST: '192.0.2.1' })
})
