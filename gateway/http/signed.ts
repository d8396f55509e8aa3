import { Type } from 'typebox'
import { agencyId, digest, name, oneOf, priority, thumbprint, time, uuid } from './forms.ts'

/** What is signed (protocol sections 3, 6 and 7), as JSON Schema: for the API description alone, for the checks of the exchange judge it. */

const COMPACT = String.raw`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`

/** A compact JWS whose decoded header and payload have these forms, said as JSON Schema 2020-12 says it of a JWT (section 8.6). */
const compactJws = (title: string, description: string, header: object, payload: object) =>
  Type.Unsafe<string>({
    title,
    description,
    type: 'string',
    pattern: COMPACT,
    contentMediaType: 'application/jose',
    contentSchema: { type: 'array', minItems: 2, maxItems: 2, prefixItems: [header, payload] },
  })

/** Anything that is signed: what it is stands beside it. */
export const jws = Type.String({ pattern: COMPACT, description: 'Compact JWS (RFC 7515)' })

const headerOf = (title: string, type: string) =>
  Type.Object(
    {
      alg: oneOf(['ES256', 'ES384', 'PS256', 'EdDSA'], { description: 'Fits the key of the certificate' }),
      typ: Type.Literal(type),
      cty: Type.Literal('json'),
      iat: Type.Integer({ description: 'When it was signed, in seconds (NumericDate)' }),
      'x5t#S256': thumbprint,
      x5c: Type.Optional(
        Type.Array(Type.String({ description: 'DER in padded base64' }), {
          minItems: 1,
          maxItems: 5,
          description: 'The chain, leaf first; receipts have none',
        }),
      ),
    },
    { title, additionalProperties: false, description: 'The protected header (section 3)' },
  )

const attachment = Type.Object(
  {
    digest,
    mediaType: Type.String(),
    size: Type.Integer({ minimum: 1 }),
    name: Type.String({ minLength: 1, maxLength: 255 }),
    description: Type.String({ minLength: 1, maxLength: 500 }),
  },
  { title: 'Attachment', additionalProperties: false, description: 'As it was put, and what it is (section 9)' },
)

/** Of whichever release: the published `envelope.schema.json` is what binds, and each type's own schema says what its body holds. */
const envelope = Type.Object(
  {
    id: uuid('Chosen by the sender, unique for ever for that sender'),
    type: name('A message type of the release (section 5)'),
    schemaVersion: Type.String({ pattern: String.raw`^\d+\.\d+$`, description: 'The release that the message obeys' }),
    from: agencyId('Who sends and signs'),
    to: agencyId('Whom it is for'),
    caseId: uuid('Ties together all messages about one child'),
    inReplyTo: Type.Optional(uuid('The message that this one answers')),
    priority,
    respondBy: Type.Optional(time),
    attachments: Type.Optional(Type.Array(attachment, { maxItems: 20 })),
    body: Type.Object({}, { description: 'Obeys `/schemas/{schemaVersion}/{type}.schema.json`' }),
  },
  { title: 'Envelope', additionalProperties: false, description: 'The payload of a message (section 3)' },
)

const acknowledgement = Type.Object(
  {
    messageId: uuid('The message'),
    messageDigest: digest,
    at: time,
    outcome: oneOf(['accepted', 'refused']),
    reason: Type.Optional(
      Type.Object({ code: name('Of the code list `refusalReason`') }, { additionalProperties: false }),
    ),
  },
  {
    title: 'Acknowledgement',
    additionalProperties: false,
    description: 'What a recipient says of a message (section 7)',
  },
)

/** All receipts have these; a rejection from before the sender was established names no message (section 6). */
const receipt = Type.Object(
  {
    receiptId: uuid('The receipt'),
    event: oneOf([
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
    ]),
    messageId: Type.Optional(uuid('The message')),
    caseId: Type.Optional(uuid('Its case')),
    type: Type.Optional(name('Its type')),
    from: Type.Optional(agencyId('Its sender')),
    to: Type.Optional(agencyId('Its recipient')),
    messageDigest: digest,
    at: time,
    gateway: Type.String(),
    attempt: Type.Integer({ minimum: 0, description: '0 before delivery' }),
    desk: Type.Optional(name('The desk that it was delivered to')),
    reason: Type.Optional(Type.Object({ code: Type.String(), detail: Type.Optional(Type.String()) })),
    crl: Type.Optional(digest),
    submittedBy: Type.Optional(agencyId('Who submitted what was refused')),
    acknowledgement: Type.Optional(Type.String({ pattern: COMPACT, description: 'The recipient’s own signed word' })),
  },
  { title: 'Receipt', description: 'What the gateway says of a message (section 6)' },
)

export const signedMessage = compactJws(
  'SignedMessage',
  'A message: a compact JWS (RFC 7515) whose payload is an envelope (section 3)',
  headerOf('MessageHeader', 'safeguarding-message+jws'),
  envelope,
)
export const signedAcknowledgement = compactJws(
  'SignedAcknowledgement',
  'An acknowledgement: a compact JWS by the recipient (section 7)',
  headerOf('AcknowledgementHeader', 'safeguarding-acknowledgement+jws'),
  acknowledgement,
)
export const signedReceipt = compactJws(
  'SignedReceipt',
  'A receipt: a compact JWS by the gateway (section 6)',
  headerOf('ReceiptHeader', 'delivery-receipt+jws'),
  receipt,
)
