import type { FaultPoint, Log } from '../base/base.ts'
import { parseCheckpoint, parseNote } from '../protocol/protocol.ts'
import {
  closeLog,
  type Database,
  latestCheckpoint,
  type LogInForce,
  logInForce,
  oldestUnpublished,
  oneAtATime,
  pastLogs,
  type Published,
  transaction,
} from '../record/record.ts'
import { agrees } from './growing.ts'
import { type Marks, readMarks, writeMarks } from './mark.ts'

/** A checkpoint that may be shown: it is durable in the record, and written down beside the data folder. */
export type PublishedCheckpoint = Published & { readonly root: Buffer; readonly at: Date; readonly note: string }

export type Publishing = {
  /** Looks at the record, writes down what is new, and only then has it shown. */
  look(): Promise<void>
  /** The newest checkpoint of the log in force; undefined where there is none yet. */
  latest(): PublishedCheckpoint | undefined
  /** The log in force, as last looked at. */
  log(): LogInForce | undefined
  /** When the oldest leaf was made that is in no checkpoint which this process shows; undefined where all are. */
  waitingSince(): Date | undefined
  /** How many logs came before the one in force. */
  past(): number
  /** What this process knows to have been published of a log. */
  known(origin: string): Published | undefined
}

type Needs = {
  readonly database: Database
  readonly file: string
  readonly fault: FaultPoint
  readonly log: Log
  readonly now: () => Date
}

/**
 * Opens what this process publishes of the log. No checkpoint is shown to anybody before it is in the record for good, nor before it
 * stands in the file: so a record that has gone back is known by it.
 * @throws ConfigurationFault where the file cannot be used
 */
export async function openPublishing(needs: Needs): Promise<Publishing> {
  const { database, file, fault, now } = needs
  let marks: Marks = await readMarks(file)
  let shown: PublishedCheckpoint | undefined
  let inForce: LogInForce | undefined
  let waiting: Date | undefined
  let past = 0
  const last = marks.length === 0 ? await latestCheckpoint(database) : undefined
  if (last !== undefined)
    needs.log.warn(
      { published: last.size },
      'nothing beside the data folder says what was published of the evidence log: whether this record is old only witnesses know',
    )
  const known = (origin: string): Marks[number] | undefined => marks.findLast((mark) => mark.origin === origin)

  /** Another process may use the same file. */
  async function note(next: Marks[number]): Promise<void> {
    await oneAtATime(database, async () => {
      const standing = await readMarks(file)
      const other = standing.find(({ origin }) => origin === next.origin)
      const largest = other !== undefined && other.size >= next.size ? other : next
      const noted = [...standing.filter(({ origin }) => origin !== next.origin), largest]
      if (largest === next) await writeMarks(file, noted, fault)
      // Not before: what could not be written down is not known to have been published.
      marks = noted
    })
  }

  /** Where the record has not got what was published, nothing goes on. */
  async function close(log: LogInForce, lost: Published): Promise<void> {
    needs.log.error(
      { origin: log.origin, leaves: log.size, published: lost.size },
      'the record is older than what was published of its log: the log is closed, and the gateway serves reading only',
    )
    await transaction(database, async (tx) => {
      const standing = await logInForce(tx, true)
      if (standing.origin === log.origin) await closeLog(tx, lost, now())
      return { result: undefined }
    })
  }

  async function show(log: LogInForce): Promise<void> {
    const row = await latestCheckpoint(database)
    // Its own text says whose it is: a successor may have come between the two queries.
    const origin = row && parseCheckpoint(parseNote(row.note).text).origin
    if (row === undefined || origin !== log.origin) {
      shown = undefined
      return
    }
    // What is left of a log that was closed may be looked at; it is nothing new.
    const isNew = log.closedAt === undefined && row.size > (known(origin)?.size ?? 0)
    if (isNew) await note({ origin, size: row.size, root: row.root })
    shown = { origin, ...row }
    if (log.closedAt === undefined) fault('published')
  }

  return {
    known,
    latest: () => shown,
    log: () => inForce,
    waitingSince: () => waiting,
    past: () => past,
    async look() {
      const log = await logInForce(database)
      const lost = log.closedAt === undefined ? await lostOf(database, log, marks) : undefined
      if (lost !== undefined) await close(log, lost)
      inForce = lost === undefined ? log : await logInForce(database)
      past = (await pastLogs(database)).length
      try {
        await show(inForce)
      } finally {
        // Also where a checkpoint is durable and cannot be written down: then nobody is shown it.
        waiting = await oldestUnpublished(database, inForce.base + (shown?.origin === inForce.origin ? shown.size : 0))
      }
    },
  }
}

/** What was published, and is not in the record. Where the tree is still to be grown so far, nothing is said, and nothing signed. */
async function lostOf(database: Database, log: LogInForce, marks: Marks): Promise<Published | undefined> {
  const own = marks.findLast(({ origin }) => origin === log.origin)
  if (own === undefined) return undefined
  // A successor of this log was published, of which the record knows nothing.
  const later = marks.slice(marks.indexOf(own) + 1).at(-1)
  if (later !== undefined && !(await pastLogs(database)).some(({ origin }) => origin === later.origin)) return later
  if (own.size > log.size) return own
  const last = await latestCheckpoint(database)
  if (last === undefined || last.size < own.size) return undefined
  return (await agrees(database, log, own)) ? undefined : own
}
