import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { ConfigurationFault, readConfig, settings } from '../../gateway/config.ts'

it('has the defaults of protocol section 13', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 8443,
    operationsHost: '127.0.0.1',
    operationsPort: 9443,
    agenciesFile: 'certs-dev/out/agencies.json',
    trustFolder: 'certs-dev/out/trust',
    tls: { cert: 'certs-dev/out/gateway/tls.crt', key: 'certs-dev/out/gateway/tls.key' },
    signing: { cert: 'certs-dev/out/gateway/signing.crt', key: 'certs-dev/out/gateway/signing.key' },
    databaseUrl: undefined,
    dataFolder: 'data',
    redisUrl: undefined,
    dataKeyFile: undefined,
    logKeyFile: undefined,
    environment: 'development',
    deliveryHorizonMs: 72 * 3600 * 1000,
    pushTimeoutMs: 15_000,
    crlGraceMs: 24 * 3600 * 1000,
    maxMessageBytes: 262_144,
    rateLimit: 600,
    handshakeRate: 50,
    smtpUrl: undefined,
    roles: new Set(['api', 'worker', 'operations']),
    developmentPki: true,
  })
})

it('reads what is set, and takes an empty variable for an unset one', () => {
  const config = readConfig({
    PASSERELLE_HOST: '::',
    PASSERELLE_PORT: '0',
    PASSERELLE_ROLES: 'api, worker',
    PASSERELLE_PUSH_TIMEOUT: 'PT0.5S',
    PASSERELLE_DELIVERY_HORIZON: 'P3DT1H',
    PASSERELLE_CRL_GRACE: 'PT0S',
    PASSERELLE_SMTP_URL: '',
    DATABASE_URL: 'postgresql:///passerelle?host=/run/postgresql',
    REDIS_URL: 'rediss://cache:6379',
    HOME: '/root',
  })
  expect(config).toMatchObject({
    host: '::',
    port: 0,
    pushTimeoutMs: 500,
    crlGraceMs: 0,
    redisUrl: 'rediss://cache:6379',
  })
  expect(config.roles).toEqual(new Set(['api', 'worker']))
  expect(config.deliveryHorizonMs).toBe(73 * 3600 * 1000)
  expect(config.smtpUrl).toBeUndefined()
  expect(Object.isFrozen(config) && Object.isFrozen(config.tls)).toBe(true)
})

it.each([
  ['PASSERELLE_PORT', '65536', 'a whole number from 0 to 65535'],
  ['PASSERELLE_PORT', '-1', 'a whole number from 0 to 65535'],
  ['PASSERELLE_PORT', '0x50', 'a whole number from 0 to 65535'],
  ['PASSERELLE_HOST', 'a b', 'a host name or an address'],
  ['PASSERELLE_TRUST', 'a\0b', 'a path'],
  ['PASSERELLE_ENVIRONMENT', 'prod', 'one of production, test, development'],
  ['PASSERELLE_ROLES', 'api,workers', 'one of api, worker, operations'],
  ['PASSERELLE_ROLES', ',', 'one of api, worker, operations'],
  ['PASSERELLE_PUSH_TIMEOUT', '15', 'an ISO 8601 duration such as PT15S, at most PT10M'],
  ['PASSERELLE_PUSH_TIMEOUT', 'PT0S', 'an ISO 8601 duration such as PT15S, at most PT10M'],
  ['PASSERELLE_PUSH_TIMEOUT', 'PT11M', 'an ISO 8601 duration such as PT15S, at most PT10M'],
  ['PASSERELLE_DELIVERY_HORIZON', 'P1M', 'an ISO 8601 duration such as PT15S, at most P365D'],
  ['PASSERELLE_CRL_GRACE', '-PT1S', 'an ISO 8601 duration such as PT15S, at most P30D'],
  ['PASSERELLE_MAX_MESSAGE_BYTES', '1023', 'a whole number from 1024 to 16777216'],
  ['PASSERELLE_RATE_LIMIT', '0', 'a whole number from 1 to 10000000'],
])('refuses %s=%j', (name, value, wanted) => {
  expect(() => readConfig({ [name]: value })).toThrow(new ConfigurationFault(`${name} must be ${wanted}`))
})

it.each(['DATABASE_URL', 'REDIS_URL', 'PASSERELLE_SMTP_URL'])('never repeats the password in a wrong %s', (name) => {
  const read = () => readConfig({ [name]: 'htps://someone:pa55word@example.test/' })
  expect(read).toThrow(ConfigurationFault)
  expect(read).not.toThrow(/pa55word|someone/)
  expect(read).toThrow(name)
})

it('refuses a misspelt setting', () => {
  const fault = new ConfigurationFault('PASSERELLE_TSL_CERT is not a setting of the gateway')
  expect(() => readConfig({ PASSERELLE_TSL_CERT: 'own.crt' })).toThrow(fault)
})

it.each(['AGENCIES', 'TRUST', 'TLS_CERT', 'TLS_KEY', 'SIGNING_CERT', 'SIGNING_KEY'])(
  'makes no development PKI where PASSERELLE_%s is given',
  (name) => {
    expect(readConfig({ [`PASSERELLE_${name}`]: 'own' }).developmentPki).toBe(false)
  },
)

it('says in both languages what each setting is, once', () => {
  for (const { meaning } of settings)
    expect(meaning).toEqual({ en: expect.stringMatching(/\.$/), fr: expect.stringMatching(/\.$/) })
  expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length)
})

it('is documented row by row in docs/operating.md', async () => {
  const page = await readFile(new URL('../../docs/operating.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| *`([A-Z_]+)` *\| *(.*?) *\| *(.*?) *\|$/gm)].map(([, name, value, meaning]) => [
    name,
    value,
    meaning,
  ])
  expect(rows).toEqual(settings.map((row) => [row.name, row.default ? `\`${row.default}\`` : 'unset', row.meaning.en]))
})
