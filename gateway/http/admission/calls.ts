import type { EventEmitter } from 'node:events'
import { Problem } from '../../protocol/protocol.ts'
import type { RateLimit } from '../rate-limit.ts'
import { createBuckets } from './bucket.ts'
import { type Kind, kinds, mostAtOnce, perMinute } from './kinds.ts'
import type { Overload } from './overload.ts'

/** Every call counts against its agency. */
export type Calls = {
  /**
   * Lets a call through. It counts as under way until its answer has closed.
   * @throws Problem `rate-limited` where the agency has too many under way, or has made too many in a minute; `unavailable`
   */
  admit(agency: string, kind: Kind, answer: Pick<EventEmitter, 'once'>): Promise<void>
}

type Options = {
  /** `PASSERELLE_RATE_LIMIT`. */
  readonly submissions: number
  /** `PASSERELLE_CALLS_AT_ONCE`. */
  readonly callsAtOnce: number
  readonly rateLimit: RateLimit
  readonly tell: Overload
  /** Of `performance.now()`. */
  readonly clock?: () => number
}

/** So many refusals a minute are given at once, half of them one after the other. */
const PROMPT_REFUSALS = 40
/**
 * The next are given this much later: who does not heed `Retry-After` asks again at once, and to refuse without end takes the
 * time of those who do. Its connections wait meanwhile, and each has few requests under way.
 */
const HOLD_MS = 1_000
/** Where too many are under way, some of them are over by then. */
const BUSY_S = 1

/** Counts calls by agency and kind. */
export function createCalls({
  submissions,
  callsAtOnce,
  rateLimit,
  tell,
  clock = () => performance.now(),
}: Options): Calls {
  const rates = new Map(
    Object.keys(kinds).flatMap((kind) => {
      const calls = perMinute(kind as Kind, submissions)
      return calls === undefined ? [] : [[kind, createBuckets(calls)] as const]
    }),
  )
  const refusals = createBuckets(PROMPT_REFUSALS)
  const underWay = new Map<string, number>()

  function enter(key: string, answer: Pick<EventEmitter, 'once'>): void {
    underWay.set(key, (underWay.get(key) ?? 0) + 1)
    answer.once('close', () => {
      const left = (underWay.get(key) ?? 1) - 1
      if (left > 0) underWay.set(key, left)
      else underWay.delete(key)
    })
  }

  async function refuse(agency: string, retryAfter: number): Promise<never> {
    if (refusals.take(agency, 1, clock()) !== undefined)
      await new Promise((resolve) => void setTimeout(resolve, HOLD_MS))
    throw new Problem('rate-limited', undefined, { retryAfter })
  }

  return {
    async admit(agency, kind, answer) {
      const key = `${kind}/${agency}`
      const isFull = (underWay.get(key) ?? 0) >= mostAtOnce(kind, callsAtOnce)
      const wait = isFull ? BUSY_S : rates.get(kind)?.take(agency, 1, clock())
      if (wait !== undefined) {
        tell(isFull ? 'calls-at-once' : 'call-rate')
        await refuse(agency, wait)
      }
      enter(key, answer)
      if (rates.has(kind)) return
      const { retryAfter } = await rateLimit.admit(agency)
      if (retryAfter === undefined) return
      tell('call-rate')
      await refuse(agency, retryAfter)
    },
  }
}
