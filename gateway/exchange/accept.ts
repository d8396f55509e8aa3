import {
  acceptMessages,
  type Database,
  isOutage,
  type Leaf,
  type NewMessage,
  type Vault,
  type Wakes,
} from '../record/record.ts'
import { createGroup, type FaultPoint, type Metrics, type Tracing } from '../base/base.ts'
import type { Valid } from './checks.ts'
import { type Lane, priorities, Problem } from '../protocol/protocol.ts'
import type { Issuer } from '../log/log.ts'
import type { Keeping } from './keeping.ts'

type Needs = {
  readonly keep: Keeping
  readonly database: Database
  readonly issuer: Issuer
  readonly vault: Vault
  readonly metrics: Metrics
  readonly tracing: Tracing
  readonly fault: FaultPoint
  readonly now: () => Date
  readonly wakes: Wakes
  /** Calls a worker to drain a lane, now or at a time. A lost call is made good by the sweep. */
  readonly enqueue: (lane: Lane, at?: Date) => void
}

/**
 * Records a valid message; undefined where its sender has used the id before, for these bytes or for others.
 * @param requestId of the call that brought it
 * @throws Problem `attachment-missing` where one that it names has been deleted since that was checked
 */
export type Accepting = (
  valid: Valid,
  now: Date,
  requestId: string,
) => Promise<{ messageId: string; receipt: string } | undefined>

type Item = { readonly valid: Valid; readonly acceptedAt: Date; readonly requestId: string }
/** The receipt of a message that was recorded, or why it was not. */
type Outcome = { readonly receipt: string; readonly receiptId: string } | 'attachment-missing' | 'used'
type Receipted = { readonly item: Item; readonly receipt: Leaf }

/** As many as a burst of the largest messages may hold in memory while they are written. */
const LARGEST_BATCH = 128
/** One batch is signed and sealed while another commits. */
const WRITERS = 2
/** A batch costs as much as six messages, so a stream that brings fewer in this time gathers; who comes alone waits for nobody. */
const FEW = { enough: 8, forMs: 3 }
/** Another process may have opened the case, and its key may be erased in between; more often than that, something is wrong. */
const MOST_ROUNDS = 4

/**
 * Opens the way into the record. Messages that arrive together are written by one transaction: sealed bytes, receipt, leaf and
 * delivery, all or nothing; only after its commit is anybody answered (protocol section 4, 202).
 */
export function openAccepting(needs: Needs): Accepting {
  const group = createGroup((items: readonly Item[]) => record(needs, items), {
    largest: LARGEST_BATCH,
    atOnce: WRITERS,
    gather: FEW,
    isOutage,
    whose: ({ valid }) => valid.envelope.from,
    presses: ({ valid }) => valid.envelope.priority === 'immediate',
  })
  return async (valid, now, requestId) => {
    const { envelope } = valid
    const outcome = await group.add({ valid, acceptedAt: now, requestId })
    if (outcome === 'used') return undefined
    if (outcome === 'attachment-missing') throw new Problem(outcome)
    const { id: messageId, from, to, priority } = envelope
    const about = { messageId, from, to, priority, receiptId: outcome.receiptId }
    needs.tracing.step({ step: 'accept', requestId, began: now, ended: needs.now(), about })
    needs.metrics.accepted.inc({ priority })
    needs.wakes.wake([`receipts:${from}`])
    needs.enqueue({ recipient: to, priority: priorities.indexOf(priority) })
    return { messageId, receipt: outcome.receipt }
  }
}

/** Tells what became of each message. The same again in one batch was used. */
async function record(needs: Needs, items: readonly Item[]): Promise<readonly Outcome[]> {
  const outcomes = new Map<Item, Outcome>()
  // Before any receipt names it: evidence must have it for as long as the receipt.
  await needs.keep(items.map(({ valid }) => valid.grounds))
  let left = await Promise.all(distinct(items).map((item) => sign(needs, item)))
  needs.fault('accept-signed')
  for (let round = 0; left.length > 0; round++) {
    if (round === MOST_ROUNDS) throw new Error('the key of a case does not settle')
    const made = await needs.vault.sealing(() =>
      acceptMessages(
        needs.database,
        left.map((signed) => seal(needs.vault, signed)),
      ),
    )
    needs.fault('accept-committed')
    left = left.filter(({ item, receipt }, at) => {
      const recorded = made[at]
      const { caseId } = item.valid.envelope
      if (recorded?.outcome === 'made') {
        outcomes.set(item, { receipt: receipt.jws, receiptId: receipt.id })
        // Of a case in which nothing was made the record may have no key.
        needs.vault.confirm(caseId)
      }
      if (recorded?.outcome === 'attachment-missing') outcomes.set(item, recorded.outcome)
      if (recorded?.outcome === 'other-key') needs.vault.settle(caseId, recorded.standing)
      return recorded?.outcome === 'other-key'
    })
  }
  return items.map((item) => outcomes.get(item) ?? 'used')
}

/** The first item of each sender and id, in the order of both: batches of several processes never wait in a circle. */
function distinct(items: readonly Item[]): readonly Item[] {
  const keyOf = ({ valid: { envelope } }: Item): string => `${envelope.from}/${envelope.id}`
  const first = new Map(items.toReversed().map((item) => [keyOf(item), item]))
  return [...first].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
}

async function sign({ issuer }: Needs, item: Item): Promise<Receipted> {
  const { envelope, jws, crl } = item.valid
  const receipt = await issuer.receipt(
    {
      event: 'SubmissionAcceptance',
      messageId: envelope.id,
      caseId: envelope.caseId,
      type: envelope.type,
      from: envelope.from,
      to: envelope.to,
      digest: jws.digest,
      attempt: 0,
      crl,
    },
    item.acceptedAt,
  )
  return { item, receipt }
}

function seal(vault: Vault, { item: { valid, acceptedAt, requestId }, receipt }: Receipted): NewMessage {
  const { envelope, jws, fact } = valid
  const { from: owner, id, caseId } = envelope
  const key = vault.keyOf(caseId)
  const sealed = vault.seal(key, owner, id, jws.bytes)
  const attachments = valid.attached.map(({ no, digest, wrapped_key: wrapped }) => ({
    no,
    wrapped: vault.shareAttachmentKey(key, { id }, { owner, digest }, wrapped),
  }))
  const sealedFact = fact && vault.sealFact(key, owner, id, fact)
  const { digest } = jws
  return {
    envelope,
    digest,
    size: jws.bytes.length,
    acceptedAt,
    requestId,
    sealed,
    sealedFact,
    key,
    receipt,
    attachments,
  }
}
