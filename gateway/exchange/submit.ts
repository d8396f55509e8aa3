import {
  type Catalogue,
  checkReply,
  type Facts,
  isFresh,
  isPermitted,
  type Jws,
  needsParticipation,
  parseJws,
  type Pathway,
  peekIdentity,
  Problem,
} from '../protocol/protocol.ts'
import type { Caller, Registry, TrustSnapshot } from '../identity/identity.ts'
import { type Database, receiptOf, tookPart } from '../record/record.ts'
import type { Accepting } from './accept.ts'
import type { Permitted, Valid } from './checked.ts'
import type { Refusing } from './refuse.ts'
import { type Signed, verifyMessage } from './signer.ts'
import type { Checking } from './checking/thread.ts'
import type { Lookup } from './lookup.ts'

type Needs = {
  readonly database: Database
  readonly checking: Checking
  readonly catalogue: Catalogue
  readonly pathway: Pathway
  readonly lookup: Lookup
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly now: () => Date
}

/** The answer to a submission: the receipt is the first one, also where the bytes came again. */
export type Submitted = { readonly messageId: string; readonly receipt: string; readonly replayed: boolean }

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
 * Takes a submission through the checks of protocol section 4, in its order; the first that fails decides. Bytes that were
 * accepted before from this agency are answered as then, whatever has changed since: that is asked before any refusal.
 * @param bytes the request's body as it came, within the size that is allowed
 * @throws Problem where nothing was signed by somebody known, Refusal once a signature was verified
 */
export async function submit(needs: Submitting, caller: Caller, bytes: Buffer): Promise<Submitted> {
  const jws = parseJws(bytes, 'safeguarding-message+jws')
  const now = needs.now()
  const registry = needs.registry()
  let signed: Signed | undefined
  let read: Facts | undefined
  let permitted: Facts | undefined
  try {
    const { reading, ...verified } = await verifyMessage(needs, registry, jws, now)
    signed = verified
    if (!isFresh(jws, now)) throw new Problem('stale-message')
    if ('malformed' in reading) throw new Problem('malformed-message', reading.malformed, reading)
    const { envelope, isValid } = reading
    read = envelope
    permitted = checkParties(caller, signed, envelope)
    checkPermission(needs.pathway, registry, envelope)
    const valid = await checkContent(needs, { ...signed, envelope }, isValid, now)
    const accepted = await needs.accept(valid, now)
    if (accepted !== undefined) return { ...accepted, replayed: false }
    throw new Problem('id-conflict')
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const earlier = await findReplay(needs, caller, jws, read)
    if (earlier !== undefined) return earlier
    if (signed === undefined) throw error
    throw new Refusal(error, await needs.refuse({ caller, jws, envelope: permitted, problem: error }, now))
  }
}

/** The agency of the connection, the signer's and `from` are one and the same. */
function checkParties(caller: Caller, signed: Signed, envelope: Facts): Facts {
  if (signed.signer.agency.id !== caller.agency.id || envelope.from !== caller.agency.id)
    throw new Problem('signer-mismatch')
  return envelope
}

/** Both are judged by the registry that is in force now: the body may have taken its time. */
function checkPermission(pathway: Pathway, { agencies }: Registry, envelope: Facts): void {
  const sender = agencies.get(envelope.from)
  const recipient = agencies.get(envelope.to)
  if (sender?.status !== 'active') throw new Problem('unknown-agency')
  if (recipient?.status !== 'active') throw new Problem('unknown-recipient')
  if (!isPermitted(pathway, envelope.type, sender.roles, recipient.roles)) throw new Problem('not-permitted')
}

/** The body obeys its schema, and the message has its place in the case. */
async function checkContent(needs: Needs, permitted: Permitted, isValid: boolean, now: Date): Promise<Valid> {
  const { envelope, jws } = permitted
  if (!needs.catalogue.isRelease(envelope.schemaVersion, now)) throw new Problem('unsupported-schema-version')
  if (!isValid) {
    const errors = await needs.checking.explain(envelope, jws.payload)
    throw new Problem('schema-violation', undefined, { errors })
  }
  await checkPathway(needs, envelope)
  // Nobody can put an attachment yet: whoever names one names one that its sender has not put.
  if (envelope.attachments.length > 0) throw new Problem('attachment-missing')
  return { ...permitted, checked: 'schema and pathway' }
}

async function checkPathway(needs: Needs, envelope: Facts): Promise<void> {
  const original =
    envelope.inReplyTo === undefined ? undefined : await needs.lookup.message(envelope.to, envelope.inReplyTo)
  const answered = original?.recipient === envelope.from ? { type: original.type, caseId: original.case_id } : undefined
  const participated = needsParticipation(needs.pathway, envelope.type)
    ? (await tookPart(needs.database, envelope.caseId, envelope.from)) &&
      (await tookPart(needs.database, envelope.caseId, envelope.to))
    : undefined
  checkReply(needs.pathway, envelope, answered, participated)
}

/** The first answer to the same bytes from the same agency, where there was one; what was read once is not read again here. */
async function findReplay(needs: Needs, caller: Caller, jws: Jws, read?: Facts): Promise<Submitted | undefined> {
  const identity = read ?? peekIdentity(jws.payload)
  if (identity?.from !== caller.agency.id) return undefined
  const earlier = await needs.lookup.message(identity.from, identity.id)
  if (earlier === undefined || !earlier.digest.equals(jws.digest)) return undefined
  const receipt = await receiptOf(needs.database, earlier.no, ['SubmissionAcceptance'])
  if (receipt === undefined) throw new Error('an accepted message has no receipt')
  return { messageId: earlier.id, receipt, replayed: true }
}
