import type { Directory, WellKnown } from './answers.ts'
import { sha256 } from './hash.ts'
import { openJws, verifySigned } from './jws.ts'
import {
  acknowledgement,
  type Acknowledgement,
  envelope,
  type Envelope,
  receipt,
  type Receipt,
  type ReceiptEvent,
} from './message.ts'
import { SdkFault } from './problem.ts'

/** What the caller knows already, and the receipt must agree with. */
export type ExpectedReceipt = {
  readonly event?: ReceiptEvent
  /** The bytes that were sent: the receipt must be about these and no others. */
  readonly message?: string | Uint8Array
  readonly messageId?: string
}

/**
 * Takes a receipt, the gateway's well-known document, the directory and what is expected; gives the receipt's payload. Verified are form, header,
 * signature (by one of the gateway's signing certificates, past ones included), the gateway's id, what is expected and, where the receipt
 * carries an acknowledgement, that the recipient signed it for this very message. Throws SdkFault.
 */
export async function verifyReceipt(
  compact: string,
  wellKnown: WellKnown,
  directory: Directory,
  expected: ExpectedReceipt = {},
): Promise<Receipt> {
  const jws = openJws(compact, 'delivery-receipt+jws', receipt)
  await verifySigned(jws, wellKnown.signingCertificates)
  const payload = jws.payload
  expect(payload.gateway === wellKnown.id, 'gateway')
  expect(isWhole(payload), 'members')
  expect(expected.event === undefined || payload.event === expected.event, 'event')
  const digest = expected.message === undefined ? undefined : `sha-256:${await sha256(expected.message)}`
  expect(digest === undefined || payload.messageDigest === digest, 'messageDigest')
  expect(expected.messageId === undefined || payload.messageId === expected.messageId, 'messageId')
  if (payload.acknowledgement === undefined) return payload
  const { to = '', messageId = '', messageDigest } = payload
  const acknowledged = await verifyAcknowledgement(payload.acknowledgement, directory, {
    by: to,
    messageId,
    messageDigest,
  })
  expect(acknowledged.outcome === (payload.event === 'ContentHandover' ? 'accepted' : 'refused'), 'outcome')
  return payload
}

/** Whether the receipt has the members that section 6 gives its event. */
function isWhole(payload: Receipt): boolean {
  const { event } = payload
  const carries = event === 'ContentHandover' || event === 'ConsignmentRejection'
  if (carries !== (payload.acknowledgement !== undefined)) return false
  if (event === 'SubmissionRejection') return payload.reason !== undefined && payload.submittedBy !== undefined
  const { messageId, caseId, type, from, to, attempt } = payload
  return [messageId, caseId, type, from, to, attempt].every((member) => member !== undefined)
}

/**
 * Takes a message as received, the directory and what the inbox said of it; gives its envelope. Verified are form, header, and the signature by
 * a signing certificate of the very agency that the envelope says it is from. Throws SdkFault.
 */
export async function verifyMessage(
  bytes: string | Uint8Array,
  directory: Directory,
  expected: { readonly from?: string; readonly to?: string; readonly id?: string } = {},
): Promise<Envelope> {
  const jws = openJws(bytes, 'safeguarding-message+jws', envelope)
  await verifySigned(jws, certificatesOf(directory, jws.payload.from))
  expect(expected.from === undefined || jws.payload.from === expected.from, 'from')
  expect(expected.to === undefined || jws.payload.to === expected.to, 'to')
  expect(expected.id === undefined || jws.payload.id === expected.id, 'id')
  return jws.payload
}

/** Takes an acknowledgement, the directory, whose it must be and of what; gives its payload. Throws SdkFault. */
export async function verifyAcknowledgement(
  compact: string,
  directory: Directory,
  expected: { readonly by: string; readonly messageId: string; readonly messageDigest: string },
): Promise<Acknowledgement> {
  const jws = openJws(compact, 'safeguarding-acknowledgement+jws', acknowledgement)
  await verifySigned(jws, certificatesOf(directory, expected.by))
  expect(jws.payload.messageId === expected.messageId, 'messageId')
  expect(jws.payload.messageDigest === expected.messageDigest, 'messageDigest')
  return jws.payload
}

function certificatesOf(directory: Directory, agency: string) {
  return directory.agencies.find((each) => each.id === agency)?.certificates ?? []
}

function expect(holds: boolean, member: string): void {
  if (!holds) throw new SdkFault('not-as-expected', { detail: member })
}
