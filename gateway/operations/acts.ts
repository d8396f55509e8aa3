import { Problem, type ProblemCode, type ReceiptEvent } from '../protocol/protocol.ts'
import type { ReasonCode } from './reasons.ts'
import {
  acknowledgeAlarm,
  askWayTest,
  type ActSubject,
  carryCase,
  discard,
  endPause,
  ERASED,
  eraseCase,
  isUntested,
  lockAlarm,
  lockCase,
  lockDead,
  lockParties,
  lockUnread,
  type MessageRow,
  pause,
  pauses,
  pressingDead,
  type Queryable,
  resume,
  type StandingAlarm,
  takeBulkTurn,
  type Vault,
} from '../record/record.ts'
import { AGENCY_ALARMS } from './alarms.ts'

/** What an act may be about; `shift`: nothing but who comes next. */
export type Subjects = {
  readonly message: MessageRow
  readonly agency: string
  readonly caseId: string
  readonly alarm: Pick<StandingAlarm, 'id' | 'code' | 'subject'>
  readonly shift: undefined
  /** The log in force, and the last checkpoint that was published of it. */
  readonly log: { readonly origin: string; readonly size: number; readonly rootHash?: string }
}

/** What an act has done: to how many messages, or whatever else it is about, what is told of them, and whom it wakes. */
export type Effect = {
  /** Where it is none, nothing was done, and no leaf is written. */
  readonly changed: number
  /** To each of these messages this event happened; it has a receipt that says so. */
  readonly told?: { readonly messages: readonly MessageRow[]; readonly event: ReceiptEvent }
  readonly wakes?: readonly string[]
  /** It is not its turn yet. */
  readonly waits?: true
  /** An agency whose lanes are called: what was held for it goes on. */
  readonly released?: string
}

/** When, and under which id, an act is done: its leaf bears both. */
export type Doing = {
  readonly id: string
  readonly now: Date
  readonly operator: string
  readonly vault: Vault
  /** Whether the registry in force lets deliveries to an agency go on. */
  readonly isActive: (agency: string) => boolean
}

/** A row of the table: all that tells one act from another. */
export type Act<About extends keyof Subjects> = {
  readonly about: About
  /** Why it may be done, as codes: a person adds words. */
  readonly reasons: readonly ReasonCode[]
  /**
   * Two: of different ids, the second within a day of the first. What is about an agency goes on in as many transactions as it
   * takes, and each would wait for a second operator again: one.
   */
  readonly operators: About extends 'agency' | 'shift' ? 1 : 1 | 2
  /** Acts that wait for a second operator and that this one, done to the same message, ends. */
  readonly ends: readonly string[]
  /** The refusal where there is nothing to do; without it that is no fault. */
  readonly refusal?: ProblemCode
  /** The reason is kept only until the act is done: it speaks of what is erased. */
  readonly takesItsReason?: true
  /**
   * Whether there is something to do just now; what it looks at is locked until the transaction ends.
   * @throws Problem a refusal that says more
   */
  readonly applies: (tx: Queryable, subject: Subjects[About], now: Date) => Promise<boolean>
  /** It goes on, some messages at a time, until nothing is left or something stops it. */
  readonly inTurns?: true
  /** Does it. What was not in a state for it any more is left as it is. */
  readonly does: (tx: Queryable, subject: Subjects[About], doing: Doing) => Promise<Effect>
}

/** So many dead letters of an agency are put back at once, */
export const BULK = 10
/** and the next no sooner: 20 in any second at the most (protocol section 11). */
export const TURN_MS = 600

/** Between two tests of one agency: nobody's mail is to be filled. */
const TEST_MS = 60_000

/** What operators may do (protocol section 11). The routes, the leaf and the second operator follow from the row. */
export const acts = {
  retry: {
    about: 'message',
    reasons: ['fault-mended', 'agency-asked', 'other'],
    operators: 1,
    ends: ['discard'],
    refusal: 'not-a-dead-letter',
    applies: isDead,
    does: (tx, message, { now }) => putBack(tx, [message], now),
  } satisfies Act<'message'>,
  'retry-all': {
    about: 'agency',
    reasons: ['fault-mended', 'agency-asked', 'other'],
    operators: 1,
    ends: ['discard'],
    inTurns: true,
    applies: async (tx, agency) => (await pauses(tx, agency)).length === 0,
    does: async (tx, agency, { now }) =>
      (await takeBulkTurn(tx, agency, TURN_MS))
        ? putBack(tx, await pressingDead(tx, agency, BULK), now)
        : { changed: 0, waits: true },
  } satisfies Act<'agency'>,
  discard: {
    about: 'message',
    reasons: ['told-otherwise', 'sent-again', 'sent-in-error', 'other'],
    operators: 2,
    ends: [],
    refusal: 'not-a-dead-letter',
    applies: isDead,
    does: async (tx, message) =>
      tell((await discard(tx, [message.no])).has(message.no) ? [message] : [], 'MessageDiscarded'),
  } satisfies Act<'message'>,
  erase: {
    about: 'caseId',
    reasons: ['court-order', 'person-asked', 'retention', 'sent-in-error', 'other'],
    operators: 2,
    ends: [],
    refusal: 'erased',
    takesItsReason: true,
    applies: isErasable,
    does: async (tx, caseId, { id, now, vault }) => {
      await carryCase(tx, vault, caseId)
      return { changed: (await eraseCase(tx, { actId: id, caseId, at: now })) ?? 0, wakes: [ERASED] }
    },
  } satisfies Act<'caseId'>,
  pause: {
    about: 'agency',
    reasons: ['agency-asked', 'maintenance', 'incident', 'wrong-endpoint', 'other'],
    operators: 1,
    ends: [],
    applies: always,
    does: async (tx, agency, { operator, now }) => {
      await lockParties(tx)
      return { changed: Number(await pause(tx, { agency, operator, now })) }
    },
  } satisfies Act<'agency'>,
  resume: {
    about: 'agency',
    reasons: ['agency-asked', 'fault-mended', 'other'],
    operators: 1,
    ends: [],
    applies: always,
    does: (tx, agency, doing) => endPauseOf(tx, agency, doing),
  } satisfies Act<'agency'>,
  telephoned: {
    about: 'message',
    reasons: ['reached', 'will-read', 'left-message', 'no-answer', 'wrong-number', 'other'],
    operators: 1,
    ends: [],
    refusal: 'not-unread',
    applies: (tx, { no }) => lockUnread(tx, no),
    does: () => Promise.resolve({ changed: 1 }),
  } satisfies Act<'message'>,
  'test-notification': {
    about: 'agency',
    reasons: ['agency-asked', 'fault-mended', 'maintenance', 'other'],
    operators: 1,
    ends: [],
    refusal: 'rate-limited',
    applies: (tx, agency, now) => isUntested(tx, agency, new Date(now.getTime() - TEST_MS)),
    does: async (tx, agency, doing) => {
      await askWayTest(tx, { agency, ...doing })
      return { changed: 1 }
    },
  } satisfies Act<'agency'>,
  handover: {
    about: 'shift',
    reasons: ['other'],
    operators: 1,
    ends: [],
    applies: always,
    does: () => Promise.resolve({ changed: 1 }),
  } satisfies Act<'shift'>,
  acknowledge: {
    about: 'alarm',
    reasons: ['incident', 'maintenance', 'other'],
    operators: 1,
    ends: [],
    applies: (tx, { id }) => lockAlarm(tx, id),
    does: async (tx, alarm, { id, operator }) => ({
      changed: Number(await acknowledgeAlarm(tx, alarm.id, operator, id)),
    }),
  } satisfies Act<'alarm'>,
  // It is done by `succession.ts`: its leaves can be appended only when there is a log for them.
  succeed: {
    about: 'log',
    reasons: ['record-restored', 'incident', 'other'],
    operators: 2,
    ends: [],
    refusal: 'log-in-force',
    applies: always,
    does: () => Promise.resolve({ changed: 1 }),
  } satisfies Act<'log'>,
} as const

export type ActName = keyof typeof acts

/** Ends a pause, and lets go on what it held. It waits for whoever puts a registry in force, who may hold the same agency. */
export async function endPauseOf(
  tx: Queryable,
  agency: string,
  { isActive, now }: Pick<Doing, 'isActive' | 'now'>,
): Promise<Effect> {
  await lockParties(tx)
  const ended = await endPause(tx, agency, isActive(agency), now)
  return { changed: Number(ended), ...(ended && { released: agency }) }
}

/** What an act's leaf says that it is about. */
export const describeSubject: { readonly [About in keyof Subjects]: (subject: Subjects[About]) => ActSubject } = {
  message: ({ sender, id, case_id }) => ({ from: sender, messageId: id, caseId: case_id }),
  agency: (agency) => ({ agency }),
  caseId: (caseId) => ({ caseId }),
  alarm: ({ code, subject }) => ({ alarm: code, ...(AGENCY_ALARMS.has(code) && { agency: subject }) }),
  shift: () => ({}),
  log: () => ({}),
}

function always(): Promise<boolean> {
  return Promise.resolve(true)
}

async function isDead(tx: Queryable, { no }: MessageRow): Promise<boolean> {
  return await lockDead(tx, no)
}

/** @throws Problem `not-found` for a case without messages, `case-not-settled`: erasing must not be a quiet way to drop one */
async function isErasable(tx: Queryable, caseId: string): Promise<boolean> {
  const { standing } = await lockCase(tx, caseId)
  if (standing === 'unknown') throw new Problem('not-found')
  if (standing === 'unsettled') throw new Problem('case-not-settled')
  return standing === 'settled'
}

const tell = (messages: readonly MessageRow[], event: ReceiptEvent): Effect => ({
  changed: messages.length,
  told: { messages, event },
})

async function putBack(tx: Queryable, messages: readonly MessageRow[], now: Date): Promise<Effect> {
  const resumed = await resume(
    tx,
    messages.map(({ no }) => no),
    now,
  )
  return tell(
    messages.filter(({ no }) => resumed.has(no)),
    'DeliveryResumed',
  )
}
