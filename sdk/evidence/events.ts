/** What may follow on what: the receipts of one message, in the order of the log (protocol sections 4 and 6). */
import type { Receipt, ReceiptEvent } from '../message.ts'
import type { Leaf } from './bundle.ts'
import { demand } from './faults.ts'

type Standing = 'nothing' | 'accepted' | 'consigned' | 'dead-lettered' | 'answered' | 'discarded'

/** From which standings an event may come, and which it leads to: where that is not said, all stays as it is. */
const steps: Readonly<
  Partial<Record<ReceiptEvent, { readonly from: readonly Standing[]; readonly to?: Standing; readonly once?: true }>>
> = {
  SubmissionAcceptance: { from: ['nothing'], to: 'accepted' },
  ContentConsignment: { from: ['accepted', 'dead-lettered'], to: 'consigned', once: true },
  ContentConsignmentFailure: { from: ['accepted'], to: 'dead-lettered' },
  DeliveryResumed: { from: ['dead-lettered'], to: 'accepted' },
  MessageDiscarded: { from: ['dead-lettered'], to: 'discarded' },
  AcceptanceRejectionExpiry: { from: ['consigned'], once: true },
  ContentHandover: { from: ['consigned'], to: 'answered' },
  ConsignmentRejection: { from: ['consigned'], to: 'answered' },
  ResponseOverdue: { from: ['accepted', 'consigned', 'dead-lettered', 'answered'], once: true },
}

/** The receipt of acceptance, by which all others are measured. Throws EvidenceFault. */
export function acceptanceOf(receipts: readonly Leaf<Receipt>[]): Leaf<Receipt> {
  const [first] = receipts
  demand(first?.jws.payload.event === 'SubmissionAcceptance', 'acceptance-missing', '/receipts')
  return first
}

/** All receipts are about one message, and all that speaks names one gateway. Throws EvidenceFault. */
export function checkSameMessage(
  receipts: readonly Leaf<Receipt>[],
  others: readonly Leaf<{ readonly gateway: string }>[],
): void {
  const said = acceptanceOf(receipts).jws.payload
  for (const { where, jws } of receipts) {
    const { messageId, caseId, type, from, to, messageDigest } = jws.payload
    const isSame =
      messageId === said.messageId &&
      caseId === said.caseId &&
      type === said.type &&
      from === said.from &&
      to === said.to &&
      messageDigest === said.messageDigest
    demand(isSame, 'receipt-of-another-message', `${where}/receipt`)
  }
  for (const { where, jws } of [...receipts, ...others]) {
    demand(jws.payload.gateway === said.gateway, 'receipt-of-another-gateway', where)
  }
}

/** Whether a leaf stands behind another. In one log the index tells; a log that succeeded another came later, so the times do. */
export function isBehind(leaf: Leaf<unknown>, other: Leaf<unknown>): boolean {
  const isOneLog = leaf.proof.checkpoint.origin === other.proof.checkpoint.origin
  return isOneLog ? leaf.proof.index > other.proof.index : leaf.at >= other.at
}

/** The receipts stand in the order of the log, none twice, and each follows on those before it. Throws EvidenceFault. */
export function checkOrder(receipts: readonly Leaf<Receipt>[]): void {
  const told = new Set<string>()
  let standing: Standing = 'nothing'
  let last: Leaf<Receipt> | undefined
  const events = new Set<ReceiptEvent>()
  for (const leaf of receipts) {
    const { where, jws } = leaf
    const { receiptId, event } = jws.payload
    demand(!told.has(receiptId), 'receipt-twice', where)
    demand(last === undefined || isBehind(leaf, last), 'receipts-out-of-order', where)
    const step = steps[event]
    demand(step !== undefined && step.from.includes(standing), 'event-missing', where)
    demand(step.once !== true || !events.has(event), 'event-missing', where)
    told.add(receiptId)
    events.add(event)
    last = leaf
    standing = step.to ?? standing
  }
}
