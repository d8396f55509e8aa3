import { type Config, every, type Log, type Metrics } from '../base/base.ts'
import { type Facts, parseDigest, Problem } from '../protocol/protocol.ts'
import { type Database, findPut, type PutAttachment, type Vault } from '../record/record.ts'
import { type Asked, type Fetched, fetchAttachment } from './fetch.ts'
import { forgetPassed } from './forget.ts'
import { type Incoming, type Put, putAttachment } from './put.ts'
import { watchReach } from './reach.ts'
import { openRecordStore } from './record-store.ts'
import { openScanner } from './scan.ts'
import type { ChunkStore } from './store.ts'

export type { Fetched } from './fetch.ts'

type Settings =
  | 'attachmentQuota'
  | 'attachmentGraceMs'
  | 'attachmentsUrl'
  | 'attachmentsCredentialsFile'
  | 'clamd'
  | 'roles'

type Needs = {
  readonly config: Pick<Config, Settings>
  readonly database: Database
  readonly vault: Vault
  readonly log: Log
  readonly metrics: Metrics
  readonly now: () => Date
}

/** What attachments need and cannot reach just now. */
export type Away = 'attachment-store-away' | 'scanner-away'

/** What agencies do with attachments (protocol section 9). */
export type Attachments = AsyncDisposable & {
  /** Takes what an agency puts. @throws Problem: see `put.ts` */
  put(incoming: Incoming): Promise<Put>
  /** What a message names, as its sender has put it. @throws Problem `attachment-missing` */
  find(envelope: Pick<Facts, 'from' | 'attachments'>): Promise<readonly PutAttachment[]>
  /** An attachment of a message that an agency was sent. @throws Problem `not-found`, `erased` */
  fetch(asked: Asked): Promise<Fetched>
  away(): readonly Away[]
}

/** How often it is looked whether something has passed; more often where it passes soon. */
const LOOK_MS = 60_000
const LOOKS_A_GRACE = 10

/**
 * Opens the attachments; where this process is a worker, it also deletes what has passed.
 * @throws ConfigurationFault for a store outside the record that cannot be used
 */
export async function openAttachments(needs: Needs): Promise<Attachments> {
  const { config, database, log, metrics } = needs
  const record = openRecordStore(database)
  const outside = await openOutside(config, log)
  const scanner = config.clamd === undefined ? undefined : openScanner(config.clamd)
  const scannerReach = scanner && watchReach('the scanner for malware', () => scanner.ping(), log)
  const own = {
    ...needs,
    store: outside ?? record,
    outside,
    scanner,
    // What was put while there was no store outside the record, or there was one, stays where it is.
    storeOf: (name: string | null) => (name === null ? record : (outside ?? noStore())),
    quota: config.attachmentQuota,
    graceMs: config.attachmentGraceMs,
  }
  const stopForgetting = config.roles.has('worker')
    ? every(
        Math.min(LOOK_MS, own.graceMs / LOOKS_A_GRACE),
        async (stop) => metrics.attachmentsForgotten.inc(await forgetPassed(own, stop)),
        (error) => log.warn({ err: error }, 'attachments that no message names could not be deleted'),
      )
    : async () => undefined
  return {
    async put(incoming) {
      const put = await putAttachment(own, incoming)
      if (put.isNew) metrics.attachmentsPut.inc()
      return put
    },
    find: ({ from, attachments }) => findNamed(database, from, attachments),
    fetch: (asked) => fetchAttachment(own, asked),
    away: () => [
      ...(outside?.reach.isAway === true ? (['attachment-store-away'] as const) : []),
      ...(scannerReach?.isAway === true ? (['scanner-away'] as const) : []),
    ],
    async [Symbol.asyncDispose]() {
      await Promise.all([stopForgetting(), scannerReach?.close()])
      await outside?.close()
    },
  }
}

/** Loaded only where somebody has set it up. */
async function openOutside({ attachmentsUrl: url, ...config }: Needs['config'], log: Log) {
  if (url === undefined) return undefined
  const { openS3Store } = await import('./s3-store.ts')
  return await openS3Store(url, config, log)
}

/** It lies in a store that this process has not been told of. */
function noStore(): ChunkStore {
  throw new Problem('unavailable')
}

/** @throws Problem `attachment-missing` where one of them was not put by this agency, or with another size or type */
async function findNamed(
  database: Database,
  owner: string,
  named: Facts['attachments'],
): Promise<readonly PutAttachment[]> {
  const found = await findPut(
    database,
    owner,
    named.map(({ digest }) => parseDigest(digest)),
  )
  const isPut = ({ digest, size, mediaType }: (typeof named)[number]): boolean =>
    found.some((put) => put.digest.equals(parseDigest(digest)) && put.size === size && put.media_type === mediaType)
  if (!named.every(isPut)) throw new Problem('attachment-missing')
  return found
}
