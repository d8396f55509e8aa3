import { adapters, kindsWithout } from '../../adapters/index.ts'
import {
  type Config,
  ConfigurationFault,
  type FaultPoint,
  type Log,
  type Metrics,
  type Tracing,
  within,
} from '../base/base.ts'
import type { Acknowledging, Lookup } from '../exchange/exchange.ts'
import { type GatewayKeys, kinds, type Registry, type TrustSnapshot } from '../identity/identity.ts'
import type { Issuer } from '../log/log.ts'
import type { Catalogue, Pathway } from '../protocol/protocol.ts'
import { type Database, noteMail, type Vault, type Wakes } from '../record/record.ts'
import { attempt } from './attempt.ts'
import { drain } from './drain.ts'
import { openNotifier } from './mail.ts'
import { openNotifying } from './notifications.ts'
import { openPlaces } from './places.ts'
import { openPusher } from './push.ts'
import type { LaneQueue } from './queue.ts'
import { startSilence } from './silence.ts'
import { startSweep } from './sweep.ts'
import { startWayTests } from './ways.ts'

export { foresee, type ShownDesk, showDesks } from './foresee.ts'
export { type Mail, type Mailer, openMailer } from './mailer.ts'
export { type LaneQueue, openQueue } from './queue.ts'
export { readRedisUrl } from './redis-address.ts'
export { requireRedis } from './redis-fitness.ts'

type Needs = {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly fault: FaultPoint
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly catalogue: Catalogue
  readonly pathway: Pathway
  readonly lookup: Lookup
  readonly words: Acknowledging
  readonly issuer: Issuer
  readonly backgroundIssuer: Issuer
  readonly keys: () => GatewayKeys
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly queue: LaneQueue
  readonly now: () => Date
}

/** An endpoint that has not answered by then is tried again later, by another process. */
const PUSHES_MS = 16_000
/** What is not done by then is left to its lease and to the next process. */
const CLOSE_MS = 4_000

/**
 * Opens this process's deliveries: its worker drains lanes as the queue calls them, and the sweep calls those that nobody does. What
 * nobody answers or reads is told, too.
 * @throws ConfigurationFault where the registry's schema knows a kind of agency for which there is no adapter
 */
export async function openDelivery(needs: Needs): Promise<AsyncDisposable> {
  const { config, log, keys, queue, now } = needs
  const missing = kindsWithout(adapters, kinds)
  if (missing.length > 0) throw new ConfigurationFault(`no adapter for agencies of kind ${missing.join(', ')}`)
  const opened = new AsyncDisposableStack()
  const pusher = openPusher({ tls: () => keys().tls, trust: needs.trust, timeoutMs: config.pushTimeoutMs, now })
  opened.defer(() => within(CLOSE_MS, pusher.close()))
  const notifier = opened.adopt(openNotifier(config.smtpUrl, log), (one) => one.close())
  const noteMailed = (agency: string, fault: string | undefined): Promise<void> =>
    noteMail(needs.database, agency, fault, now()).catch((error: unknown) =>
      log.warn({ err: error, agency }, 'what came of a mail could not be noted'),
    )
  const notifying = openNotifying({ ...needs, notifier, noteMail: noteMailed })
  opened.defer(() => within(CLOSE_MS, notifying.close()))
  const delivering = { ...needs, pusher, tell: notifying.tell, enqueue: queue.call }
  const places = openPlaces({ log, attempt: (push) => attempt(delivering, push), enqueue: queue.call })
  // Closed before what they use, and the queue before them: it would only start more.
  opened.defer(async () => {
    await queue.close()
    await within(PUSHES_MS, places.settle())
    pusher.abandon()
    await within(CLOSE_MS, places.settle())
  })
  const drainHere = await queue.work((lane, stop) => drain({ ...delivering, places }, lane, stop))
  opened.defer(startSweep(needs, queue, drainHere))
  opened.defer(startSilence(needs))
  opened.defer(startWayTests({ ...needs, notifier, pusher, noteMail: noteMailed }))
  return { [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
