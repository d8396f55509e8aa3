import { createTurns, type FaultPoint, type Log, type Metrics, type Tracing } from '../base/base.ts'
import type { Attachments } from '../attachments/attachments.ts'
import type { Caller, GatewayKeys, Registry, TrustSnapshot } from '../identity/identity.ts'
import type { Issuer, ProofTexts } from '../log/log.ts'
import {
  type Agency,
  type Catalogue,
  type Lane,
  type Pathway,
  publishedSchemas,
  type SchemaFiles,
} from '../protocol/protocol.ts'
import {
  caseOf,
  type Database,
  type InboxRow,
  type MessageRow,
  type Place,
  receiptsOf,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import { openAccepting } from './accept.ts'
import { type Acknowledged, type Acknowledging, openAcknowledging } from './acknowledge.ts'
import type { Checking } from './checking/thread.ts'
import { type Lookup, openLookup } from './lookup.ts'
import { findSent, followInbox, type Listing, listInbox, readReceived } from './read.ts'
import { followReceipts } from './receipts.ts'
import { type Contained, openContaining } from './containing.ts'
import { openEvidence } from './evidence.ts'
import { openKeeping } from './keeping.ts'
import { openRefusing } from './refuse.ts'
import { type Foreseeing, type Submitted, submit } from './submit.ts'
import { openVisits } from './visits.ts'

export type { Acknowledging, Word } from './acknowledge.ts'
export { CONTAINER_TYPE } from './asic/file.ts'
export type { Contained } from './containing.ts'
export { openChecking } from './checking/thread.ts'
export { stepOf } from './following.ts'
export type { Lookup } from './lookup.ts'
export { observeSince } from './measure.ts'
export { openMessage } from './read.ts'
export { loadSchemaFolder } from './schema-folder.ts'
export { Refusal } from './submit.ts'

/** What an exchange stands on. */
type Needs = {
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  readonly issuer: Issuer
  /** What was published of the log. */
  readonly proofs: ProofTexts
  readonly schemaFiles: SchemaFiles
  /** The gateway's own certificates and keys now. */
  readonly keys: () => GatewayKeys
  readonly log: Log
  readonly checking: Checking
  readonly attachments: Pick<Attachments, 'find'>
  readonly catalogue: Catalogue
  readonly pathway: Pathway
  /** The registry in force now: whoever decides several things by it asks once. */
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly fault: FaultPoint
  readonly now: () => Date
  readonly foresee: Foreseeing
  /** Calls a worker to drain a lane. A lost call is made good by the sweep. */
  readonly enqueue: (lane: Lane) => void
}

/**
 * Agencies' own questions to the record that share no batch: so many at once, by turns between them. The pool has six times as
 * many connections, and what is written needs them.
 */
const LOOKS_AT_ONCE = 2
/** Of one agency; it may not have more requests under way (`http/admission/calls.ts`). */
const MOST_LOOKS = 1_024

/** What agencies do with messages (protocol sections 4 to 7), one function an operation. */
export type Exchange = {
  /** `requestId` is the call's, by which the message is followed from then on. @throws Problem, Refusal: see `submit.ts` */
  submit(caller: Caller, bytes: Buffer, requestId: string): Promise<Submitted>
  /** A message that the agency has sent. @throws Problem `not-found` */
  findSent(agency: Agency, id: string): Promise<MessageRow>
  /** The receipts of a message, oldest first, as compact JWS. */
  receiptsOf(message: MessageRow): Promise<readonly string[]>
  /** The newest messages of a case that the agency sent or received, oldest first. */
  readCase(agency: Agency, caseId: string, limit: number): Promise<readonly MessageRow[]>
  /** The inbox by urgency, a page of it. */
  listInbox(
    agency: Agency,
    listing: Listing & { readonly after: Place | undefined },
  ): Promise<{ readonly messages: readonly InboxRow[]; readonly next: Place | undefined }>
  /** The inbox by arrival. */
  followInbox(agency: Agency, listing: Listing & { readonly after: number }): Promise<readonly InboxRow[]>
  /** A message that the agency was sent, byte for byte. @throws Problem `not-found`, `erased` */
  read(agency: Agency, from: string, id: string): Promise<Buffer>
  /** Takes the agency's signed word about a message that it was sent; `callId` is the call's request id. @throws Problem of section 7's list */
  acknowledge(agency: Agency, from: string, id: string, bytes: Buffer, callId?: string): Promise<Acknowledged>
  /**
   * The evidence bundle of a message that the agency has sent, or was sent; it waits until the log has published all of it.
   * @throws Problem `not-found`, `not-yet-published`
   */
  evidenceOfSent(agency: Agency, id: string, signal: AbortSignal): Promise<Contained>
  evidenceOfReceived(agency: Agency, from: string, id: string, signal: AbortSignal): Promise<Contained>
  /** The agency's feed of receipts behind a place, waiting for the first where there is none. */
  followReceipts(
    agency: Agency,
    after: number,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<readonly { readonly index: number; readonly jws: string }[]>
  /** For those who deliver: messages as they stand, and the words that endpoints answer with. */
  readonly lookup: Lookup
  readonly words: Acknowledging
}

/** Opens the exchange. */
export function openExchange(needs: Needs): Exchange {
  const byTurns = createTurns(MOST_LOOKS, LOOKS_AT_ONCE)
  const keep = openKeeping({ ...needs, schemas: publishedSchemas(needs.catalogue, needs.schemaFiles) })
  const own = { ...needs, keep, lookup: openLookup(needs.database), byTurns }
  const submitting = { ...own, accept: openAccepting(own), refuse: openRefusing(own) }
  const words = openAcknowledging(own)
  const visited = openVisits(own)
  const evidence = openEvidence(own)
  const contain = openContaining(own)
  return {
    submit: (caller, bytes, requestId) => submit(submitting, caller, bytes, requestId),
    findSent: ({ id }, messageId) => findSent(own, id, messageId),
    receiptsOf: ({ no, sender }) => byTurns(sender, () => receiptsOf(own.database, no)),
    readCase: ({ id }, caseId, limit) => byTurns(id, () => caseOf(own.database, caseId, id, limit)),
    async listInbox({ id }, listing) {
      await byTurns(id, () => visited(id))
      return await listInbox(own, id, listing)
    },
    async followInbox({ id }, listing) {
      await byTurns(id, () => visited(id))
      return await followInbox(own, id, listing)
    },
    read: ({ id }, from, messageId) => readReceived(own, id, from, messageId),
    acknowledge: (agency, from, id, bytes, callId) => words.receive(agency, { from, id, bytes, callId }, own.now()),
    evidenceOfSent: async ({ id }, messageId, signal) => contain(id, await evidence.sent(id, messageId, signal)),
    evidenceOfReceived: async ({ id }, from, messageId, signal) =>
      contain(id, await evidence.received(id, from, messageId, signal)),
    followReceipts: ({ id }, after, waitMs, signal) => followReceipts(own, id, after, waitMs, signal),
    lookup: own.lookup,
    words,
  }
}
