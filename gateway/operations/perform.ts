import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Log, Step, Tracing } from '../base/base.ts'
import type { Registry } from '../identity/identity.ts'
import { digestText, type Lane, type Operator, priorities, Problem, type ReceiptEvent } from '../protocol/protocol.ts'
import { type Issuer, receiptContent } from '../log/log.ts'
import { stepOf } from '../exchange/exchange.ts'
import {
  appendLeaves,
  askForTwo,
  type Database,
  endPending,
  isDone,
  type Leaf,
  type MessageRow,
  type Queryable,
  recordAct,
  transaction,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import {
  type Act,
  type ActName,
  acts,
  BULK,
  describeSubject,
  type Doing,
  type Effect,
  type Subjects,
  TURN_MS,
} from './acts.ts'
import type { ReasonCode } from './reasons.ts'

/** An operator's decision, and why: the words stay sealed in the record, the log has their digest (protocol section 10). */
export type Decision = {
  readonly operator: Operator
  /** The act's id where whoever asks knows it before: asked for twice with one id, an act is done once. */
  readonly id?: string | undefined
  readonly reason: string
  /** Of the act's list. */
  readonly code?: ReasonCode | undefined
  /** When the operator rang. */
  readonly rangAt?: Date | undefined
}

/** What an act has changed, and what kept it from going on; or that it waits for an operator of another id. */
export type Performed =
  | { readonly pending: true }
  | {
      readonly pending: false
      readonly changed: number
      readonly stopped?: 'paused' | 'stopping'
      /** It was done already, under the id that the decision names. */
      readonly repeated?: true
    }

/** Does what the table of acts says. All refuse an operator who may only watch: Problem `not-permitted`. */
export type Acts = {
  /** An act on one message. @throws Problem: the refusal of its row */
  onMessage(name: ActName & MessageAct, message: MessageRow, decision: Decision): Promise<Performed>
  /** An act on an agency; one that goes on in turns, until nothing is left, the agency is paused or the process stops. */
  onAgency(name: ActName & AgencyAct, agency: string, decision: Decision): Promise<Performed>
  /** An act on a case. @throws Problem: the refusal of its row */
  onCase(name: ActName & CaseAct, caseId: string, decision: Decision): Promise<Performed>
  /** An act on an alarm that is on. @throws Problem: the refusal of its row */
  onAlarm(name: ActName & AlarmAct, alarm: Subjects['alarm'], decision: Decision): Promise<Performed>
  /** A note to who comes next: the decision's reason. */
  onShift(name: ActName & ShiftAct, decision: Decision): Promise<Performed>
}

type ActAbout<About> = { [Name in ActName]: (typeof acts)[Name]['about'] extends About ? Name : never }[ActName]
type MessageAct = ActAbout<'message'>
type AgencyAct = ActAbout<'agency'>
type CaseAct = ActAbout<'caseId'>
type AlarmAct = ActAbout<'alarm'>
type ShiftAct = ActAbout<'shift'>

type Needs = {
  readonly log: Log
  readonly tracing: Tracing
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly issuer: Issuer
  /** The registry in force now. */
  readonly registry: () => Registry
  readonly stopping: AbortSignal
  readonly now: () => Date
  /** Calls a worker to drain a lane. A lost call is made good by the sweep. */
  readonly enqueue: (lane: Lane) => void
}

const SALT_BYTES = 16
/** For so long what one operator asked for waits for the second (protocol section 11). */
export const PENDING_MS = 24 * 3_600_000

/** Opens the operators' acts. */
export function openActs(needs: Needs): Acts {
  return {
    onMessage: (name, message, decision) => performOnce(needs, name, acts[name], message, decision),
    onCase: (name, caseId, decision) => performOnce(needs, name, acts[name], caseId, decision),
    onAlarm: (name, alarm, decision) => performOnce(needs, name, acts[name], alarm, decision),
    onAgency: (name, agency, decision) => performInTurns(needs, name, acts[name], agency, decision),
    onShift: (name, decision) => performOnce(needs, name, acts[name], undefined, decision),
  }
}

/** A code that is none of the act's list. */
function noReason(reasons: readonly string[]): Problem {
  if (reasons.length === 0)
    return new Problem('invalid-request', { en: 'This act has no `code`.', fr: 'Cet acte n’a pas de `code`.' })
  return new Problem('invalid-request', {
    en: `\`code\` must be one of ${reasons.join(', ')}.`,
    fr: `\`code\` doit être l’une des valeurs ${reasons.join(', ')}.`,
  })
}

/** One turn after another, where the row says so. The first that does something writes the act. */
async function performInTurns(
  needs: Needs,
  name: ActName,
  act: Act<'agency'>,
  agency: string,
  decision: Decision,
): Promise<Performed> {
  let changed = 0
  for (;;) {
    const { waits, ...done } = await performOnce(needs, name, act, agency, decision, changed > 0)
    if (done.pending || act.inTurns !== true) return done
    changed += done.changed
    if (done.stopped !== undefined || done.repeated) return { ...done, changed }
    if (waits !== true && done.changed < BULK) return { pending: false, changed }
    await wait(TURN_MS, undefined, { signal: needs.stopping }).catch(() => undefined)
    if (needs.stopping.aborted) return { pending: false, changed, stopped: 'stopping' }
  }
}

type Once = Performed & { readonly waits?: true }

/** Effect, receipts, act and leaves in one transaction. @param goesOn the act has its leaf already */
async function performOnce<About extends keyof Subjects>(
  needs: Needs,
  name: ActName,
  act: Act<About>,
  subject: Subjects[About],
  decision: Decision,
  goesOn = false,
): Promise<Once> {
  const { operator, code } = decision
  if (operator.role === 'watch') throw new Problem('not-permitted')
  if (code !== undefined && !act.reasons.includes(code)) throw noReason(act.reasons)
  const { agencies } = needs.registry()
  const isActive = (agency: string): boolean => agencies.get(agency)?.status === 'active'
  const doing = {
    id: decision.id ?? randomUUIDv7(),
    now: needs.now(),
    operator: operator.id,
    vault: needs.vault,
    isActive,
  }
  const about = describeSubject[act.about](subject)
  const work = async (tx: Queryable): Promise<Written> => {
    if (decision.id !== undefined && !goesOn && (await isDone(tx, decision.id))) return { result: 'repeated' }
    if (!(await act.applies(tx, subject, doing.now))) {
      if (act.refusal !== undefined) throw new Problem(act.refusal)
      return { result: 'stopped' }
    }
    const turn = act.operators === 2 ? await askAnother(needs, tx, { name, about, ...doing }) : 'second'
    if (turn === 'again') return { result: 'pending' }
    const effect = turn === 'second' ? await act.does(tx, subject, doing) : undefined
    if (effect?.changed === 0) {
      if (act.refusal !== undefined) throw new Problem(act.refusal)
      return { result: effect }
    }
    if (act.ends.length > 0) await endPending(tx, act.ends, effect?.told?.messages.map(nameOfMessage) ?? [])
    const receipts = await signAll(needs.issuer, effect, doing.now)
    const keepsReason = effect === undefined || act.takesItsReason !== true
    const pending = goesOn
      ? [appendLeaves(tx, receipts)]
      : await writeAct(needs, tx, { ...doing, name, about, decision, receipts, keepsReason })
    return { result: effect ?? 'pending', pending }
  }
  const done = await needs.vault.sealing(() => transaction(needs.database, work))
  if (done === 'pending') return { pending: true }
  if (done === 'repeated') return { pending: false, changed: 0, repeated: true }
  if (done === 'stopped') return { pending: false, changed: 0, stopped: 'paused' }
  announce(needs, name, doing, done)
  return { pending: false, changed: done.changed, ...(done.waits && { waits: true }) }
}

/** What a transaction of an act comes to, and the statements that its commit may follow at once. */
type Written = {
  readonly result: Effect | 'pending' | 'repeated' | 'stopped'
  readonly pending?: readonly Promise<unknown>[]
}
type About = ReturnType<(typeof describeSubject)[keyof Subjects]>

/**
 * Whether an operator is the second to ask for an act of two. Where the registry names somebody who may `manage`, one of both is such
 * a one.
 * @throws Problem `not-permitted` where neither is: it goes on waiting for one who is
 */
async function askAnother(
  { registry }: Needs,
  tx: Queryable,
  { name, about, operator, now }: Doing & { readonly name: ActName; readonly about: About },
): Promise<'first' | 'again' | 'second'> {
  const asked = { act: name, subject: nameOf(about), operator, at: now }
  const found = await askForTwo(tx, asked, new Date(now.getTime() - PENDING_MS))
  if (found.turn !== 'second') return found.turn
  const managers = [...registry().operators.values()].filter(({ role }) => role === 'manage').map(({ id }) => id)
  if (managers.length > 0 && !managers.includes(operator) && !managers.includes(found.first))
    throw new Problem('not-permitted')
  return 'second'
}

type Writing = Pick<Doing, 'id' | 'now'> & {
  readonly name: ActName
  readonly about: About
  readonly decision: Decision
  readonly receipts: readonly Leaf[]
  readonly keepsReason: boolean
}

/** The act behind the receipts of what it did; gives the statement that the commit may follow at once. */
async function writeAct(
  { issuer, vault }: Needs,
  tx: Queryable,
  { id, now, name, about, decision: { operator, reason, code, rangAt }, receipts, keepsReason }: Writing,
): Promise<readonly Promise<unknown>[]> {
  const salt = randomBytes(SALT_BYTES)
  const reasonDigest = digestText(createHash('sha256').update(salt).update(reason).digest())
  const leaf = await issuer.act(id, { act: name, operator: operator.id, reasonDigest, ...about }, now)
  const sealedReason = keepsReason ? vault.sealWords(`${salt.toString('base64url')}.${reason}`, id) : undefined
  const said = { sealedReason, reasonCode: code, rangAt }
  return [recordAct(tx, { id, at: now, act: name, operator: operator.id, ...said, subject: about, leaf }, receipts)]
}

async function signAll(issuer: Issuer, effect: Effect | undefined, now: Date): Promise<readonly Leaf[]> {
  const told = effect?.told
  return await Promise.all(told?.messages.map((message) => sign(issuer, message, told.event, now)) ?? [])
}

async function sign(issuer: Issuer, message: MessageRow, event: ReceiptEvent, now: Date): Promise<Leaf> {
  const receipt = await issuer.receipt({ event, ...receiptContent(message, message.attempts) }, now)
  return { ...receipt, messageNo: message.no, feed: message.sender }
}

/** What the event of an act is on a message's way. */
const STEPS: Partial<Record<ReceiptEvent, Step['step']>> = {
  DeliveryResumed: 'resume',
  MessageDiscarded: 'discard',
}

function announce(
  { wakes, enqueue, log, tracing, now: clock }: Needs,
  name: ActName,
  { id: actId, operator, now: began }: Doing,
  { changed, told, wakes: topics = [], released }: Effect,
): void {
  if (changed === 0) return
  const messages = told?.messages ?? []
  wakes.wake(new Set([...messages.map(({ sender }) => `receipts:${sender}`), ...topics]))
  if (told?.event === 'DeliveryResumed')
    for (const { recipient, priority } of messages) enqueue({ recipient, priority })
  if (released !== undefined) for (const priority of priorities.keys()) enqueue({ recipient: released, priority })
  const step = told && STEPS[told.event]
  if (step !== undefined)
    for (const message of messages) tracing.step({ step, began, ended: clock(), ...stepOf(message, { actId }) })
  log.info({ act: name, actId, operator, changed }, 'an operator acted')
}

/** The words of an act, without the salt before them. */
export function readReason(vault: Vault, sealed: Buffer, actId: string): string {
  const words = vault.openWords(sealed, actId)
  return words.slice(words.indexOf('.') + 1)
}

const nameOf = (about: About): string => Object.values(about).join(' ')
const nameOfMessage = (message: MessageRow): string => nameOf(describeSubject.message(message))
