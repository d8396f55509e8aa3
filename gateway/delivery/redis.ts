import { Cluster, Redis } from 'ioredis'
import { ConfigurationFault, type Host, readHosts } from '../base/base.ts'

/** A connection to Redis: to one server, to the one that its sentinels name, or to a cluster. */
export type RedisClient = Redis | Cluster

/** Where Redis is, as REDIS_URL says. */
export type RedisAddress =
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'sentinel'; readonly sentinels: readonly { host: string; port: number }[]; readonly name: string }
  | { readonly kind: 'cluster'; readonly nodes: readonly { host: string; port: number }[] }

const PORT = 6379
const SENTINEL_PORT = 26_379
const LONGEST_PAUSE_MS = 2_000
/** A server that does not say a word for so long is gone; what waits for a job is answered within 10 s. */
const SILENCE_MS = 15_000

/**
 * What a server says that has lost its office, or may have: the place to write is another one by now, or will be. Redis before 7
 * puts it in the middle of a script's failure. Where memory or disk is full (OOM, MISCONF), another connection does not help.
 */
const NOT_HERE = /\b(?:READONLY|UNBLOCKED|MASTERDOWN|NOREPLICAS)\b/

/** What each connection is opened with, as REDIS_URL says. */
type Options = {
  readonly username?: string
  readonly password?: string
  readonly db?: number
  readonly tls?: object
  readonly sentinelUsername?: string
  readonly sentinelPassword?: string
  readonly enableTLSForSentinelMode?: true
  readonly sentinelTLS?: object
}

type Read = { readonly address: RedisAddress; readonly options: Options }

/**
 * Reads REDIS_URL: `redis://` with one host, or with several for a cluster, `redis+sentinel://` with its sentinels and the name of
 * what they watch; `rediss` for TLS.
 * @throws ConfigurationFault where it can be none of them
 */
export function readRedisUrl(url: string): Read {
  const parts = readHosts(url)
  if (parts === undefined) throw new ConfigurationFault('REDIS_URL must be a URL of Redis')
  const { scheme, login, hosts, rest } = parts
  const [path = '', query = ''] = rest.split('?')
  const [name = '', database, ...more] = path.split('/').slice(1)
  const options: Options = { ...readLogin(login), ...(scheme.startsWith('rediss') && { tls: {} }) }
  if (scheme.endsWith('+sentinel')) {
    if (name === '' || more.length > 0)
      throw new ConfigurationFault(
        'REDIS_URL must say after its sentinels what they watch: redis+sentinel://<hosts>/<name>',
      )
    const asked = new URLSearchParams(query)
    const password = asked.get('sentinelPassword')
    const username = asked.get('sentinelUsername')
    return {
      address: {
        kind: 'sentinel',
        sentinels: hosts.map((one) => withPort(one, SENTINEL_PORT)),
        name: decode(name),
      },
      options: {
        ...options,
        db: readNumber(database),
        ...(username !== null && { sentinelUsername: username }),
        ...(password !== null && { sentinelPassword: password }),
        ...(options.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
      },
    }
  }
  if (hosts.length > 1) {
    if (name !== '' && name !== '0')
      throw new ConfigurationFault('REDIS_URL must name no database: a cluster has but one')
    return { address: { kind: 'cluster', nodes: hosts.map((one) => withPort(one, PORT)) }, options }
  }
  return { address: { kind: 'server', url }, options: {} }
}

/**
 * Opens a connection, which is made anew for ever.
 * @param use `call`: what cannot be said now fails at once; `wait`: it waits until it can
 */
export function openRedis(read: Read, use: 'call' | 'wait'): RedisClient {
  const client = connect(read, use)
  // BullMQ tells of its failures as long as it listens; unheard, ioredis would write them to standard error.
  client.on('error', () => undefined)
  return client
}

function connect({ address, options }: Read, use: 'call' | 'wait'): RedisClient {
  const retryStrategy = (times: number): number => Math.min(times * 250, LONGEST_PAUSE_MS)
  const retrying =
    use === 'call' ? { maxRetriesPerRequest: 1, enableOfflineQueue: false } : { maxRetriesPerRequest: null }
  const each = {
    ...options,
    ...retrying,
    retryStrategy,
    socketTimeout: SILENCE_MS,
    // 2: said again where the new connection leads.
    reconnectOnError: ({ message }: Error) => NOT_HERE.test(message) && (use === 'wait' ? 2 : 1),
  }
  if (address.kind === 'server') return new Redis(address.url, each)
  if (address.kind === 'sentinel') {
    const { sentinels, name } = address
    return new Redis({ ...each, sentinels: [...sentinels], name, sentinelRetryStrategy: retryStrategy })
  }
  return new Cluster([...address.nodes], {
    redisOptions: { ...options, maxRetriesPerRequest: retrying.maxRetriesPerRequest, socketTimeout: SILENCE_MS },
    enableOfflineQueue: use === 'wait',
    clusterRetryStrategy: retryStrategy,
    // Certificates are issued to names.
    ...(options.tls && {
      dnsLookup: (host: string, answer: (error: null, host: string) => void) => answer(null, host),
    }),
  })
}

const withPort = ({ host, port }: Host, otherwise: number) => ({ host, port: port ?? otherwise })

function readLogin(login: string): Pick<Options, 'username' | 'password'> {
  if (login === '') return {}
  const [username = '', ...password] = login.slice(0, -1).split(':')
  return {
    ...(username !== '' && { username: decode(username) }),
    ...(password.length > 0 && { password: decode(password.join(':')) }),
  }
}

function readNumber(text: string | undefined): number {
  if (text === undefined || text === '') return 0
  if (!/^[0-9]{1,5}$/.test(text)) throw new ConfigurationFault('REDIS_URL must end in the number of a database')
  return Number(text)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ConfigurationFault('REDIS_URL must be a URL of Redis')
  }
}
