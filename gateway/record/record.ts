import { heedUnfit, requireFitDatabase } from './fitness.ts'
import { type Clock, openClock } from './clock.ts'
import { type Database, openDatabase } from './database.ts'
import { type Keyring, openKeyring } from './keyring.ts'
import { migrate } from './migrate.ts'
import { ERASED } from './erasures.ts'
import { openVault, type Vault } from './vault.ts'
import { openWakes, type Wakes } from './wakes.ts'

export { unaccounted } from './accounts.ts'
export {
  acknowledgeAlarm,
  type DueNotice,
  lockAlarm,
  noteAlarms,
  noteTold,
  type StandingAlarm,
  standingAlarms,
  takeNotices,
} from './alarms.ts'
export { acknowledgeMessages, type NewAcknowledgement } from './acknowledgements.ts'
export {
  type ActRow,
  type ActSearch,
  type ActSubject,
  askForTwo,
  endPending,
  findAct,
  forgetPassed,
  isDone,
  pauseActs,
  pendingActs,
  recordAct,
  searchActs,
  takeBulkTurn,
} from './acts.ts'
export { noteCall } from './agency-calls.ts'
export { takeBytes } from './daily-bytes.ts'
export { type Disk, type DiskState, watchDisk } from './disk.ts'
export {
  type Begun,
  beginAttachment,
  dropAttachment,
  findPut,
  findShared,
  finishAttachment,
  forgetAttachments,
  insertChunk,
  namesLeft,
  namesRemoved,
  type PutAttachment,
  readChunk,
  renewAttachment,
} from './attachments.ts'
export { type Attempt, type AttemptRow, attemptsOf, insertAttempts } from './attempts.ts'
export { endAwaiting, overdueAnswers, tellOverdue, type Told } from './awaited-answers.ts'
export { type Backlog, backlog, waitingForOthers } from './backlog.ts'
export {
  type BundleLeaf,
  entriesAround,
  erasingLeaves,
  leavesAbout,
  pinnedCertificates,
  type Wanted,
} from './bundle-leaves.ts'
export { casesReferred, factsOf, oldestMessage, type ReferredCase } from './case-facts.ts'
export {
  cosignaturesOf,
  forgetCheckpoints,
  insertCheckpoint,
  latestCheckpoint,
} from './checkpoints.ts'
export { connecting } from './connection.ts'
export { recentCheckpoints } from './covering-checkpoints.ts'
export { checkpointBy, keepCosignature, lastCosigned } from './cosignatures.ts'
export { raiseCrlMarks, readCrlMarks } from './crl-marks.ts'
export { processesThere } from './data-keys.ts'
export { type Database, isOutage, openDatabase, type Queryable, transaction } from './database.ts'
export { discard, lockDead, pressingDead, resume } from './dead-letters.ts'
export {
  conclude,
  type Conclusion,
  consign,
  type Due,
  giveUp,
  hasten,
  lease,
  lockDue,
  overdueLanes,
  postpone,
  pressingBefore,
} from './deliveries.ts'
export {
  type DueCase,
  dueCases,
  eraseCase,
  ERASED,
  lastErasure,
  lockCase,
  takeRetention,
} from './erasures.ts'
export { heedUnfit } from './fitness.ts'
export { authorityCertificates, keepGrounds, revocationList, schemaOf } from './grounds.ts'
export { inboxVisitors, noteInboxVisit } from './inbox-visits.ts'
export { latestEntries, latestReceipts, type LeafRow, leavesOfMessage } from './latest-leaves.ts'
export { clearLog, rewriteTables } from './maintenance.ts'
export { inboxArrivals, inboxPage, type InboxRow, type Place } from './inbox.ts'
export { appendLeaves, feedOf, type Leaf, openLog, receiptOf, receiptsOf } from './leaves.ts'
export { type BackupAge, noteBackup, watchBackup } from './last-backup.ts'
export { logEntries } from './log-entries.ts'
export { hasLeaf, type LogState, logState } from './log-state.ts'
export { type MailTrouble, mailTroubles, noteMail } from './mail-troubles.ts'
export {
  closeLog,
  keepVerifierKeys,
  type LogInForce,
  logInForce,
  oldestUnpublished,
  pastLogs,
  placeOfLeaf,
  type Published,
  succeedLog,
} from './logs.ts'
export {
  acceptMessages,
  type Addressed,
  caseOf,
  findMessages,
  type MessageKey,
  type MessageRow,
  type NewMessage,
  readMessages,
  type SealedMessage,
  type Search,
  searchMessages,
  tookPart,
} from './messages.ts'
export { deadLettersOf, lastCalls, type OpenAt, openDeliveries } from './open-deliveries.ts'
export { alonePauses, endPause, lockLapsed, type Pause, pause, pauses } from './pauses.ts'
export { NewerSchemaFault } from './migrate.ts'
export { shownCertificates } from './own-certificates.ts'
export {
  forgetEntries,
  hold,
  lockParties,
  loggedEntries,
  type PinnedCertificate,
  recordEntries,
  recordPins,
  reconsider,
  release,
  signingCertificates,
} from './parties.ts'
export {
  type AttemptAt,
  deadByCause,
  type DeadOf,
  heldUrgent,
  type HeldByDesk,
  immediateUnread,
  latestAttempts,
  oldestOverdue,
  type PressingMessage,
} from './pressing.ts'
export {
  carryCase,
  countersIn,
  freeze,
  type FrozenStatistic,
  frozenPeriods,
  frozenStatistic,
  lockStatistics,
} from './statistics.ts'
export { takeRate } from './rate.ts'
export { type RecordFacts, recordFacts } from './record-facts.ts'
export { markRestored, restoredMark } from './restored.ts'
export { type Progress, rotate, type Rotation } from './rotation.ts'
export { openBytes, sealBytes, SealFault } from './sealing.ts'
export { repeatErasure, type SignedErasure, signedErasures } from './signed-erasures.ts'
export { type Silence, silences } from './silences.ts'
export {
  forgetSuccessorRequest,
  keepSuccessorRequest,
  type SuccessorRequest,
  successorRequest,
} from './successor-requests.ts'
export { type Trouble, troubles } from './troubles.ts'
export { type Held, heldSince, lockUnread, lookLater, tellUnread, type Unread, unreadMessages } from './unread.ts'
export {
  firstStamps,
  keepTimeStamp,
  stampedSize,
  stampTries,
  type StampTries,
  takeStampTurn,
} from './time-stamps.ts'
export { type ToldLeaf, toldLeaves } from './told-leaves.ts'
export { lockTree, makeTiles, oneAtATime, readTiles, tilesMade } from './tree.ts'
export type { Vault } from './vault.ts'
export { ANYTHING, type Wakes } from './wakes.ts'
export {
  askWayTest,
  endWayTest,
  isUntested,
  lastWayTest,
  takeWayTest,
  type WayTest,
  type WayTried,
} from './way-tests.ts'

/** The durable record, open: where everything is written before anybody is answered. */
export type OpenRecord = AsyncDisposable & {
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly dataKeys: Pick<Keyring, 'change' | 'cursorSecret' | 'isBehind'>
  /** The time that all processes agree on: the record's. */
  readonly clock: Pick<Clock, 'now'>
}

/**
 * Opens the record and brings it to this release's schema.
 * @param url PostgreSQL; @param dataKeys of 32 bytes; @param onError hears of connections that broke
 * @throws ConfigurationFault where the database cannot be reached, or was sealed with a data key that is not among them; NewerSchemaFault
 */
export async function openRecord(
  url: string,
  dataKeys: readonly Buffer[],
  onError: (error: unknown) => void,
): Promise<OpenRecord> {
  return await heedUnfit(() => open(url, dataKeys, onError))
}

async function open(url: string, lines: readonly Buffer[], onError: (error: unknown) => void): Promise<OpenRecord> {
  const opened = new AsyncDisposableStack()
  try {
    const database = opened.adopt(openDatabase(url, onError), (one) => one.end())
    await requireFitDatabase(database)
    await migrate(database)
    const dataKeys = opened.use(await openKeyring(database, lines, onError))
    const wakes = opened.adopt(await openWakes(url, database, onError), (one) => one.close())
    const clock = opened.use(await openClock(database, onError))
    const vault = openVault(dataKeys)
    opened.adopt(forgetErased(wakes, vault), (stop) => stop())
    return {
      database,
      wakes,
      vault,
      dataKeys,
      clock,
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

/**
 * Opens the record for what reads no contents, and needs no data key: a backup, a restore, a list of erasures.
 * @param upgrade whether it is brought to this release's schema; @throws as `openRecord`, but for the data key
 */
export async function openUnkeyed(
  url: string,
  onError: (error: unknown) => void,
  upgrade: boolean,
): Promise<AsyncDisposable & Pick<OpenRecord, 'database'>> {
  return await heedUnfit(async () => {
    const database = openDatabase(url, onError)
    try {
      await requireFitDatabase(database)
      if (upgrade) await migrate(database)
      return { database, [Symbol.asyncDispose]: () => database.end() }
    } catch (error) {
      await database.end()
      throw error
    }
  })
}

/** However seldom anything is erased. */
const FORGET_MS = 3_600_000

/** Takes the keys of erased cases out of this process's memory, whichever process has erased them. */
function forgetErased(wakes: Wakes, vault: Vault): () => Promise<void> {
  const stop = new AbortController()
  const following = (async () => {
    while (!stop.signal.aborted) {
      await wakes.next(ERASED, FORGET_MS, stop.signal)
      vault.forget()
    }
  })()
  return async () => {
    stop.abort()
    await following
  }
}
