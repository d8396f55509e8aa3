import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issue } from '../../certs-dev/pki.ts'
import { ConfigurationFault, readConfig } from '../../gateway/base/config.ts'
import { openGateway } from '../../gateway/gateway.ts'
import { changedRegistry, type Configuration, openConfiguration } from '../support/configuration.ts'
import { freePort } from '../support/port.ts'
import { startProcess } from '../support/process.ts'
import { quiet } from '../support/quiet.ts'

let configuration: Configuration
beforeAll(async () => {
  configuration = await openConfiguration()
})
afterAll(() => configuration[Symbol.asyncDispose]())

/** What the fault says with which the composition root ends, without a process of its own. */
async function refusal(change: Record<string, string>): Promise<string> {
  try {
    const gateway = await openGateway(readConfig({ ...configuration.env, ...change }), quiet)
    await gateway.close()
  } catch (error) {
    if (error instanceof ConfigurationFault) return error.message
    throw error
  }
  throw new Error('it works')
}

/** The one clear line of a process; beside the log, nothing else stands on standard error, and nothing on standard output. */
async function lastWords(change: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await configuration.run(change)
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))
  const expected = [expect.stringMatching(/^passerelle: \S/)]
  expect({ code, stdout, lines }, stderr).toEqual({ code: 78, stdout: '', lines: expected })
  return lines[0] ?? ''
}

async function takePort(): Promise<{ port: string } & AsyncDisposable> {
  const server = createServer().listen(await freePort(), '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? `${address.port}` : ''
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

const STORE = 'https://s3.example.org/attachments'
const anHour = { notBefore: new Date(Date.now() - 7_200_000), notAfter: new Date(Date.now() - 3_600_000) }

describe('a configuration that cannot work', () => {
  test.each(['PASSERELLE_PORT', 'PASSERELLE_OPERATIONS_PORT'])('%s is in use', async (name) => {
    await using taken = await takePort()
    expect(await refusal({ [name]: taken.port })).toContain(`127.0.0.1:${taken.port} (EADDRINUSE)`)
  })

  test.each([
    'PASSERELLE_TLS_KEY',
    'PASSERELLE_SIGNING_KEY',
    'PASSERELLE_TLS_CERT',
    'PASSERELLE_DATA_KEY',
    'PASSERELLE_LOG_KEY',
  ])('%s cannot be read', async (name) => {
    const file = join(configuration.folder, 'missing')
    expect(await refusal({ [name]: file })).toContain(file)
  })

  test.each(['PASSERELLE_TLS_KEY', 'PASSERELLE_SIGNING_KEY', 'PASSERELLE_DATA_KEY', 'PASSERELLE_LOG_KEY'])(
    '%s holds something else',
    async (name) => {
      const file = await configuration.file(`something-${name}`, 'secret words')
      const line = await refusal({ [name]: file })
      expect(line).toContain(file)
      expect(line).not.toContain('secret')
    },
  )

  test('a key that does not fit its certificate', async () => {
    const { env } = configuration
    const line = await refusal({ PASSERELLE_SIGNING_KEY: env['PASSERELLE_TLS_KEY'] ?? '' })
    expect(line).toContain('is not the key of the signing certificate')
  })

  test('one key for both uses', async () => {
    const { env } = configuration
    const both = {
      PASSERELLE_SIGNING_CERT: env['PASSERELLE_TLS_CERT'] ?? '',
      PASSERELLE_SIGNING_KEY: env['PASSERELLE_TLS_KEY'] ?? '',
    }
    expect(await refusal(both)).toContain('the same key')
  })

  test.each(['tls', 'signing'] as const)('its own %s certificate has expired', async (use) => {
    const { crt, key } = await issue(configuration.pki.intermediate, { subject: 'CN=gateway', validity: anHour, use })
    const name = `PASSERELLE_${use.toUpperCase()}`
    const files = {
      [`${name}_CERT`]: await configuration.file(`old-${use}.crt`, crt),
      [`${name}_KEY`]: await configuration.file(`old-${use}.key`, key),
    }
    expect(await refusal(files)).toContain('has expired')
  })

  test.each([
    ['is missing', async () => join(configuration.folder, 'none.json')],
    ['is no JSON', async () => configuration.file('bad.json', '{"agencies": [')],
    [
      'has an unknown member',
      async () =>
        changedRegistry(configuration, 'unknown.json', (text) =>
          text.replace('"operators"', '"secret": 1, "operators"'),
        ),
    ],
    [
      'has an agency twice',
      async () => changedRegistry(configuration, 'twice.json', (text) => text.replace('"gb-ctac"', '"gb-home-office"')),
    ],
  ])('the registry %s', async (_what, file) => {
    const name = await file()
    expect(await refusal({ PASSERELLE_AGENCIES: name })).toContain(`${name}: `)
  })

  test('the trust folder is missing, or holds no anchor', async () => {
    expect(await refusal({ PASSERELLE_TRUST: join(configuration.folder, 'missing') })).toMatch(/trust|missing/)
    const empty = join(configuration.folder, 'empty')
    await mkdir(empty)
    expect(await refusal({ PASSERELLE_TRUST: empty })).toMatch(/anchor|trust/)
  })

  test('the database cannot be reached, and its password is not told', async () => {
    const line = await refusal({ DATABASE_URL: `postgresql://gateway:secret@127.0.0.1:${await freePort()}/record` })
    expect(line).toContain('the database cannot be reached (ECONNREFUSED)')
    expect(line).not.toContain('secret')
  })

  test('the database refuses', async () => {
    const url = new URL(configuration.database.url)
    url.pathname = '/no_such_database'
    expect(await refusal({ DATABASE_URL: url.href })).toContain('the database cannot be reached')
  })

  test.each([
    [{ PASSERELLE_PROT: '8443' }, 'PASSERELLE_PROT is not a setting'],
    [{ PASSERELLE_PUSH_TIMEOUT: '15s' }, 'PASSERELLE_PUSH_TIMEOUT must be an ISO 8601 duration'],
    [{ PASSERELLE_PORT: '65536' }, 'PASSERELLE_PORT'],
    [{ PASSERELLE_ROLES: 'api,console' }, 'PASSERELLE_ROLES'],
    [{ PASSERELLE_ENVIRONMENT: 'staging' }, 'PASSERELLE_ENVIRONMENT'],
    [{ REDIS_URL: 'http://127.0.0.1' }, 'REDIS_URL'],
  ])('%o', async (change, said) => {
    expect(await refusal(change)).toContain(said)
  })

  test('production with nobody having said anything about certificates', async () => {
    const { code, stderr } = await configuration.run({
      ...Object.fromEntries(
        Object.keys(configuration.env)
          .filter((name) => /AGENCIES|TRUST|CERT|KEY/.test(name))
          .map((name) => [name, '']),
      ),
      PASSERELLE_ENVIRONMENT: 'production',
    })
    expect(code).toBe(78)
    expect(stderr.trim()).toBe(
      'passerelle: production needs certificates of its own: set PASSERELLE_TLS_CERT and those beside it',
    )
  })
})

describe('the process ends with 78 and one clear line', () => {
  test.each([
    ['a setting that is none', async () => ({ PASSERELLE_PROT: '8443' })],
    ['a registry that is none', async () => ({ PASSERELLE_AGENCIES: await configuration.file('none', '{') })],
    ['a database that is away', async () => ({ DATABASE_URL: `postgresql://127.0.0.1:${await freePort()}/record` })],
    [
      'the key of another certificate',
      async () => ({ PASSERELLE_TLS_KEY: configuration.env['PASSERELLE_SIGNING_KEY'] ?? '' }),
    ],
    ['a store of attachments without credentials', async () => ({ PASSERELLE_ATTACHMENTS_URL: STORE })],
    [
      'credentials that stand in a URL',
      async () => ({ PASSERELLE_ATTACHMENTS_URL: STORE.replace('//', '//key:secret@') }),
    ],
  ])('%s', async (_what, change) => {
    expect(await lastWords(await change())).not.toContain('secret')
  })

  test('a port that is in use', async () => {
    await using taken = await takePort()
    expect(await lastWords({ PASSERELLE_OPERATIONS_PORT: taken.port })).toBe(
      `passerelle: PASSERELLE_OPERATIONS_HOST, PASSERELLE_OPERATIONS_PORT: cannot listen on 127.0.0.1:${taken.port} (EADDRINUSE)`,
    )
  })
})

describe('a record that is not this gateway’s', () => {
  beforeAll(async () => {
    const gateway = await startProcess(['gateway/main.ts'], { ...configuration.env })
    expect(await gateway.stop()).toBe(0)
  })

  test('another data key, or another log key, also where it would be made anew', async () => {
    const other = join(configuration.folder, 'other')
    const dataKey = await configuration.file('other-data.key', Buffer.alloc(32, 7).toString('base64'))
    expect(await refusal({ PASSERELLE_DATA_KEY: dataKey })).toContain('data key')
    const made = await startProcess(['gateway/main.ts'], {
      ...configuration.env,
      PASSERELLE_DATA: other,
      DATABASE_URL: '',
    })
    await made.stop()
    expect(await refusal({ PASSERELLE_LOG_KEY: join(other, 'log.key') })).toContain('log key')
    expect(await refusal({ PASSERELLE_DATA: join(configuration.folder, 'third') })).toMatch(/(?:data|log) key/)
  })

  test('a newer schema, which is left as it is', async () => {
    const record = new pg.Client({ connectionString: configuration.database.url })
    await record.connect()
    await record.query(`insert into migration (name) values ('999-later.sql')`)
    expect(await refusal({})).toContain('999-later.sql')
    await record.query(`delete from migration where name = '999-later.sql'`)
    await record.end()
  })

  test('a second gateway on the same data folder', async () => {
    const own = { ...configuration.env, PASSERELLE_DATA: join(configuration.folder, 'own'), DATABASE_URL: '' }
    const first = await startProcess(['gateway/main.ts'], own)
    expect(await refusal(own)).toBe(
      `PASSERELLE_DATA: another gateway (process ${first.pid}) uses ${own.PASSERELLE_DATA}`,
    )
    expect(await first.stop()).toBe(0)
  })
})
