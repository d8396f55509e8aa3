import type { Attachments } from '../attachments/attachments.ts'
import { type Config, every, type Log, type Metrics, type Tracing } from '../base/base.ts'
import type { LaneQueue } from '../delivery/delivery.ts'
import type { Lookup } from '../exchange/exchange.ts'
import type { Alarm, GatewayKeys, LogKeys, Registry, TrustSnapshot } from '../identity/identity.ts'
import { type CosignedState, cosignedState, type Cosigning, type Issuer, type Tree } from '../log/log.ts'
import type { Catalogue, Lane } from '../protocol/protocol.ts'
import {
  type ActSearch,
  type AttemptAt,
  type AttemptRow,
  type BackupAge,
  type Database,
  type Disk,
  forgetPassed,
  lastErasure,
  lastWayTest,
  latestAttempts,
  type MessageRow,
  type Pause,
  pauses,
  type Search,
  searchMessages,
  type Vault,
  type Wakes,
  type WayTest,
} from '../record/record.ts'
import { type ActEntry, actOf, actPage, type ActPage, type PendingAct, pendingOf } from './act-pages.ts'
import { attemptsAt } from './attempts.ts'
import { countDead, type DeadLetters } from './dead-letters.ts'
import { type Events, openEvents } from './events.ts'
import { entriesInForce, type LogView, type PartyEntry, receiptsAbout, type ReceiptEntry, viewLog } from './evidence.ts'
import { type Figures, openFigures } from './figures.ts'
import { createHealth, type Health } from './health.ts'
import { type Machine, openMachine } from './machine.ts'
import { openOverview, type Overview } from './overview.ts'
import { lapsePauses } from './pauses.ts'
import type { Subjects } from './acts.ts'
import { type Acts, type Decision, openActs, PENDING_MS, type Performed } from './perform.ts'
import { findPressing, type Pressing } from './pressing.ts'
import { eraseDue } from './retention.ts'
import { predecessor, startSuccessor } from './succession.ts'
import { shareFor } from './share-for.ts'
import { openStatistics, type Statistics } from './statistics.ts'
import { type Alarms, openAlarms } from './watching.ts'

export type { ActEntry, ActPage, PendingAct } from './act-pages.ts'
export { type ActName, acts, type Subjects } from './acts.ts'
export { AGENCY_ALARMS } from './alarms.ts'
export type { DeadLetters } from './dead-letters.ts'
export { type OperationsEvent } from './events.ts'
export type { PartyEntry, ReceiptEntry } from './evidence.ts'
export { type Health, type Reason, reasons as healthReasons } from './health.ts'
export type { AgencyOverview, Overview } from './overview.ts'
export type { Decision, Performed } from './perform.ts'
export type { Pressing } from './pressing.ts'
export { type ReasonCode, reasons } from './reasons.ts'
export { type AlarmWords, alarmWords, remedyOf, wordsOfAlarm } from './alarm-words.ts'
export { dueUntil, eraseDue, LARGEST_TURN } from './retention.ts'
export { codeText, describeShown, tableTexts } from './statistics-words.ts'

type Needs = {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly logKeys: LogKeys
  /** The evidence log, as far as it is published. */
  readonly tree: Pick<Tree, 'state'>
  readonly issuer: Issuer
  readonly lookup: Lookup
  /** Its own certificates and keys now. */
  readonly keys: () => GatewayKeys
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly onTrustChange: (listener: () => void) => void
  readonly catalogue: Catalogue
  readonly queue: Pick<LaneQueue, 'depth' | 'probe' | 'kind' | 'workers'>
  readonly disk: Pick<Disk, 'state'>
  readonly attachments: Pick<Attachments, 'away'>
  readonly backup: Pick<BackupAge, 'isOverdue' | 'last'>
  readonly cosigning: Pick<Cosigning, 'contradicted'>
  /** Alarms of what was read again and could not be taken. */
  readonly refused: () => readonly Alarm[]
  readonly stopping: AbortSignal
  readonly now: () => Date
  /** Calls a worker to drain a lane. A lost call is made good by the sweep. */
  readonly enqueue: (lane: Lane) => void
}

/** What operators see, and what they do (protocol section 11). Nothing of it is of what a message says. */
export type Operations = AsyncDisposable & {
  readonly health: Health
  readonly figures: Figures
  readonly alarms: Pick<Alarms, 'on' | 'standing'>
  readonly acts: Acts & {
    /** Acts, newest first: all, or those about an agency, a message, a case; or of one name, as the notes from shift to shift. */
    page(search: ActSearch): Promise<ActPage>
    find(id: string): Promise<ActEntry | undefined>
    /** Starts a successor of the log that was closed. @throws Problem: the refusal of its row */
    onLog(name: 'succeed', decision: Decision): Promise<Performed>
  }
  /** What a successor's first leaf would name. */
  predecessor(): Promise<Subjects['log']>
  /** How things stand, at most a second old, at a cost that does not grow with the record. */
  overview(): Promise<Overview>
  /** What somebody has to see to now, at most a second old. */
  pressing(): Promise<Pressing>
  /** The latest attempts at an agency's endpoints, newest first. */
  attemptsAt(agency: string): Promise<readonly AttemptAt[]>
  /** What waits for a second operator. */
  pending(): Promise<readonly PendingAct[]>
  /** Deliveries that operators hold; of one agency where it is named. */
  pauses(agency?: string): Promise<readonly Pause[]>
  /** What `retry-all` would put back. */
  deadLettersOf(agency: string): Promise<DeadLetters>
  /** The last test of an agency's ways that an operator has asked for. */
  wayTest(agency: string): Promise<WayTest | undefined>
  readonly statistics: Statistics
  /** Messages' metadata, newest first. */
  search(search: Search): Promise<readonly MessageRow[]>
  find(from: string, id: string): Promise<MessageRow | undefined>
  /** The newest messages of a case, oldest first, and when its contents were erased. */
  caseOf(caseId: string): Promise<{ readonly messages: readonly MessageRow[]; readonly erasedAt: Date | undefined }>
  /** Every attempt to deliver a message, and its receipts. */
  historyOf(
    message: MessageRow,
  ): Promise<{ readonly attempts: readonly AttemptRow[]; readonly receipts: readonly string[] }>
  /** The newest `limit` receipts of a message, oldest first, as they stand in the log. */
  receiptsAbout(message: MessageRow, limit: number): Promise<readonly ReceiptEntry[]>
  /** What the gateway runs on. */
  machine(): Promise<Machine>
  /** The evidence log, with the newest `limit` leaves of each kind. */
  log(limit: number): Promise<LogView>
  /** Who cosigns it; undefined where the registry names no witness. */
  witnesses(): Promise<CosignedState | undefined>
  /** The newest `limit` registry entries as they came into force, last first. */
  entriesInForce(limit: number): Promise<readonly PartyEntry[]>
  readonly events: Pick<Events, 'listen'>
}

/** What a clock alone brings about: a pause that lapses. */
const LOOK_MS = 5_000
/** Retention is counted in days, and so is what is kept for a month. */
const RETENTION_MS = 60_000
/** Notes from shift to shift are read by those who come next. */
const NOTES_MS = 30 * 24 * 3_600_000
/** However many look, the record is asked this seldom. */
const FRESH_MS = 1_000
const MOST_ATTEMPTS = 20
/** As the largest answer to an agency. */
const LARGEST_CASE = 1_000
/** Quarters end four times a year. */
const FREEZE_MS = 60_000

/**
 * Opens the operators' part, and begins to watch for alarms.
 * @throws ConfigurationFault where alarms cannot be told as the configuration asks
 */
export async function openOperations(needs: Needs): Promise<Operations> {
  const { database, queue, stopping, now, log, lookup, registry } = needs
  const opened = new AsyncDisposableStack()
  const events = opened.use(openEvents({ database, log }))
  const health = createHealth(database, queue, stopping)
  const alarms = opened.use(await openAlarms({ ...needs, health, tell: events.tellAlarm }))
  const tidy = async (stop: AbortSignal): Promise<void> => {
    await eraseDue(needs, stop)
    const at = now().getTime()
    await forgetPassed(database, { asked: new Date(at - PENDING_MS), notes: new Date(at - NOTES_MS) })
  }
  const stopLapsing = every(
    LOOK_MS,
    () => lapsePauses(needs),
    (error) => log.error({ err: error }, 'pauses could not be looked at'),
  )
  opened.defer(stopLapsing)
  const stopErasing = every(RETENTION_MS, tidy, (error) =>
    log.error({ err: error }, 'contents whose retention is over could not be erased; it is tried again'),
  )
  opened.defer(stopErasing)
  const statistics = openStatistics(needs)
  const stopFreezing = every(FREEZE_MS, statistics.freeze, (error) =>
    log.error({ err: error }, 'the statistics of what has ended could not be frozen; it is tried again'),
  )
  opened.defer(stopFreezing)
  return {
    health,
    alarms,
    figures: openFigures({ ...needs, alarms }),
    acts: {
      ...openActs(needs),
      onLog: (_name, decision) => startSuccessor(needs, decision),
      page: (search) => actPage(needs, search),
      find: (id) => actOf(needs, id),
    },
    predecessor: () => predecessor(database),
    overview: openOverview({ ...needs, health, alarms: alarms.on }),
    pressing: shareFor(FRESH_MS, () => findPressing(needs)),
    attemptsAt: (agency) => latestAttempts(database, agency, MOST_ATTEMPTS),
    pending: () => pendingOf(needs),
    pauses: (agency) => pauses(database, agency),
    deadLettersOf: (agency) => countDead(needs, agency),
    wayTest: (agency) => lastWayTest(database, agency),
    statistics,
    search: (search) => searchMessages(database, search),
    find: (from, id) => lookup.message(from, id),
    async caseOf(caseId) {
      const [messages, erasedAt] = await Promise.all([
        searchMessages(database, { caseId, limit: LARGEST_CASE }),
        lastErasure(database, caseId),
      ])
      return { messages: messages.toReversed(), erasedAt }
    },
    historyOf: (message) => attemptsAt(database, message),
    receiptsAbout: (message, limit) => receiptsAbout(database, message, limit),
    machine: openMachine(needs),
    log: (limit) => viewLog(database, limit),
    witnesses: () => cosignedState(database, registry(), now()),
    entriesInForce: (limit) => entriesInForce(database, limit),
    events,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
