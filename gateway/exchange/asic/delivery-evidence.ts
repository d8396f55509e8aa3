import type { Receipt, ReceiptEvent } from '../../protocol/protocol.ts'

/** What is known beside the receipt. Certificates are DER in base64. */
export type Known = {
  /** The receipt as the gateway signed it. */
  readonly receipt: string
  readonly submittedAt: string
  readonly issuer: string | undefined
  /** Of the sender, where the message is there, and of the recipient, where this receipt has its word. */
  readonly sender: string | undefined
  readonly recipient: string | undefined
}

/** Those of section 6 that ETSI does not know. */
const OWN: ReadonlySet<ReceiptEvent> = new Set(['DeliveryResumed', 'MessageDiscarded', 'ResponseOverdue'])

const eventId = (event: ReceiptEvent): string =>
  `${OWN.has(event) ? 'https://passerelle.example/events' : 'http://uri.etsi.org/19522/Event'}/${event}`

/**
 * A receipt as evidence of a registered delivery: the components of ETSI EN 319 522-2 V1.2.1 by the names that the type Evidence of
 * EN 319 522-3 has for them, as JSON. Everything in it follows from the receipt, which goes along as the gateway signed it.
 */
export function deliveryEvidence(receipt: Receipt, known: Known): object {
  const { receiptId, event, messageId, messageDigest, at, gateway, from, to, reason } = receipt
  const digest = Buffer.from(messageDigest.slice('sha-256:'.length), 'base64url').toString('base64')
  return {
    version: 'EN319522v1.2.1',
    EvidenceIdentifier: receiptId,
    ERDSEventId: eventId(event),
    ...(reason && { EventReasons: { EventReason: [reasonOf(reason)] } }),
    EventTime: at,
    EvidenceIssuerDetails: party(gateway, known.issuer),
    SenderDetails: party(from, known.sender),
    RecipientDetails: party(to, known.recipient),
    SubmissionTime: known.submittedAt,
    MessageIdentifier: messageId,
    UserContentInfo: {
      ComposingParts: 1,
      PartsInfo: {
        PartInfo: [
          {
            Identifier: 'message.jws',
            ContentType: 'application/jose',
            DigestMethod: { Algorithm: 'http://www.w3.org/2001/04/xmlenc#sha256' },
            DigestValue: digest,
          },
        ],
      },
    },
    Extensions: { Extension: [{ receipt: known.receipt }] },
  }
}

const reasonOf = ({ code, detail }: NonNullable<Receipt['reason']>): object => ({
  Code: code,
  ...(detail !== undefined && { Details: detail }),
})

const party = (id: string | undefined, certificate: string | undefined): object => ({
  Identifier: id,
  ...(certificate !== undefined && { CertificateDetails: { X509Certificate: certificate } }),
})
