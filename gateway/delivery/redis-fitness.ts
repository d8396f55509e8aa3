import { Redis } from 'ioredis'
import { ConfigurationFault } from '../base/base.ts'
import { readRedisUrl } from './redis.ts'

const ANSWER_MS = 3_000
/** Redis is there and will do later: it loads its data, is a replica just now, or has no room. */
const PASSING = /^(?:LOADING|READONLY|MASTERDOWN|MISCONF|OOM|BUSY|TRYAGAIN|CLUSTERDOWN|MOVED|ASK)\b/
/** What the queue does most: a script on keys of its own. */
const PROBE = `return redis.call('exists', KEYS[1])`

/**
 * Asks Redis once whether the queue can work there: a client would go on silently in database 0 where the one that is meant does
 * not exist. One that cannot be reached is no fault: the queue begins when it is back. Of a cluster each node that is named is asked,
 * and one that sends elsewhere has refused nothing.
 * @throws ConfigurationFault where Redis refuses the password, the database or the right to run the queue's scripts, or a sentinel
 *   its password; or where the URL can be no Redis
 */
export async function requireRedis(url: string): Promise<void> {
  const { address, options } = readRedisUrl(url)
  if (address.kind === 'server') return await probe(new Redis(address.url, ONCE))
  if (address.kind === 'cluster')
    return void (await Promise.all(address.nodes.map((node) => probe(new Redis({ ...options, ...node, ...ONCE })))))
  const { sentinels, name } = address
  await probe(new Redis({ ...options, sentinels: [...sentinels], name, ...ONCE }))
}

/** It is tried once, and given up. */
const ONCE = {
  lazyConnect: true,
  enableReadyCheck: false,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: ANSWER_MS,
  commandTimeout: ANSWER_MS,
  retryStrategy: () => null,
  sentinelRetryStrategy: () => null,
}

/** @throws ConfigurationFault as requireRedis */
async function probe(redis: Redis): Promise<void> {
  const errors: unknown[] = []
  redis.on('error', (error: unknown) => errors.push(error))
  const words: string[] = []
  redis.on('sentinelError', ({ message }: Error) => words.push(message))
  try {
    await redis.connect()
    await redis.eval(PROBE, 1, 'passerelle:probe')
    words.length = 0 // another sentinel knew
  } catch (error) {
    errors.push(error)
  } finally {
    redis.disconnect()
  }
  const refusal = [...errors.map(describe), ...words.map(describeSentinel)].find((why) => why !== undefined)
  if (refusal !== undefined) throw new ConfigurationFault(refusal)
}

/** What a sentinel said, in the words of ioredis: it refuses, or watches nothing by the name that it was asked for. */
function describeSentinel(words: string): string | undefined {
  const [, refusal] = /because (NOAUTH|WRONGPASS|NOPERM)\b/.exec(words) ?? []
  if (refusal !== undefined) return `a sentinel refuses (${refusal})`
  return /because ERR No such master\b/.test(words)
    ? 'the sentinels watch nothing of the name that it gives'
    : undefined
}

/** Redis's own replies; whatever else went wrong is a matter of reaching it. */
function describe(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError' || PASSING.test(error.message)) return undefined
  if (/DB index|invalid DB/i.test(error.message)) return 'Redis does not have the database whose number it names'
  return `Redis refuses (${error.message.split(' ', 1)[0]})`
}
