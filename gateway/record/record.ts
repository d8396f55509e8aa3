import { ConfigurationFault, settingName } from '../base/base.ts'
import { heedUnfit, requireFitDatabase } from './fitness.ts'
import { type Clock, openClock } from './clock.ts'
import { type Database, openDatabase, transaction } from './database.ts'
import { migrate } from './migrate.ts'
import { dataKeyCheck } from './parties.ts'
import { openBytes, sealBytes } from './sealing.ts'
import { openVault, type Vault } from './vault.ts'
import { openWakes, type Wakes } from './wakes.ts'

export { acknowledgeMessages, type NewAcknowledgement } from './acknowledgements.ts'
export { type ActSubject, askForTwo, endPending, recordAct } from './acts.ts'
export { takeBytes } from './daily-bytes.ts'
export { type Disk, type DiskState, watchDisk } from './disk.ts'
export { type Attempt, type AttemptRow, attemptsOf, insertAttempts } from './attempts.ts'
export { type Backlog, backlog, waitingForOthers } from './backlog.ts'
export { casesReferred, factsOf, oldestMessage, type ReferredCase } from './case-facts.ts'
export { connecting } from './connection.ts'
export { raiseCrlMarks, readCrlMarks } from './crl-marks.ts'
export { type Database, isOutage, type Queryable, transaction } from './database.ts'
export { discard, lockDead, resume } from './dead-letters.ts'
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
export { heedUnfit } from './fitness.ts'
export { inboxVisitors, noteInboxVisit } from './inbox-visits.ts'
export { inboxArrivals, inboxPage, type InboxRow, type Place } from './inbox.ts'
export { appendLeaves, feedOf, type Leaf, openLog, receiptOf, receiptsOf } from './leaves.ts'
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
  release,
  signingCertificates,
} from './parties.ts'
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
export type { Vault } from './vault.ts'
export type { Wakes } from './wakes.ts'

/** The durable record, open: where everything is written before anybody is answered. */
export type OpenRecord = AsyncDisposable & {
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  /** The time that all processes agree on: the record's. */
  readonly clock: Pick<Clock, 'now'>
}

/**
 * Opens the record and brings it to this release's schema.
 * @param url PostgreSQL; @param dataKey 32 bytes; @param onError hears of connections that broke
 * @throws ConfigurationFault where the database cannot be reached, or was sealed with another data key; NewerSchemaFault
 */
export async function openRecord(url: string, dataKey: Buffer, onError: (error: unknown) => void): Promise<OpenRecord> {
  return await heedUnfit(() => open(url, dataKey, onError))
}

async function open(url: string, dataKey: Buffer, onError: (error: unknown) => void): Promise<OpenRecord> {
  const opened = new AsyncDisposableStack()
  try {
    const database = opened.adopt(openDatabase(url, onError), (one) => one.end())
    await requireFitDatabase(database)
    await migrate(database)
    await checkDataKey(database, dataKey)
    const wakes = opened.adopt(await openWakes(url, database, onError), (one) => one.close())
    const clock = opened.use(await openClock(database, onError))
    return {
      database,
      wakes,
      vault: openVault(dataKey),
      clock,
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

/** The record's data key must be this gateway's: what is written under another nobody could read. */
async function checkDataKey(database: Database, dataKey: Buffer): Promise<void> {
  const place = Buffer.from('data-key-check')
  const check = await transaction(database, async (tx) => ({
    result: await dataKeyCheck(tx, sealBytes(dataKey, Buffer.alloc(0), place)),
  }))
  try {
    openBytes(dataKey, check, place)
  } catch {
    throw new ConfigurationFault(
      `${settingName('dataKeyFile')}: the data key is not the one that this record was sealed with`,
    )
  }
}
