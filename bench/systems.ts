import { join } from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { freePort } from '../test/support/port.ts'
import { startProcess } from '../test/support/process.ts'
import { startChild } from './child.ts'
import type { Measured } from './report.ts'
import type { Loaded, Run, Setting } from './run.ts'

/** Where everything that is measured stands: the PKI, the schemas, and the one PostgreSQL (and Redis) that all share. */
export type Place = Setting & {
  readonly postmaster: number
  readonly redisUrl?: string
  /** Where V8's processor profiles go, where they are wanted. */
  readonly profiles?: string
}

/** What `npm start` gives to Node. */
const asStarted = manifest.scripts.start.split(' ').slice(1)

/** One of what is compared: started on an empty database, measured in one or more runs, stopped. */
export type System = { readonly name: string; start(databaseUrl: string): Promise<Target> }
export type Target = { measure(run: Run): Promise<Measured>; stop(): Promise<void> }

/** No agency's submissions are held back: 32 connections of one agency stand for many agencies. */
const NO_LIMIT = '10000000'
const NO_DAILY_LIMIT = '999999999999999'

/** The floor measures itself: it has no network that a generator could load. */
export function floor(place: Place): System {
  return {
    name: 'floor',
    async start(databaseUrl) {
      const child = startChild(new URL('./floor.ts', import.meta.url), profiling(place))
      return { measure: (run) => child.ask<Measured>({ ...place, databaseUrl, run }), stop: () => child.stop() }
    },
  }
}

/** The easy gateway, its queue on PostgreSQL, or on Redis where the place has one. */
export function easyGateway(place: Place): System {
  return {
    name: `easy gateway${onRedis(place)}`,
    async start(databaseUrl) {
      const child = startChild(new URL('./easy-gateway.ts', import.meta.url), profiling(place))
      const { port } = await child.ask<{ port: number }>({ ...place, databaseUrl })
      return { measure: (run) => load(run, { ...place, port, pid: child.pid }), stop: () => child.stop() }
    },
  }
}

/**
 * Passerelle, everything on. Without its worker it accepts, and puts what it has accepted into the queue, as the easy gateway
 * does.
 */
export function passerelle(place: Place, how?: 'with its worker' | 'beside the easy gateway'): System {
  return {
    name: `Passerelle${how === undefined ? '' : ` ${how}`}${onRedis(place)}`,
    async start(databaseUrl) {
      const port = await freePort()
      const file = (...path: string[]): string => join(place.pki, ...path)
      const gateway = await startProcess([...profiling(place), ...asStarted], {
        DATABASE_URL: databaseUrl,
        ...(place.redisUrl !== undefined && { REDIS_URL: place.redisUrl }),
        PASSERELLE_PORT: String(port),
        PASSERELLE_OPERATIONS_PORT: String(await freePort()),
        PASSERELLE_DATA: file('data'),
        PASSERELLE_AGENCIES: file('agencies.json'),
        PASSERELLE_TRUST: file('trust'),
        PASSERELLE_TLS_CERT: file('gateway', 'tls.crt'),
        PASSERELLE_TLS_KEY: file('gateway', 'tls.key'),
        PASSERELLE_SIGNING_CERT: file('gateway', 'signing.crt'),
        PASSERELLE_SIGNING_KEY: file('gateway', 'signing.key'),
        PASSERELLE_RATE_LIMIT: NO_LIMIT,
        PASSERELLE_DAILY_BYTES: NO_DAILY_LIMIT,
        ...(how !== 'with its worker' && { PASSERELLE_ROLES: 'api' }),
      })
      return {
        measure: (run) => load(run, { ...place, port, pid: gateway.pid }),
        async stop() {
          const code = await gateway.stop()
          if (code !== 0) throw new Error(`the gateway ended with ${code}\n${gateway.stderr().slice(-2000)}`)
        },
      }
    },
  }
}

async function load(run: Run, loaded: Loaded): Promise<Measured> {
  const generator = startChild(new URL('./load.ts', import.meta.url))
  try {
    return await generator.ask<Measured>({ run, loaded })
  } finally {
    await generator.stop()
  }
}

function profiling({ profiles }: Place): readonly string[] {
  return profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
}

function onRedis({ redisUrl }: Place): string {
  return redisUrl === undefined ? '' : ' on Redis'
}
