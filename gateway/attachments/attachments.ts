import { type Config, every, type Log, type Metrics } from '../base/base.ts'
import { type Facts, parseDigest, Problem } from '../protocol/protocol.ts'
import { type Database, findPut, type PutAttachment, type Vault } from '../record/record.ts'
import { type Asked, type Fetched, fetchAttachment } from './fetch.ts'
import { forgetPassed } from './forget.ts'
import { type Incoming, type Put, putAttachment, type Scanning } from './put.ts'
import { openRecordStore } from './record-store.ts'

export type { Fetched } from './fetch.ts'

type Needs = {
  readonly config: Pick<Config, 'attachmentQuota' | 'attachmentGraceMs' | 'roles'>
  readonly database: Database
  readonly vault: Vault
  readonly log: Log
  readonly metrics: Metrics
  readonly now: () => Date
  readonly scanner?: Scanning | undefined
}

/** What agencies do with attachments (protocol section 9). */
export type Attachments = AsyncDisposable & {
  /** Takes what an agency puts. @throws Problem: see `put.ts` */
  put(incoming: Incoming): Promise<Put>
  /** What a message names, as its sender has put it. @throws Problem `attachment-missing` */
  find(envelope: Pick<Facts, 'from' | 'attachments'>): Promise<readonly PutAttachment[]>
  /** An attachment of a message that an agency was sent. @throws Problem `not-found`, `erased` */
  fetch(asked: Asked): Promise<Fetched>
}

/** How often it is looked whether something has passed; more often where it passes soon. */
const LOOK_MS = 60_000
const LOOKS_A_GRACE = 10

/** Opens the attachments; where this process is a worker, it also deletes what has passed. */
export function openAttachments(needs: Needs): Attachments {
  const { config, database, log, metrics } = needs
  const store = openRecordStore(database)
  const own = {
    ...needs,
    store,
    storeOf: () => store,
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
    [Symbol.asyncDispose]: stopForgetting,
  }
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
