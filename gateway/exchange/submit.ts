import {
  type Agency,
  ageOf,
  type Catalogue,
  type Facts,
  type Jws,
  parseJws,
  type Pathway,
  peekBody,
  peekIdentity,
  type Priority,
  priorityOf,
  Problem,
} from '../protocol/protocol.ts'
import type { Attachments } from '../attachments/attachments.ts'
import type { Caller, Registry, TrustSnapshot } from '../identity/identity.ts'
import { type Database, receiptOf } from '../record/record.ts'
import type { Accepting } from './accept.ts'
import { checkContent, checkForm, checkFresh, checkParties, checkPermission } from './checks.ts'
import type { Refusing } from './refuse.ts'
import { type Signed, verifyMessage } from './signer.ts'
import type { Checking } from './checking/thread.ts'
import type { Tracing, Turns } from '../base/base.ts'
import type { Lookup } from './lookup.ts'

/** Where a message will go in its recipient, and not before when: without both, at once to the agency itself. */
type Foreseen = { readonly desk?: string; readonly notBefore?: Date }

/** Asks where a message will go; the age is read only where a desk asks for it. */
export type Foreseeing = (
  recipient: Agency,
  message: { readonly from: string; readonly to: string; readonly type: string; readonly priority: Priority },
  ageOf: () => number | undefined,
  now: Date,
) => Foreseen

type Needs = {
  readonly database: Database
  readonly checking: Checking
  readonly catalogue: Catalogue
  readonly pathway: Pathway
  readonly lookup: Lookup
  readonly attachments: Pick<Attachments, 'find'>
  readonly byTurns: Turns
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly tracing: Tracing
  readonly now: () => Date
  readonly foresee: Foreseeing
}

/** The answer to a submission: the receipt is the first one, also where the bytes came again. */
export type Submitted = Foreseen & { readonly messageId: string; readonly receipt: string; readonly replayed: boolean }

/** A refusal after the signature was verified: it carries a signed SubmissionRejection (protocol section 4). */
export class Refusal extends Error {
  readonly problem: Problem
  readonly receipt: string
  constructor(problem: Problem, receipt: string) {
    super(problem.code)
    this.problem = problem
    this.receipt = receipt
  }
}

type Submitting = Needs & { readonly accept: Accepting; readonly refuse: Refusing }

/**
 * Submits a message, and writes down what became of the call.
 * @param bytes the request's body as it came, within the size that is allowed
 * @throws Problem where nothing was signed by somebody known, Refusal once a signature was verified
 */
export async function submit(needs: Submitting, caller: Caller, bytes: Buffer, requestId: string): Promise<Submitted> {
  const began = needs.now()
  const from = caller.agency.id
  const tell = (step: 'repeat' | 'refuse', about: object): void =>
    needs.tracing.step({ step, requestId, began, ended: needs.now(), about: { from, ...about } })
  try {
    const submitted = await take(needs, caller, bytes, requestId)
    if (submitted.replayed) tell('repeat', { messageId: submitted.messageId })
    return submitted
  } catch (error) {
    const problem = error instanceof Refusal ? error.problem : error
    if (problem instanceof Problem) tell('refuse', { code: problem.code })
    throw error
  }
}

/**
 * Takes a submission through the checks of protocol section 4, in its order; the first that fails decides. Bytes that were
 * accepted before from this agency are answered as then, whatever has changed since: that is asked before any refusal.
 */
async function take(needs: Submitting, caller: Caller, bytes: Buffer, requestId: string): Promise<Submitted> {
  const jws = parseJws(bytes, 'safeguarding-message+jws')
  const now = needs.now()
  const registry = needs.registry()
  let signed: Signed | undefined
  let read: Facts | undefined
  let established: Facts | undefined
  try {
    const verified = await verifyMessage(needs, caller.agency.id, registry, jws, now)
    signed = verified
    const fresh = checkFresh(verified, now)
    const formed = checkForm(fresh)
    read = formed.envelope
    const own = checkParties(caller, formed)
    established = own.envelope
    const permitted = checkPermission(needs.pathway, registry, own)
    const valid = await checkContent(needs, permitted, now)
    const accepted = await needs.accept(valid, now, requestId)
    if (accepted !== undefined) return { ...accepted, replayed: false, ...foreseen(needs, valid.envelope, jws, now) }
    throw new Problem('id-conflict')
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const earlier = await findReplay(needs, caller, jws, read)
    if (earlier !== undefined) return earlier
    if (signed === undefined) throw error
    throw new Refusal(error, await needs.refuse({ caller, jws, envelope: established, problem: error }, now))
  }
}

/** The first answer to the same bytes from the same agency, where there was one; what was read once is not read again here. */
async function findReplay(needs: Needs, caller: Caller, jws: Jws, read?: Facts): Promise<Submitted | undefined> {
  const identity = read ?? peekIdentity(jws.payload)
  if (identity?.from !== caller.agency.id) return undefined
  const earlier = await needs.lookup.message(identity.from, identity.id)
  if (earlier === undefined || !earlier.digest.equals(jws.digest)) return undefined
  const receipt = await needs.byTurns(caller.agency.id, () =>
    receiptOf(needs.database, earlier.no, ['SubmissionAcceptance']),
  )
  if (receipt === undefined) throw new Error('an accepted message has no receipt')
  const { sender: from, recipient: to, type, priority, accepted_at: acceptedAt } = earlier
  const first = foreseen(needs, { from, to, type, priority: priorityOf(priority) }, jws, acceptedAt)
  return { messageId: earlier.id, receipt, replayed: true, ...first }
}

/** Reckoned from the time of acceptance by the registry in force, so that it is the same for a repetition. */
function foreseen(needs: Needs, message: Parameters<Foreseeing>[1], jws: Jws, at: Date): Foreseen {
  const { from, to, type, priority } = message
  const recipient = needs.registry().agencies.get(to)
  if (recipient === undefined) return {}
  return needs.foresee(recipient, { from, to, type, priority }, () => ageOf(peekBody(jws.payload)), at)
}
