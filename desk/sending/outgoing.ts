import type { AnyEnvelope, Attachment } from '../../sdk/browser.ts'
import type { Waiting } from './outbox.ts'

/** What writing hands over to be sent. */
export type Outgoing = {
  readonly type: string
  readonly to: string
  /** Absent where it opens a case. */
  readonly caseId?: string
  readonly priority: AnyEnvelope['priority']
  readonly inReplyTo?: string
  readonly respondBy?: string
  readonly body: object
  /** Ids in the store `pictures`. */
  readonly attachments: readonly string[]
}

/** A picture as writing keeps it: made smaller, and freed of place and device. */
export type Picture = { readonly blob: Blob; readonly description?: string }

/** The release that the desk writes: the newest that its SDK knows. */
const RELEASE = '1.2'

/** Makes the envelope that goes out: its id, and that of a case that it opens, are fixed here, before anything leaves. */
export function envelopeOf(
  outgoing: Outgoing,
  from: string,
  enclosed: readonly Attachment[],
  newId: () => string,
): AnyEnvelope {
  const { type, to, caseId, priority, inReplyTo, respondBy, body } = outgoing
  return {
    id: newId(),
    type,
    schemaVersion: RELEASE,
    from,
    to,
    caseId: caseId ?? newId(),
    ...(inReplyTo !== undefined && { inReplyTo }),
    priority,
    ...(respondBy !== undefined && { respondBy }),
    ...(enclosed.length > 0 && { attachments: enclosed }),
    body,
  }
}

const ENDS: Readonly<Record<string, string>> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/heic': '.heic',
  'application/pdf': '.pdf',
}

/** A name that says nothing about a child, and is the same wherever the desk shows or saves the thing. */
export function neutralName(mediaType: string, digest: string): string {
  return `attachment-${digest.slice(-6).replaceAll(/[^A-Za-z0-9]/g, '0')}${ENDS[mediaType] ?? '.bin'}`
}

/** What is kept of a message that the channel has. */
export type Sent = {
  /** The draft's and the outbox's: the local id. */
  readonly id: string
  readonly messageId: string
  /** What was sent; absent where another of the agency's systems sent it, and the desk knows its receipts alone. */
  readonly envelope?: AnyEnvelope
  /** Compact JWS, in the order of the feed; each was verified when it came, or is marked. */
  readonly receipts: readonly { readonly compact: string; readonly isProven: boolean }[]
  readonly sentAt: string
  /** The recipient's desk that it goes to, and when that opens, where it waits. */
  readonly desk?: string
  readonly notBefore?: string
}

/** Begins what is kept of a message that has just been accepted. */
export function sentOf({ id, envelope }: Waiting, now: Date): Sent {
  return { id, messageId: envelope.id, envelope, receipts: [], sentAt: now.toISOString() }
}
