import type { Bodies, MessageType, Priority } from './generated/bodies.ts'
import { anyObject, exactly, integer, type JsonObject, listOf, matching, oneOf, optional, text } from './shape.ts'

const uuid = matching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a lower-case UUID')
const agencyId = matching(/^(?=.{1,64}$)(?:fr|gb)(?:-[a-z0-9]+)+$/, 'an agency id')
const digest = matching(/^sha-256:[A-Za-z0-9_-]{43}$/, 'a SHA-256 digest')
const time = matching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/, 'an RFC 3339 time in UTC')

/** What every envelope has (section 3); what `body` holds, the schema of the type says (section 8). */
export type EnvelopeOf<Type extends string, Body> = {
  readonly id: string
  readonly type: Type
  readonly schemaVersion: string
  readonly from: string
  readonly to: string
  readonly caseId: string
  readonly inReplyTo?: string
  readonly priority: Priority
  readonly respondBy?: string
  readonly attachments?: readonly Attachment[]
  readonly body: Body
}
/** An envelope as it was received: of any type, also one of a later release. `isMessage` tells whether it is a `Message`. */
export type Envelope = EnvelopeOf<string, JsonObject>
/** A message of one type, as the published schemas have it. */
export type MessageOf<Type extends MessageType> = EnvelopeOf<Type, Bodies[Type]>
/** A message of any published type: `type` says which, and with it what `body` holds. */
export type Message = { readonly [Type in MessageType]: MessageOf<Type> }[MessageType]
/** Either of the two. */
export type AnyEnvelope = EnvelopeOf<string, object>

export type Attachment = {
  readonly digest: string
  readonly mediaType: string
  readonly size: number
  readonly name: string
  readonly description: string
}

export const envelope = exactly({
  id: uuid,
  type: text,
  schemaVersion: text,
  from: agencyId,
  to: agencyId,
  caseId: uuid,
  inReplyTo: optional(uuid),
  priority: oneOf('immediate', 'urgent', 'routine'),
  respondBy: optional(time),
  attachments: optional(listOf(exactly({ digest, mediaType: text, size: integer, name: text, description: text }))),
  body: anyObject,
})

/** The payload of an acknowledgement (section 7). */
export const acknowledgement = exactly({
  messageId: uuid,
  messageDigest: digest,
  at: time,
  outcome: oneOf('accepted', 'refused'),
  reason: optional(exactly({ code: text })),
})
export type Acknowledgement = ReturnType<typeof acknowledgement>

/** The payload of a receipt (section 6). A rejection from before the sender was established names no message, case or party. */
export const receipt = exactly({
  receiptId: uuid,
  event: oneOf(
    'SubmissionAcceptance',
    'SubmissionRejection',
    'ContentConsignment',
    'ContentConsignmentFailure',
    'ContentHandover',
    'ConsignmentRejection',
    'AcceptanceRejectionExpiry',
    'DeliveryResumed',
    'MessageDiscarded',
    'ResponseOverdue',
  ),
  messageId: optional(uuid),
  caseId: optional(uuid),
  type: optional(text),
  from: optional(agencyId),
  to: optional(agencyId),
  messageDigest: digest,
  at: time,
  gateway: text,
  attempt: optional(integer),
  desk: optional(text),
  reason: optional(exactly({ code: text, detail: optional(text) })),
  crl: optional(digest),
  submittedBy: optional(text),
  acknowledgement: optional(text),
})
export type Receipt = ReturnType<typeof receipt>
export type ReceiptEvent = Receipt['event']
