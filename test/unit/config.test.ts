import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ConfigurationFault, readConfig, settings } from '../../gateway/base/config.ts'

it('has the defaults of protocol section 13', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 8443,
    attachmentGraceMs: 24 * 3_600_000,
    attachmentQuota: 1_073_741_824,
    attachmentsUrl: undefined,
    attachmentsCredentialsFile: undefined,
    clamd: undefined,
    callsAtOnce: 256,
    dailyBytes: 10_737_418_240,
    recordDisk: undefined,
    backupMaxAgeMs: undefined,
    operationsHost: '127.0.0.1',
    operationsPort: 9443,
    agenciesFile: 'certs-dev/out/agencies.json',
    trustFolder: 'certs-dev/out/trust',
    tlsCert: 'certs-dev/out/gateway/tls.crt',
    tlsKey: 'certs-dev/out/gateway/tls.key',
    signingCert: 'certs-dev/out/gateway/signing.crt',
    signingKey: 'certs-dev/out/gateway/signing.key',
    databaseUrl: undefined,
    dataFolder: 'data',
    redisUrl: undefined,
    redisPasswordFile: undefined,
    dataKeyFile: undefined,
    logKeyFile: undefined,
    environment: 'development',
    faultPoint: undefined,
    deliveryHorizonMs: 72 * 3600 * 1000,
    unreadAfterMs: { immediate: 15 * 60_000, urgent: 24 * 3600 * 1000, routine: 72 * 3600 * 1000 },
    pushTimeoutMs: 15_000,
    crlGraceMs: 24 * 3600 * 1000,
    maxMessageBytes: 262_144,
    rateLimit: 600,
    handshakeRate: 50,
    smtpUrl: undefined,
    alarmEmail: undefined,
    alarmWebhook: undefined,
    alarmWebhookSecretFile: undefined,
    documentationUrl: undefined,
    tsaUrl: undefined,
    tsaAnchorsFile: undefined,
    tsaIntervalMs: 3_600_000,
    documentationFolder: undefined,
    otlpEndpoint: undefined,
    desk: 'off',
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
    PASSERELLE_UNREAD_AFTER: 'routine=P2D, immediate=PT1M',
    PASSERELLE_SMTP_URL: '',
    DATABASE_URL: 'postgresql:///passerelle?host=/run/postgresql',
    REDIS_URL: 'rediss://cache:6379',
    HOME: '/root',
  })
  expect(config).toMatchObject({
    host: '::',
    port: 0,
    pushTimeoutMs: 500,
    unreadAfterMs: { immediate: 60_000, urgent: 24 * 3600 * 1000, routine: 48 * 3600 * 1000 },
    crlGraceMs: 0,
    redisUrl: 'rediss://cache:6379',
  })
  expect(config.roles).toEqual(new Set(['api', 'worker']))
  expect(config.deliveryHorizonMs).toBe(73 * 3600 * 1000)
  expect(config.smtpUrl).toBeUndefined()
  expect(Object.isFrozen(config)).toBe(true)
})

it.each([
  ['PASSERELLE_PORT', '65536', 'a whole number from 0 to 65535'],
  ['PASSERELLE_PORT', '-1', 'a whole number from 0 to 65535'],
  ['PASSERELLE_PORT', '0x50', 'a whole number from 0 to 65535'],
  ['PASSERELLE_HOST', 'a b', 'a host name or an address'],
  ['PASSERELLE_TRUST', 'a\0b', 'a path'],
  ['PASSERELLE_TLS_KEY', 'tls.key\r', 'a path'],
  ['PASSERELLE_DATA', 'a\nb', 'a path'],
  ['PASSERELLE_ENVIRONMENT', 'prod', 'one of production, test, development'],
  ['PASSERELLE_ROLES', 'api,workers', 'one of api, worker, operations'],
  ['PASSERELLE_ROLES', ',', 'one of api, worker, operations'],
  ['PASSERELLE_PUSH_TIMEOUT', '15', 'an ISO 8601 duration such as PT15S, at most PT10M'],
  ['PASSERELLE_PUSH_TIMEOUT', 'PT0S', 'an ISO 8601 duration such as PT15S, at most PT10M'],
  ['PASSERELLE_PUSH_TIMEOUT', 'PT11M', 'an ISO 8601 duration such as PT15S, at most PT10M'],
  ['PASSERELLE_DELIVERY_HORIZON', 'P1M', 'an ISO 8601 duration such as PT15S, at most P365D'],
  ['PASSERELLE_CRL_GRACE', '-PT1S', 'an ISO 8601 duration such as PT15S, at most P30D'],
  ['PASSERELLE_UNREAD_AFTER', 'P1D', 'one of immediate, urgent, routine'],
  ['PASSERELLE_UNREAD_AFTER', 'immediate=PT5M,', 'one of immediate, urgent, routine'],
  ['PASSERELLE_UNREAD_AFTER', 'pressing=PT5M', 'one of immediate, urgent, routine'],
  ['PASSERELLE_UNREAD_AFTER', 'urgent=5', 'an ISO 8601 duration such as PT15S, at most P30D'],
  ['PASSERELLE_UNREAD_AFTER', 'urgent=P31D', 'an ISO 8601 duration such as PT15S, at most P30D'],
  ['PASSERELLE_MAX_MESSAGE_BYTES', '1023', 'a whole number from 1024 to 16777216'],
  ['PASSERELLE_RATE_LIMIT', '0', 'a whole number from 1 to 10000000'],
  ['PASSERELLE_CALLS_AT_ONCE', '7', 'a whole number from 8 to 1024'],
  ['PASSERELLE_DAILY_BYTES', '1048575', 'a whole number from 1048576 to 999999999999999'],
  ['PASSERELLE_DAILY_BYTES', '10GiB', 'a whole number from 1048576 to 999999999999999'],
  ['PASSERELLE_RECORD_DISK', 'a\nb', 'a path'],
])('refuses %s=%j', (name, value, wanted) => {
  expect(() => readConfig({ [name]: value })).toThrow(new ConfigurationFault(`${name} must be ${wanted}`))
})

it.each(['DATABASE_URL', 'REDIS_URL', 'PASSERELLE_SMTP_URL', 'PASSERELLE_ATTACHMENTS_URL'])(
  'never repeats the password in a wrong %s',
  (name) => {
    const read = () => readConfig({ [name]: 'htps://someone:pa55word@example.test/' })
    expect(read).toThrow(ConfigurationFault)
    expect(read).not.toThrow(/pa55word|someone/)
    expect(read).toThrow(name)
  },
)

it.each([
  ['DATABASE_URL', 'postgresql://user:p%40ss@db:5432/record?sslmode=verify-full'],
  ['DATABASE_URL', 'postgres://user:p@ss@[2001:db8::1]/record'],
  ['DATABASE_URL', 'postgresql://h1:5432,h2:5433/record?target_session_attrs=read-write'],
  ['DATABASE_URL', 'postgresql://%2Frun%2Fpostgresql/record'],
  ['DATABASE_URL', 'postgresql:///record?host=/run/postgresql'],
  ['REDIS_URL', 'redis://:secret@cache:6379/15'],
  ['REDIS_URL', 'rediss://user:secret@[::1]/'],
  ['REDIS_URL', 'redis://a:1,b:2'],
  ['REDIS_URL', 'redis+sentinel://a:26379,b:26379/main/3'],
  ['REDIS_URL', 'rediss+sentinel://a,b,c/main'],
  ['PASSERELLE_SMTP_URL', 'smtp://user:secret@mail.example:587?from=passerelle@mail.example&requireTLS=true'],
  ['PASSERELLE_SMTP_URL', 'smtps://[2001:db8::2]:465'],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://s3.eu-west-3.amazonaws.com/passerelle.gb/a/b_c-d/?region=eu-west-3'],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://[2001:db8::3]:9000/passerelle'],
  ['PASSERELLE_ATTACHMENTS_URL', 'http://127.0.0.1:9000/passerelle'],
  ['PASSERELLE_ATTACHMENTS_URL', 'http://localhost/passerelle'],
])('takes %s=%s as it is', (name, value) => {
  expect(Object.values(readConfig({ [name]: value }))).toContain(value)
})

it.each([
  ['DATABASE_URL', 'postgresql://db:port/record'],
  ['DATABASE_URL', 'postgresql://db:0/record'],
  ['DATABASE_URL', 'postgresql://db:65536/record'],
  ['DATABASE_URL', 'postgresql://user:p%ss@db/record'],
  ['DATABASE_URL', 'postgresql://user:pa#ss@db/record'],
  ['DATABASE_URL', 'postgresql://user:pa/ss@db/record'],
  ['DATABASE_URL', 'postgresql://user:%ff@db/record'],
  ['DATABASE_URL', 'postgresql://h1,,h2/record'],
  ['DATABASE_URL', 'postgresql://[::g]/record'],
  ['DATABASE_URL', 'postgresql://db/record?port=five'],
  ['DATABASE_URL', 'postgresql:/record'],
  ['REDIS_URL', 'redis://'],
  ['REDIS_URL', 'redis://cache:63790000'],
  ['REDIS_URL', 'redis://cache:6379/two'],
  ['REDIS_URL', 'redis://cache/-1'],
  ['REDIS_URL', 'redis://cache/1e1'],
  ['REDIS_URL', 'redis://cache/0/1'],
  ['REDIS_URL', 'redis://cache?db=two'],
  ['REDIS_URL', 'redis:cache:6379'],
  ['REDIS_URL', 'cache:6379'],
  ['PASSERELLE_SMTP_URL', 'smtp://'],
  ['PASSERELLE_SMTP_URL', 'smtp://mail:smtp'],
  ['PASSERELLE_SMTP_URL', 'smtp://a,b'],
  ['PASSERELLE_SMTP_URL', 'smtp://mail/inbox'],
  ['PASSERELLE_SMTP_URL', 'smtp://us%er@mail'],
  ['PASSERELLE_SMTP_URL', 'smtp://mail?from=Passerelle%20%3Ca@b%3E'],
  ['PASSERELLE_SMTP_URL', 'smtp://mail?requireTLS=yes'],
  ['PASSERELLE_SMTP_URL', 'smtp://mail:25 '],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://key:secret@s3.example.org/passerelle'],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://key@s3.example.org/passerelle'],
  ['PASSERELLE_ATTACHMENTS_URL', 'http://s3.example.org/passerelle'],
  ['PASSERELLE_ATTACHMENTS_URL', 'http://localhost.example.org/passerelle'],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://a,b/passerelle'],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://s3.example.org'],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://s3.example.org/'],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://s3.example.org/Passerelle'],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://s3.example.org/passerelle/../other'],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://s3.example.org/passerelle?region=eu west'],
  ['PASSERELLE_ATTACHMENTS_URL', 'https://s3.example.org/passerelle?secret=x'],
  ['PASSERELLE_ATTACHMENTS_URL', 's3://passerelle/prefix'],
])('refuses the malformed %s=%s', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name} must be a URL such as `))
})

it.each([
  ['scanner:3310', { host: 'scanner', port: 3310 }],
  ['[2001:db8::4]:3310', { host: '2001:db8::4', port: 3310 }],
  ['/run/clamav/clamd.ctl', { path: '/run/clamav/clamd.ctl' }],
])('finds clamd at %s', (value, address) => {
  expect(readConfig({ PASSERELLE_CLAMD: value }).clamd).toEqual(address)
})

it.each(['scanner', 'scanner:0', 'scanner:65536', ':3310', 'run/clamd.ctl', '/', '/run/a\nb', 'tcp://scanner:3310'])(
  'finds no clamd at %j',
  (value) => {
    const wanted = 'PASSERELLE_CLAMD must be host:port, or the absolute path of a socket'
    expect(() => readConfig({ PASSERELLE_CLAMD: value })).toThrow(new ConfigurationFault(wanted))
  },
)

/** Each part is one that its driver would have thrown for, or taken for something else, when it was used. */
it('takes no URL that its driver cannot read, and never ends otherwise than with a fault', () => {
  const piece = fc.constantFrom(
    'redis://',
    'smtp://',
    'a',
    ':',
    '@',
    '/',
    '?',
    '#',
    '%',
    '%41',
    '%zz',
    '[',
    ']',
    '1',
    ',',
    ' ',
    'é',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      for (const name of ['REDIS_URL', 'PASSERELLE_SMTP_URL']) {
        const value = pieces.join('')
        try {
          readConfig({ [name]: value })
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationFault)
          continue
        }
        if (value !== '' && !value.includes(',')) expect(decodeURIComponent(new URL(value).password)).toBeDefined()
      }
    }),
  )
})

it.each([
  { PASSERELLE_PORT: 'tcp://10.96.0.7:8443' },
  { PASSERELLE_OPERATIONS_PORT: 'tcp://10.96.0.8:9443' },
  { PASSERELLE_SERVICE_HOST: '10.96.0.7' },
  { PASSERELLE_SERVICE_PORT_HTTPS: '8443' },
  { PASSERELLE_PORT_8443_TCP_ADDR: '10.96.0.7' },
  { PASSERELLE_OPERATIONS_PORT_9443_TCP: 'tcp://10.96.0.8:9443' },
])('explains what Kubernetes sets: %o', (env) => {
  const [name = ''] = Object.keys(env)
  expect(() => readConfig(env)).toThrow(new RegExp(`^${name} .*Kubernetes .*enableServiceLinks: false`))
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
  // A witness has a table of its own.
  const rows = [...page.matchAll(/^\| *`((?!WITNESS_)[A-Z_]+)` *\| *(.*?) *\| *(.*?) *\|$/gm)].map(
    ([, name, value, meaning]) => [name, value, meaning],
  )
  expect(rows).toEqual(settings.map((row) => [row.name, row.default ? `\`${row.default}\`` : 'unset', row.meaning.en]))
})

it('is listed in protocol section 13, setting by setting, with its default', async () => {
  const protocol = await readFile(new URL('../../docs/protocol.md', import.meta.url), 'utf8')
  const [table = ''] = (protocol.split('\n## 13. Running it\n')[1] ?? '').split('\n\n`npm run certs`')
  const rows = [...table.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \| (.*) \|$/gm)].map(([, names = '', meaning = '']) => ({
    names: [...names.matchAll(/[A-Z_]+/g)].map(([name]) => name),
    meaning,
  }))
  // `PASSERELLE_DATA` stands in the row of what is put there.
  const listed = [...rows.flatMap(({ names }) => names), 'PASSERELLE_DATA']
  expect(listed.toSorted()).toEqual(settings.map(({ name }) => name).toSorted())
  for (const { name, default: otherwise } of settings) {
    const meaning = rows.find(
      ({ names, meaning: said }) => names.includes(name) || said.includes(`\`${name}\``),
    )?.meaning
    if (otherwise !== undefined && !/_(?:CERT|KEY)$/.test(name)) expect(meaning, name).toContain(shown(otherwise))
  }
})

/** `PT72H` is 72 h there, and all roles are all. */
function shown(otherwise: string): string {
  if (otherwise === 'api,worker,operations') return 'default all'
  return otherwise.replace(/^PT(\d+)([HS])$/, (_, count: string, unit: string) => `${count} ${unit.toLowerCase()}`)
}

it('is used by the gateway, setting by setting: none is read and then ignored', async () => {
  const root = join(import.meta.dirname, '../../gateway')
  const files = (await Array.fromAsync(glob('**/*.ts', { cwd: root }))).filter(
    (file) => !/(^|\/)config\.ts$/.test(file),
  )
  const code = (await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')))).join('\n')
  const isRead = (key: string) =>
    new RegExp(`\\bconfig\\.${key}\\b|\\{[^{}]*\\b${key}\\b[^{}]*\\}: Config\\b|'${key}'`).test(code)
  expect(Object.keys(readConfig({})).filter((key) => !isRead(key))).toEqual([])
})
