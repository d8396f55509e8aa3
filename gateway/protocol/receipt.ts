/** The events of section 6; all but the last three bear the names of ETSI EN 319 522. */
export type ReceiptEvent =
  | 'SubmissionAcceptance'
  | 'SubmissionRejection'
  | 'ContentConsignment'
  | 'ContentConsignmentFailure'
  | 'ContentHandover'
  | 'ConsignmentRejection'
  | 'AcceptanceRejectionExpiry'
  | 'DeliveryResumed'
  | 'MessageDiscarded'
  | 'ResponseOverdue'

/** `detail` is one of the gateway's own fixed phrases: a receipt stays in the log for ever, so it quotes nobody. */
export type Reason = { readonly code: string; readonly detail?: string }

/**
 * The payload of a receipt (section 6). A rejection whose sender is not established names no message: `messageId`,
 * `caseId`, `type`, `from` and `to` are absent from it, and from no other receipt.
 */
export type Receipt = {
  readonly receiptId: string
  readonly event: ReceiptEvent
  readonly messageId?: string
  readonly caseId?: string
  readonly type?: string
  readonly from?: string
  readonly to?: string
  readonly messageDigest: string
  readonly at: string
  readonly gateway: string
  readonly attempt: number
  readonly desk?: string
  readonly reason?: Reason
  readonly crl?: string
  readonly submittedBy?: string
  readonly acknowledgement?: string
}

export type ReceiptFields = Omit<Receipt, 'at'> & { readonly at: Date }

/** Gives the receipt of an event, its members in the order of section 6 whatever the order of the fields. */
export function makeReceipt(fields: ReceiptFields): Receipt {
  const { receiptId, event, messageId, caseId, type, from, to, messageDigest, at, gateway, attempt } = fields
  const { desk, reason, crl, submittedBy, acknowledgement } = fields
  return {
    receiptId,
    event,
    ...(messageId !== undefined && { messageId }),
    ...(caseId !== undefined && { caseId }),
    ...(type !== undefined && { type }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    messageDigest,
    at: at.toISOString(),
    gateway,
    attempt,
    ...(desk !== undefined && { desk }),
    ...(reason !== undefined && { reason }),
    ...(crl !== undefined && { crl }),
    ...(submittedBy !== undefined && { submittedBy }),
    ...(acknowledgement !== undefined && { acknowledgement }),
  }
}
