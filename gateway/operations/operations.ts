import { every, type Log, type Metrics } from '../base/base.ts'
import type { LaneQueue } from '../delivery/delivery.ts'
import type { Lookup } from '../exchange/exchange.ts'
import type { GatewayKeys, Registry, TrustSnapshot } from '../identity/identity.ts'
import type { Issuer } from '../log/log.ts'
import type { Catalogue, Lane } from '../protocol/protocol.ts'
import {
  type AttemptRow,
  type Database,
  type Disk,
  type MessageRow,
  type Search,
  searchMessages,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import { alarmsOf, watchAlarms } from './alarms.ts'
import { attemptsAt } from './attempts.ts'
import { type Figures, openFigures } from './figures.ts'
import { createHealth, type Health } from './health.ts'
import { type Acts, openActs } from './perform.ts'
import { openStatistics, type Statistics } from './statistics.ts'

export { WARN_BEFORE_MS } from './alarms.ts'
export type { Health } from './health.ts'
export type { Decision } from './perform.ts'
export { codeText, describeShown, tableTexts } from './statistics-words.ts'

type Needs = {
  readonly log: Log
  readonly metrics: Metrics
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly issuer: Issuer
  readonly lookup: Lookup
  readonly keys: GatewayKeys
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly onTrustChange: (listener: () => void) => void
  readonly catalogue: Catalogue
  readonly queue: Pick<LaneQueue, 'depth' | 'probe'>
  readonly disk: Pick<Disk, 'state'>
  readonly stopping: AbortSignal
  readonly now: () => Date
  /** Calls a worker to drain a lane. A lost call is made good by the sweep. */
  readonly enqueue: (lane: Lane) => void
}

/** What operators see, and what they do (protocol section 11). */
export type Operations = AsyncDisposable & {
  readonly health: Health
  readonly figures: Figures
  readonly acts: Acts
  readonly statistics: Statistics
  /** Messages' metadata, newest first. */
  search(search: Search): Promise<readonly MessageRow[]>
  find(from: string, id: string): Promise<MessageRow | undefined>
  /** Every attempt to deliver a message, and its receipts. */
  historyOf(
    message: MessageRow,
  ): Promise<{ readonly attempts: readonly AttemptRow[]; readonly receipts: readonly string[] }>
}

/** What a clock alone brings about: a list that ends, a folder that could not be read for 10 s. */
const LOOK_MS = 5_000
/** Quarters end four times a year. */
const FREEZE_MS = 60_000

/** Opens the operators' part, and begins to watch for alarms. */
export function openOperations(needs: Needs): Operations {
  const { database, queue, stopping, trust, keys, now, log, lookup } = needs
  const compare = watchAlarms(() => alarmsOf({ trust: trust(), keys, disk: needs.disk.state() }, now()), log)
  needs.onTrustChange(compare)
  const stopWatching = every(LOOK_MS, compare, (error) => log.error({ err: error }, 'alarms could not be looked for'))
  const statistics = openStatistics(needs)
  const stopFreezing = every(FREEZE_MS, statistics.freeze, (error) =>
    log.error({ err: error }, 'the statistics of what has ended could not be frozen; it is tried again'),
  )
  return {
    health: createHealth(database, queue, stopping),
    figures: openFigures(needs),
    acts: openActs(needs),
    statistics,
    search: (search) => searchMessages(database, search),
    find: (from, id) => lookup.message(from, id),
    historyOf: (message) => attemptsAt(database, message),
    [Symbol.asyncDispose]: async () => void (await Promise.all([stopWatching(), stopFreezing()])),
  }
}
