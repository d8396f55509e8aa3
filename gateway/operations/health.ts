import type { LaneQueue } from '../delivery/delivery.ts'
import { type Database, transaction } from '../record/record.ts'
import { codeOf, within } from '../base/base.ts'
import { shareFor } from './share-for.ts'

/** Why the gateway cannot do its work just now; nothing where it can. */
export type Health = { reasons(): Promise<readonly Reason[]> }

/** What a part that answers says where it takes no writes, by part of what it says; of the rest it is `unreachable`. */
const REFUSALS = {
  record: [
    { says: /^25006$/, reason: 'record-read-only' },
    { says: /^53[12]00$/, reason: 'record-full' },
  ],
  queue: [
    { says: /\bREADONLY\b/, reason: 'queue-read-only' },
    { says: /\bOOM\b/, reason: 'queue-full' },
    { says: /\bMISCONF\b/, reason: 'queue-not-saving' },
    { says: /\bNOREPLICAS\b/, reason: 'queue-without-replicas' },
  ],
} as const

export type Reason =
  | `${keyof typeof REFUSALS}-unreachable`
  | (typeof REFUSALS)[keyof typeof REFUSALS][number]['reason']
  | 'stopping'

/** All that can be said, for whoever documents it. */
export const reasons: readonly Reason[] = [
  ...Object.entries(REFUSALS).flatMap(([part, refusals]): Reason[] => [
    `${part as keyof typeof REFUSALS}-unreachable`,
    ...refusals.map(({ reason }) => reason),
  ]),
  'stopping',
]

/** An answer that takes longer than this is none. */
const ANSWER_MS = 3_000
/** Whoever can reach the port may ask; each asking writes to the disk. */
const FRESH_MS = 1_000

/** Writes into the record and the queue to see whether they take it, at most once a second however many ask. */
export function createHealth(database: Database, queue: Pick<LaneQueue, 'probe'>, stopping: AbortSignal): Health {
  const refusals = shareFor(FRESH_MS, async () => {
    const found = await Promise.all([
      refusalOf('record', writeRecord(database), (error) => codeOf(error)),
      refusalOf('queue', queue.probe(), (error) => (error instanceof Error ? error.message : '')),
    ])
    return found.filter((reason) => reason !== undefined)
  })

  return {
    async reasons() {
      return [...(await refusals()), ...(stopping.aborted ? (['stopping'] as const) : [])]
    },
  }
}

/**
 * Writes what leaves nothing behind but a few bytes of write-ahead log: a server that is read-only, a standby, or a full disk
 * refuses it. A transaction that may not write could still do this, so that is asked first.
 */
async function writeRecord(database: Database): Promise<void> {
  await transaction(database, async (tx) => {
    const { rows } = await tx.query<{ read_only: boolean }>(
      `select current_setting('transaction_read_only')::boolean as read_only`,
    )
    if (rows[0]?.read_only === true) throw Object.assign(new Error('the record is read-only'), { code: '25006' })
    return { result: undefined, pending: [tx.query(`select pg_logical_emit_message(true, 'passerelle', 'ready?')`)] }
  })
}

/** Nothing where a write was taken in time. */
async function refusalOf(
  part: keyof typeof REFUSALS,
  written: Promise<void>,
  saying: (error: unknown) => string,
): Promise<Reason | undefined> {
  const outcome = within(
    ANSWER_MS,
    written.then(
      () => 'taken' as const,
      (error: unknown): Reason =>
        REFUSALS[part].find(({ says }) => says.test(saying(error)))?.reason ?? `${part}-unreachable`,
    ),
  )
  const found = (await outcome) ?? (`${part}-unreachable` as const)
  return found === 'taken' ? undefined : found
}
