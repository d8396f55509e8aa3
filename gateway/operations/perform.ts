import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto'
import type { Log } from '../base/base.ts'
import { digestText, type Lane, type Operator, Problem, type ReceiptEvent } from '../protocol/protocol.ts'
import { type Issuer, receiptContent } from '../log/log.ts'
import {
  askForTwo,
  type Database,
  endPending,
  type Leaf,
  type MessageRow,
  type Queryable,
  recordAct,
  transaction,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import { type Act, type ActName, acts, BULK, describeSubject, type Doing, type Effect, type Subjects } from './acts.ts'

/** An operator's decision, and why: the reason stays sealed in the record, the log has its digest (protocol section 10). */
export type Decision = { readonly operator: Operator; readonly reason: string }

/** How many messages an act has changed, or that it waits for an operator of another id. */
export type Performed = { readonly pending: true } | { readonly pending: false; readonly changed: number }

/** Does what the table of acts says. */
export type Acts = {
  /** An act on one message. @throws Problem: the refusal of its row */
  onMessage(name: ActName & MessageAct, message: MessageRow, decision: Decision): Promise<Performed>
  /** An act on an agency, again and again until nothing is left to do. */
  onAgency(name: ActName & AgencyAct, agency: string, decision: Decision): Promise<Performed>
  /** An act on a case. @throws Problem: the refusal of its row */
  onCase(name: ActName & CaseAct, caseId: string, decision: Decision): Promise<Performed>
  /** An act on an alarm that is on. @throws Problem: the refusal of its row */
  onAlarm(name: ActName & AlarmAct, alarm: Subjects['alarm'], decision: Decision): Promise<Performed>
}

type ActAbout<About> = { [Name in ActName]: (typeof acts)[Name]['about'] extends About ? Name : never }[ActName]
type MessageAct = ActAbout<'message'>
type AgencyAct = ActAbout<'agency'>
type CaseAct = ActAbout<'caseId'>
type AlarmAct = ActAbout<'alarm'>

type Needs = {
  readonly log: Log
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly issuer: Issuer
  readonly now: () => Date
  /** Calls a worker to drain a lane. A lost call is made good by the sweep. */
  readonly enqueue: (lane: Lane) => void
}

const SALT_BYTES = 16
/** For so long what one operator asked for waits for the second (protocol section 11). */
const PENDING_MS = 24 * 3_600_000

/** Opens the operators' acts. */
export function openActs(needs: Needs): Acts {
  return {
    onMessage: (name, message, decision) => performOnce(needs, name, acts[name], message, decision),
    onCase: (name, caseId, decision) => performOnce(needs, name, acts[name], caseId, decision),
    onAlarm: (name, alarm, decision) => performOnce(needs, name, acts[name], alarm, decision),
    async onAgency(name, agency, decision) {
      let changed = 0
      for (;;) {
        const done = await performOnce(needs, name, acts[name], agency, decision)
        if (done.pending) return done
        changed += done.changed
        if (done.changed < BULK) return { pending: false, changed }
      }
    },
  }
}

/** Effect, receipts, act and leaves in one transaction. */
async function performOnce<About extends keyof Subjects>(
  needs: Needs,
  name: ActName,
  act: Act<About>,
  subject: Subjects[About],
  decision: Decision,
): Promise<Performed> {
  const doing = { id: randomUUIDv7(), now: needs.now(), operator: decision.operator.id }
  const { now } = doing
  const about = describeSubject[act.about](subject)
  const work = async (tx: Queryable) => {
    if (!(await act.applies(tx, subject))) {
      if (act.refusal !== undefined) throw new Problem(act.refusal)
      return { result: undefined }
    }
    const asked = { act: name, subject: nameOf(about), operator: decision.operator.id, at: now }
    const turn = act.operators === 2 ? await askForTwo(tx, asked, new Date(now.getTime() - PENDING_MS)) : 'second'
    if (turn === 'again') return { result: 'pending' as const }
    const effect = turn === 'second' ? await act.does(tx, subject, doing) : undefined
    if (effect?.changed === 0) {
      if (act.refusal !== undefined) throw new Problem(act.refusal)
      return { result: effect }
    }
    if (act.ends.length > 0) await endPending(tx, act.ends, effect?.told?.messages.map(nameOfMessage) ?? [])
    const keepsReason = effect === undefined || act.takesItsReason !== true
    const pending = await writeAct(needs, tx, { ...doing, name, about, decision, effect, keepsReason })
    return { result: effect ?? ('pending' as const), pending }
  }
  const done = await needs.vault.sealing(() => transaction(needs.database, work))
  if (done === 'pending') return { pending: true }
  if (done !== undefined) announce(needs, name, decision, done)
  return { pending: false, changed: done?.changed ?? 0 }
}

type Written = Omit<Doing, 'operator'> & {
  readonly name: ActName
  readonly about: ReturnType<(typeof describeSubject)[keyof Subjects]>
  readonly decision: Decision
  readonly effect: Effect | undefined
  readonly keepsReason: boolean
}

/** The receipts of what was done, and the act behind them; gives the statements that the commit may follow at once. */
async function writeAct(
  { issuer, vault }: Needs,
  tx: Queryable,
  { id, now, name, about, decision: { operator, reason }, effect, keepsReason }: Written,
): Promise<readonly Promise<unknown>[]> {
  const salt = randomBytes(SALT_BYTES)
  const reasonDigest = digestText(createHash('sha256').update(salt).update(reason).digest())
  const act = await issuer.act(id, { act: name, operator: operator.id, reasonDigest, ...about }, now)
  const told = effect?.told
  const receipts = await Promise.all(told?.messages.map((message) => sign(issuer, message, told.event, now)) ?? [])
  const sealedReason = keepsReason ? vault.sealWords(`${salt.toString('base64url')}.${reason}`, id) : undefined
  const record = { id, at: now, act: name, operator: operator.id, sealedReason, subject: about, leaf: act }
  return [recordAct(tx, record, receipts)]
}

async function sign(issuer: Issuer, message: MessageRow, event: ReceiptEvent, now: Date): Promise<Leaf> {
  const receipt = await issuer.receipt({ event, ...receiptContent(message, message.attempts) }, now)
  return { ...receipt, messageNo: message.no, feed: message.sender }
}

function announce(
  { wakes, enqueue, log }: Needs,
  name: ActName,
  { operator }: Decision,
  { changed, told, wakes: topics = [] }: Effect,
): void {
  if (changed === 0) return
  const messages = told?.messages ?? []
  wakes.wake(new Set([...messages.map(({ sender }) => `receipts:${sender}`), ...topics]))
  if (told?.event === 'DeliveryResumed')
    for (const { recipient, priority } of messages) enqueue({ recipient, priority })
  log.info({ act: name, operator: operator.id, messages: changed }, 'an operator acted')
}

const nameOf = (about: Written['about']): string => Object.values(about).join(' ')
const nameOfMessage = (message: MessageRow): string => nameOf(describeSubject.message(message))
