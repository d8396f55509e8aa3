import type { Attachments } from '../attachments/attachments.ts'
import { every, type Log, type Metrics } from '../base/base.ts'
import type { LaneQueue } from '../delivery/delivery.ts'
import type { Lookup } from '../exchange/exchange.ts'
import type { Alarm, GatewayKeys, Registry, TrustSnapshot } from '../identity/identity.ts'
import type { Issuer } from '../log/log.ts'
import type { Catalogue, Lane } from '../protocol/protocol.ts'
import {
  type AttemptRow,
  type BackupAge,
  type Database,
  type Disk,
  type MessageRow,
  type Search,
  searchMessages,
  type Silence,
  silences,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import { alarmsOf, overdueSince, watchAlarms } from './alarms.ts'
import { attemptsAt } from './attempts.ts'
import { type Figures, openFigures } from './figures.ts'
import { createHealth, type Health } from './health.ts'
import { type Acts, openActs } from './perform.ts'
import { eraseDue } from './retention.ts'
import { openStatistics, type Statistics } from './statistics.ts'

export { WARN_BEFORE_MS } from './alarms.ts'
export type { Health } from './health.ts'
export type { Decision } from './perform.ts'
export { dueUntil, eraseDue, LARGEST_TURN } from './retention.ts'
export { codeText, describeShown, tableTexts } from './statistics-words.ts'

type Needs = {
  readonly log: Log
  readonly metrics: Metrics
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly issuer: Issuer
  readonly lookup: Lookup
  /** Its own certificates and keys now. */
  readonly keys: () => GatewayKeys
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly onTrustChange: (listener: () => void) => void
  readonly catalogue: Catalogue
  readonly queue: Pick<LaneQueue, 'depth' | 'probe'>
  readonly disk: Pick<Disk, 'state'>
  readonly attachments: Pick<Attachments, 'away'>
  readonly backup: Pick<BackupAge, 'isOverdue'>
  /** Alarms of what was read again and could not be taken. */
  readonly refused: () => readonly Alarm[]
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
/** Retention is counted in days. */
const RETENTION_MS = 60_000
/** Quarters end four times a year. */
const FREEZE_MS = 60_000

/** Opens the operators' part, and begins to watch for alarms. */
export function openOperations(needs: Needs): Operations {
  const { database, queue, stopping, trust, keys, attachments, disk, backup, refused, now, log, lookup } = needs
  let silent: readonly Silence[] = []
  const compare = watchAlarms(() => {
    const looked = { trust: trust(), keys: keys(), disk: disk.state(), silent, away: attachments.away(), backup }
    return alarmsOf({ ...looked, refused: refused() }, now())
  }, log)
  needs.onTrustChange(compare)
  const look = async (): Promise<void> => {
    // The other alarms are looked for also while the record is away.
    compare()
    silent = await silences(database, overdueSince(now()))
    compare()
  }
  const stopWatching = every(LOOK_MS, look, (error) => log.error({ err: error }, 'alarms could not be looked for'))
  const stopErasing = every(
    RETENTION_MS,
    (stop) => eraseDue(needs, stop),
    (error) => log.error({ err: error }, 'contents whose retention is over could not be erased; it is tried again'),
  )
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
    [Symbol.asyncDispose]: async () => void (await Promise.all([stopWatching(), stopErasing(), stopFreezing()])),
  }
}
