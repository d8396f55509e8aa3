import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { readConfig, settings } from '../../gateway/base/config.ts'
import manifest from '../../package.json' with { type: 'json' }
import { temporaryFolder } from '../support/folder.ts'
import { runProcess } from '../support/process.ts'

const ROOT = join(import.meta.dirname, '..', '..')

type Service = {
  image: string
  user: string
  networks: string[]
  environment?: Record<string, string>
  ports?: string[]
  command?: string[]
  tmpfs: string[]
  healthcheck: { test: string[] }
  depends_on?: Record<string, { condition: string }>
  secrets?: string[]
  configs?: { source: string; target: string }[]
  volumes?: (string | { source: string })[]
}
type Compose = {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
  secrets: Record<string, { file: string }>
  configs: Record<string, { file: string }>
  volumes: Record<string, object>
}

const texts = { type: 'array', minItems: 1, items: { type: 'string' } }
const memory = { type: 'string', pattern: '^[0-9]+[mg]$' }
const seconds = { type: 'string', pattern: '^[0-9]+s$' }
const files = { additionalProperties: closed({ file: { type: 'string' } }) }

/** The part of the Compose specification that the file uses, closed: a misspelt member is found, and so is a loosened rule. */
const schema = {
  type: 'object',
  required: ['name', 'services', 'networks', 'volumes', 'secrets', 'configs'],
  additionalProperties: false,
  patternProperties: { '^x-': {} },
  properties: {
    name: { type: 'string' },
    services: { additionalProperties: service() },
    networks: { additionalProperties: closed({ internal: { type: 'boolean' } }, []) },
    volumes: { additionalProperties: closed({}) },
    secrets: files,
    configs: files,
  },
}

const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')
const compose = readCompose()
const services = Object.entries(compose.services)
const gateways = services.filter(([, { image }]) => image === 'passerelle')

it('has the parts of the topology', () => {
  expect(Object.keys(compose.services)).toEqual([
    'balancer',
    'api-1',
    'api-2',
    'worker',
    'operations',
    'postgres',
    'redis',
  ])
  expect(compose.services['postgres']?.image).toBe('postgres:18')
  expect(compose.services['redis']?.image).toBe('redis:8')
})

it.each(services)('runs %s as an ordinary user', (_, { user }) => {
  expect(user.replace(/\$\{\w+:-(\d+)\}/g, '$1')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
})

it.each(services)(
  'names only what exists in %s',
  (_, { networks, secrets = [], configs = [], volumes = [], depends_on }) => {
    expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(networks))
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(secrets))
    expect(Object.keys(compose.configs)).toEqual(expect.arrayContaining(configs.map(({ source }) => source)))
    const named = volumes.filter((volume) => typeof volume === 'string').map((volume) => volume.split(':')[0])
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named))
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(depends_on ?? {})))
  },
)

it.each(gateways)('configures %s as the gateway understands it, from files that it is given', (_, service) => {
  const environment = withDefaults(service.environment ?? {})
  const config = readConfig(environment)
  expect(config.developmentPki).toBe(false)
  expect(config.redisUrl).toBeDefined()
  const given = [
    ...(service.secrets ?? []).map((name) => `/run/secrets/${name}`),
    ...(service.configs ?? []).map(({ target }) => target),
  ]
  const named = [config.tlsCert, config.tlsKey, config.signingCert, config.signingKey, config.redisPasswordFile]
  expect(given).toEqual(expect.arrayContaining([...named, config.agenciesFile, config.dataKeyFile, config.logKeyFile]))
})

it('splits the gateway into two API processes, a worker and operations', () => {
  const roles = gateways.map(([name, { environment = {} }]) => [name, environment['PASSERELLE_ROLES']])
  expect(Object.fromEntries(roles)).toEqual({
    'api-1': 'api,operations',
    'api-2': 'api,operations',
    worker: 'worker,operations',
    operations: 'operations',
  })
})

it('lets nobody in but through the balancer, and to the console from this machine', () => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]))
  expect(published).toEqual([
    ['balancer', '8443:8443'],
    ['operations', '127.0.0.1:9443:9443'],
  ])
  expect(compose.networks['record']).toEqual({ internal: true })
  for (const name of ['postgres', 'redis']) expect(compose.services[name]?.networks).toEqual(['record'])
  expect(compose.services['balancer']?.networks).toEqual(['front'])
})

it('has no secret in it', () => {
  const environments = services.flatMap(([, { environment = {} }]) => Object.entries(environment))
  for (const [name, value] of environments) {
    if (/PASSWORD|SECRET|KEY|PGPASSFILE/.test(name)) expect(value).toMatch(/^\/run\/secrets\//)
    expect(value).not.toMatch(/:\/\/[^/@]*:[^/@]*@/)
  }
})

it('lets nobody into Redis without its password, which only files have', () => {
  const { command = [], secrets = [], networks } = compose.services['redis'] ?? {}
  expect(command.slice(0, 2)).toEqual(['redis-server', '/run/secrets/redis-conf'])
  expect(command).not.toContain('--protected-mode')
  expect(secrets).toEqual(['redis-conf'])
  expect(networks?.map((name) => compose.networks[name])).toEqual([{ internal: true }])
})

it('makes the secrets that are mounted, each private to the gateway where the gateway reads it', async () => {
  await using folder = await temporaryFolder()
  const { code, stderr } = await runProcess([join(ROOT, 'topology/secrets.ts'), folder.path])
  expect(code, stderr).toBe(0)
  const files = Object.values(compose.secrets).map(({ file }) => file)
  const made = files.filter((file) => file.startsWith('./secrets/')).map((file) => file.replace('./secrets/', ''))
  expect(readdirSync(folder.path).toSorted()).toEqual(made.toSorted())
  const read = gateways.flatMap(([, { secrets = [] }]) => secrets).filter((name) => made.includes(name))
  for (const name of read) expect(statSync(join(folder.path, name)).mode & 0o077, name).toBe(0)
  expect(readFileSync(join(folder.path, 'redis-conf'), 'utf8')).toBe(
    `requirepass ${readFileSync(join(folder.path, 'redis-password'), 'utf8')}\n`,
  )
})

it('shuts the service in: what the unit in docs/operating.md allows is listed, and what would open it is not', () => {
  const operating = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8')
  const unit = /```ini\n(# \/etc\/systemd\/system\/passerelle\.service\n.*?)```/s.exec(operating)?.[1] ?? ''
  const lines = unit.split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'LimitCORE=0',
      'UMask=0077',
      'StateDirectoryMode=0700',
      'NoNewPrivileges=yes',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'ProtectHome=yes',
      'PrivateTmp=yes',
      'PrivateDevices=yes',
      'ProtectKernelTunables=yes',
      'ProtectKernelModules=yes',
      'ProtectKernelLogs=yes',
      'ProtectControlGroups=yes',
      'ProtectProc=invisible',
      'RestrictNamespaces=yes',
      'RestrictSUIDSGID=yes',
      'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
      'SystemCallFilter=@system-service',
      'SystemCallArchitectures=native',
    ]),
  )
  expect(unit).toMatch(/^MemoryMax=\d+G$/m)
  expect(unit).toMatch(/^TasksMax=\d+$/m)
  expect(unit).toMatch(/^ExecStart=.* --disable-sigusr1 /m)
  expect(unit).not.toMatch(/--inspect|^User=root|^ReadWritePaths=/m)
})

it('keeps the queue on disk, and everything out of the database’s log that comes from messages', () => {
  expect(text).toMatch(/redis-server, \/run\/secrets\/redis-conf, --appendonly, 'yes'/)
  for (const setting of ['log-error-verbosity=terse', 'log-min-error-statement=panic', 'log-statement=none']) {
    expect(text).toContain(`--${setting}`)
  }
})

it('balances in TCP mode over just the API processes, so that TLS ends in the gateway', () => {
  const balancer = readFileSync(join(ROOT, 'topology', 'haproxy.cfg'), 'utf8')
  expect(balancer).toMatch(/^\s*mode tcp$/m)
  expect(balancer).not.toMatch(/\bmode http\b|\bssl\b|\bcrt\b/)
  expect([...balancer.matchAll(/^\s*server \S+ (\S+)/gm)].map(([, address]) => address)).toEqual([
    'api-1:8443',
    'api-2:8443',
  ])
})

it('starts the gateway as `npm start` does, in a container and as a service', () => {
  const [node, ...words] = manifest.scripts.start.split(' ')
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  expect(JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '')).toEqual([node, ...words])
  const operating = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8')
  expect(/^ExecStart=\S+\/node (.*)$/m.exec(operating)?.[1]).toBe(words.join(' '))
})

it('builds an image that is not root, checks itself, and gets no keys', () => {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  const lines = dockerfile.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  expect(lines.filter((line) => line.startsWith('USER '))).toEqual(['USER node'])
  expect(lines.findIndex((line) => line.startsWith('USER '))).toBeLessThan(
    lines.findIndex((line) => line.startsWith('ENTRYPOINT ')),
  )
  expect(dockerfile).toMatch(/^HEALTHCHECK .* CMD \["node", "topology\/health\.ts"\]$/m)
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n')
  expect(ignored).toContain('*')
  const copied = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
    .flatMap((line) => line.split(' ').slice(1, -1))
  for (const source of copied) {
    expect(ignored).toContain(`!${source}`)
    expect(existsSync(join(ROOT, source)), source).toBe(true)
  }
})

it('names only settings that there are', () => {
  const known = [...settings.map(({ name }) => name), 'PASSERELLE_PKI', 'PASSERELLE_UID', 'PASSERELLE_GID']
  for (const [name] of text.matchAll(/\bPASSERELLE_[A-Z_]+/g)) expect(known).toContain(name)
})

function service(): object {
  return closed(
    {
      image: { type: 'string', pattern: '^(passerelle|[a-z]+:[0-9][a-z0-9.-]*)$' },
      build: { const: '.' },
      user: { type: 'string' },
      read_only: { const: true },
      cap_drop: { const: ['ALL'] },
      security_opt: { const: ['no-new-privileges:true'] },
      ulimits: { const: { core: 0 } },
      pids_limit: { type: 'integer', maximum: 512 },
      mem_limit: memory,
      memswap_limit: memory,
      restart: { const: 'unless-stopped' },
      logging: closed({
        driver: { const: 'json-file' },
        options: closed({ 'max-size': { type: 'string' }, 'max-file': { type: 'string' } }),
      }),
      tmpfs: texts,
      networks: texts,
      healthcheck: closed(
        {
          test: { ...texts, prefixItems: [{ const: 'CMD' }], minItems: 2 },
          interval: seconds,
          timeout: seconds,
          start_period: seconds,
          retries: { type: 'integer' },
        },
        ['test', 'interval', 'timeout', 'retries'],
      ),
      depends_on: { additionalProperties: closed({ condition: { const: 'service_healthy' } }) },
      environment: { additionalProperties: { type: 'string' } },
      secrets: texts,
      configs: { type: 'array', items: closed({ source: { type: 'string' }, target: { type: 'string' } }) },
      volumes: {
        items: {
          anyOf: [
            { type: 'string', pattern: '^[a-z]+:/' },
            closed({
              type: { const: 'bind' },
              source: { type: 'string' },
              target: { type: 'string' },
              read_only: { const: true },
            }),
          ],
        },
      },
      command: texts,
      ports: texts,
      shm_size: { type: 'string' },
      stop_grace_period: seconds,
    },
    [
      'image',
      'user',
      'read_only',
      'cap_drop',
      'security_opt',
      'ulimits',
      'pids_limit',
      'mem_limit',
      'memswap_limit',
      'restart',
      'tmpfs',
      'networks',
      'healthcheck',
    ],
  )
}

function closed(properties: Record<string, object>, required: readonly string[] = Object.keys(properties)): object {
  return { type: 'object', properties, required, additionalProperties: false }
}

function readCompose(): Compose {
  const isCompose = new Ajv2020({ allErrors: true, strict: false }).compile<Compose>(schema)
  const parsed: unknown = parse(text, { merge: true })
  if (!isCompose(parsed)) throw new Error(JSON.stringify(isCompose.errors, null, 2))
  return parsed
}

/** As Compose does it: `${NAME:-default}` where NAME is unset. */
function withDefaults(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  )
}
