import { Problem, type ProblemCode, type ReceiptEvent } from '../protocol/protocol.ts'
import {
  acknowledgeAlarm,
  type ActSubject,
  discard,
  ERASED,
  eraseCase,
  lockAlarm,
  lockCase,
  lockDead,
  type MessageRow,
  type Queryable,
  resume,
  searchMessages,
  type StandingAlarm,
} from '../record/record.ts'
import { AGENCY_ALARMS } from './alarms.ts'

/** What an act may be about. */
export type Subjects = {
  readonly message: MessageRow
  readonly agency: string
  readonly caseId: string
  readonly alarm: Pick<StandingAlarm, 'id' | 'code' | 'subject'>
}

/**
 * What an act has done: to how many messages, what is told of them, and whom it wakes. Where it has changed none, nothing was done,
 * and no leaf is written.
 */
export type Effect = {
  readonly changed: number
  /** To each of these messages this event happened; it has a receipt that says so. */
  readonly told?: { readonly messages: readonly MessageRow[]; readonly event: ReceiptEvent }
  readonly wakes?: readonly string[]
}

/** When, by whom and under which id an act is done: its leaf bears them. */
export type Doing = { readonly id: string; readonly now: Date; readonly operator: string }

/** A row of the table: all that tells one act from another. */
export type Act<About extends keyof Subjects> = {
  readonly about: About
  /**
   * Two: of different ids, the second within a day of the first. What is about an agency goes on in as many transactions as it
   * takes, and each would wait for a second operator again: one.
   */
  readonly operators: About extends 'agency' ? 1 : 1 | 2
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
  readonly applies: (tx: Queryable, subject: Subjects[About]) => Promise<boolean>
  /** Does it. What was not in a state for it any more is left as it is. */
  readonly does: (tx: Queryable, subject: Subjects[About], doing: Doing) => Promise<Effect>
}

/** As many dead letters as one transaction puts back. */
export const BULK = 200

/** What operators may do (protocol section 11). The routes, the leaf and the second operator follow from the row. */
export const acts = {
  retry: {
    about: 'message',
    operators: 1,
    ends: ['discard'],
    refusal: 'not-a-dead-letter',
    applies: isDead,
    does: (tx, message, { now }) => putBack(tx, [message], now),
  } satisfies Act<'message'>,
  'retry-all': {
    about: 'agency',
    operators: 1,
    ends: ['discard'],
    applies: () => Promise.resolve(true),
    does: async (tx, recipient, { now }) =>
      putBack(tx, await searchMessages(tx, { state: 'dead-lettered', recipient, limit: BULK }), now),
  } satisfies Act<'agency'>,
  discard: {
    about: 'message',
    operators: 2,
    ends: [],
    refusal: 'not-a-dead-letter',
    applies: isDead,
    does: async (tx, message) =>
      tell((await discard(tx, [message.no])).has(message.no) ? [message] : [], 'MessageDiscarded'),
  } satisfies Act<'message'>,
  erase: {
    about: 'caseId',
    operators: 2,
    ends: [],
    refusal: 'erased',
    takesItsReason: true,
    applies: isErasable,
    does: async (tx, caseId, { id, now }) => ({
      changed: (await eraseCase(tx, { actId: id, caseId, at: now })) ?? 0,
      wakes: [ERASED],
    }),
  } satisfies Act<'caseId'>,
  acknowledge: {
    about: 'alarm',
    operators: 1,
    ends: [],
    applies: (tx, { id }) => lockAlarm(tx, id),
    does: async (tx, alarm, { id, operator }) => ({
      changed: Number(await acknowledgeAlarm(tx, alarm.id, operator, id)),
    }),
  } satisfies Act<'alarm'>,
} as const

export type ActName = keyof typeof acts

/** What an act's leaf says that it is about. */
export const describeSubject: { readonly [About in keyof Subjects]: (subject: Subjects[About]) => ActSubject } = {
  message: ({ sender, id, case_id }) => ({ from: sender, messageId: id, caseId: case_id }),
  agency: (agency) => ({ agency }),
  caseId: (caseId) => ({ caseId }),
  alarm: ({ code, subject }) => ({ alarm: code, ...(AGENCY_ALARMS.has(code) && { agency: subject }) }),
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
