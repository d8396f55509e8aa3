// `npm run topology`: docker-compose.yml's topology without containers, on this machine: PostgreSQL, Redis, two API processes
// behind a TCP load balancer, a worker, operations; and three witnesses of its log. The gateway's settings hold; its ports are the
// balancer's and the console's.
import { once } from 'node:events'
import { join } from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { makeDevelopmentPki, stands } from '../certs-dev/tree.ts'
import { type Config, ConfigurationFault, readConfig } from '../gateway/base/config.ts'
import { createLog } from '../gateway/base/logger.ts'
import { startEmbedded } from '../gateway/record/embedded/embedded.ts'
import { type Backend, openBalancer } from './balancer.ts'
import { type Child, startChild } from './child.ts'
import { startRedis } from './redis.ts'
import { startWitnesses } from './witnesses.ts'

const CANNOT_WORK = 78
const DEVELOPMENT_PKI = 'certs-dev/out'

try {
  await run()
} catch (error) {
  process.stderr.write(`passerelle topology: ${error instanceof Error ? error.message : 'unknown fault'}\n`)
  process.exit(error instanceof ConfigurationFault ? CANNOT_WORK : 1)
}

/** Starts the parts, and when told to stop (or one of them ends) stops them in the reverse order. */
async function run(): Promise<void> {
  const config = readConfig(process.env)
  const stopping = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  await using parts = new AsyncDisposableStack()

  const postgres = await startEmbedded(config.dataFolder, createLog('warn'))
  parts.defer(() => postgres.close())
  const redis = await startRedis(join(config.dataFolder, 'redis'))
  parts.defer(() => redis.stop())

  await prepareDevelopment(config)
  const witnesses = await startWitnesses(config)
  parts.defer(async () => void (await witnesses.stop()))

  const gateways: Child[] = []
  parts.defer(async () => void (await Promise.all(gateways.map((gateway) => gateway.stop()))))
  const start = async (role: string) => {
    const services = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, PASSERELLE_AGENCIES: witnesses.registryFile }
    const gateway = await startGateway(role, services)
    gateways.push(gateway)
    return gateway
  }
  // The first alone: it makes the tables and the keys that all of them use.
  const first = await start('api')
  const [second, operations] = await Promise.all([start('api'), start('operations'), start('worker')])

  const balancer = await openBalancer(config, [address(first), address(second)])
  parts.defer(() => balancer.close())
  const console = address(operations)
  process.stdout.write(
    `passerelle ready: https://${config.host}:${balancer.port} operations https://${console.host}:${console.port}\n`,
  )

  const failed = gateways.map(({ ended }) => ended.then(() => true))
  if (await Promise.race([stopping.then(() => false), ...failed])) {
    process.stderr.write('passerelle topology: a gateway process has ended, so the others are stopped\n')
    process.exitCode = 1
  }
}

/** The certificates that a gateway would make at its first start: witnesses must know what its log is called. */
async function prepareDevelopment({ developmentPki }: Config): Promise<void> {
  if (developmentPki && !(await stands(DEVELOPMENT_PKI))) await makeDevelopmentPki(DEVELOPMENT_PKI)
}

function startGateway(role: string, services: Record<string, string>): Promise<Child> {
  const own = { PASSERELLE_ROLES: role, PASSERELLE_HOST: '127.0.0.1', PASSERELLE_PORT: '0' }
  const words = [process.execPath, ...manifest.scripts.start.split(' ').slice(1)]
  return startChild({ name: `the ${role} process`, words, ready: /^passerelle ready\b/, env: { ...services, ...own } })
}

/** Where a gateway process listens, as its ready line says. */
function address({ ready }: Child): Backend {
  const [, host, port] = /https:\/\/(\S+):(\d+)/.exec(ready) ?? []
  if (host === undefined) throw new Error('a gateway process says of no address that it listens there')
  return { host, port: Number(port) }
}
