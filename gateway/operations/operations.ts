import type { Attachments } from '../attachments/attachments.ts'
import { type Config, every, type Log, type Metrics } from '../base/base.ts'
import type { LaneQueue } from '../delivery/delivery.ts'
import type { Lookup } from '../exchange/exchange.ts'
import type { Alarm, GatewayKeys, Registry, TrustSnapshot } from '../identity/identity.ts'
import type { Issuer } from '../log/log.ts'
import type { Lane } from '../protocol/protocol.ts'
import {
  type AttemptRow,
  type BackupAge,
  type Database,
  type Disk,
  type MessageRow,
  type Search,
  searchMessages,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import { attemptsAt } from './attempts.ts'
import { type Figures, openFigures } from './figures.ts'
import { createHealth, type Health } from './health.ts'
import { type Acts, openActs } from './perform.ts'
import { eraseDue } from './retention.ts'
import { type Alarms, openAlarms } from './watching.ts'

export { AGENCY_ALARMS } from './alarms.ts'
export type { Health } from './health.ts'
export type { Decision } from './perform.ts'
export { remedyOf } from './remedies.ts'
export { dueUntil, eraseDue, LARGEST_TURN } from './retention.ts'

type Needs = {
  readonly config: Config
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
  readonly alarms: Pick<Alarms, 'on' | 'standing'>
  readonly acts: Acts
  /** Messages' metadata, newest first. */
  search(search: Search): Promise<readonly MessageRow[]>
  find(from: string, id: string): Promise<MessageRow | undefined>
  /** Every attempt to deliver a message, and its receipts. */
  historyOf(
    message: MessageRow,
  ): Promise<{ readonly attempts: readonly AttemptRow[]; readonly receipts: readonly string[] }>
}

/** Retention is counted in days. */
const RETENTION_MS = 60_000

/**
 * Opens the operators' part, and begins to watch for alarms.
 * @throws ConfigurationFault where alarms cannot be told as the configuration asks
 */
export async function openOperations(needs: Needs): Promise<Operations> {
  const { database, queue, stopping, log, lookup } = needs
  const health = createHealth(database, queue, stopping)
  const alarms = await openAlarms({ ...needs, health })
  const stopErasing = every(
    RETENTION_MS,
    (stop) => eraseDue(needs, stop),
    (error) => log.error({ err: error }, 'contents whose retention is over could not be erased; it is tried again'),
  )
  return {
    health,
    alarms,
    figures: openFigures({ ...needs, alarms }),
    acts: openActs(needs),
    search: (search) => searchMessages(database, search),
    find: (from, id) => lookup.message(from, id),
    historyOf: (message) => attemptsAt(database, message),
    [Symbol.asyncDispose]: async () => void (await Promise.all([alarms[Symbol.asyncDispose](), stopErasing()])),
  }
}
