import { Redis } from 'ioredis'
import { ConfigurationFault } from '../base/base.ts'

const ANSWER_MS = 3_000
/** Redis is there and will do later: it loads its data, is a replica just now, or has no room. */
const PASSING = /^(?:LOADING|READONLY|MASTERDOWN|MISCONF|OOM|BUSY|TRYAGAIN|CLUSTERDOWN|MOVED|ASK)\b/
const ONE_HOST = /^rediss?:\/\/[^,/?#]*(?:[/?#]|$)/
/** What the queue does most: a script on keys of its own. */
const PROBE = `return redis.call('exists', KEYS[1])`

/**
 * Asks Redis once whether the queue can work there: a client would go on silently in database 0 where the one that is meant does
 * not exist. One that cannot be reached is no fault: the queue begins when it is back. Several hosts are their client's matter.
 * @throws ConfigurationFault where Redis refuses the password, the database or the right to run the queue's scripts
 */
export async function requireRedis(url: string): Promise<void> {
  if (!ONE_HOST.test(url)) return
  const redis = new Redis(url, {
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    retryStrategy: () => null,
  })
  const errors: unknown[] = []
  redis.on('error', (error: unknown) => errors.push(error))
  try {
    await redis.connect()
    await redis.eval(PROBE, 1, 'passerelle:probe')
  } catch (error) {
    errors.push(error)
  } finally {
    redis.disconnect()
  }
  const refusal = errors.map(describe).find((why) => why !== undefined)
  if (refusal !== undefined) throw new ConfigurationFault(refusal)
}

/** Redis's own replies; whatever else went wrong is a matter of reaching it. */
function describe(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError' || PASSING.test(error.message)) return undefined
  if (/DB index|invalid DB/i.test(error.message)) return 'Redis does not have the database whose number it names'
  return `Redis refuses (${error.message.split(' ', 1)[0]})`
}
