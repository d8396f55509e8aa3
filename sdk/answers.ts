/** The forms of the gateway's answers, as sections 1, 4 to 8 of the protocol give them. */

import { flag, integer, listOf, oneOf, optional, record, text } from './shape.ts'

const words = record({ en: text, fr: text })
const priority = oneOf('immediate', 'urgent', 'routine')
const state = oneOf('accepted', 'consigned', 'handed-over', 'refused', 'dead-lettered', 'discarded')
const certificate = record({
  pem: text,
  thumbprint: text,
  notBefore: text,
  notAfter: text,
  revokedAt: optional(text),
  current: flag,
})

const hours = record({
  timeZone: text,
  open: listOf(record({ days: listOf(text), from: text, to: text })),
})

export const wellKnown = record({
  id: text,
  environment: oneOf('production', 'test', 'development'),
  protocolVersion: oneOf('1'),
  schemaVersions: listOf(text),
  limits: record({ messageBytes: integer, attachmentBytes: integer, perMinute: integer }),
  /** The evidence logs, past ones too: their keys are what bundles are verified by (section 10). */
  logs: optional(listOf(record({ origin: text, verifierKeys: listOf(text), current: flag }))),
  signingCertificates: listOf(certificate),
  tlsCertificates: listOf(certificate),
})
export type WellKnown = ReturnType<typeof wellKnown>

export const directory = record({
  agencies: listOf(
    record({
      id: text,
      name: words,
      country: oneOf('FR', 'GB'),
      kind: text,
      roles: listOf(text),
      status: oneOf('active', 'suspended'),
      desks: optional(
        listOf(record({ id: text, name: words, hours: optional(hours), openNow: flag, opensAt: optional(text) })),
      ),
      dutyTelephone: optional(text),
      /** Whether it has asked for its inbox in the last day; absent where everything is pushed to it. */
      mailboxRead: optional(flag),
      contact: optional(record({ email: optional(text), phone: optional(text), outOfHours: optional(text) })),
      certificates: listOf(certificate),
    }),
  ),
})
export type Directory = ReturnType<typeof directory>

export const acknowledged = record({ messageId: text, state, receipt: text })
export const accepted = record({
  messageId: text,
  state,
  receipt: text,
  /** Where in the recipient it goes, and not before when it is delivered: it waits for that desk to open. */
  desk: optional(text),
  notBefore: optional(text),
})
export type Accepted = ReturnType<typeof accepted> & {
  /** Whether the gateway had these bytes already: as good as accepted now. */
  readonly replayed: boolean
}
export type Acknowledged = ReturnType<typeof acknowledged>

export const messageStatus = record({
  messageId: text,
  from: text,
  to: text,
  caseId: text,
  type: text,
  priority,
  acceptedAt: text,
  state,
  desk: optional(text),
  attempts: integer,
  nextAttemptAt: optional(text),
  receipts: listOf(text),
})
export type MessageStatus = ReturnType<typeof messageStatus>

export const inboxPage = record({
  messages: listOf(
    record({
      messageId: text,
      from: text,
      type: text,
      caseId: text,
      priority,
      acceptedAt: text,
      size: integer,
      desk: optional(text),
      cursor: text,
    }),
  ),
  next: optional(text),
})
export type InboxPage = ReturnType<typeof inboxPage>
export type InboxEntry = InboxPage['messages'][number]

export const receiptPage = record({ receipts: listOf(record({ cursor: text, receipt: text })), next: text })
export type ReceiptPage = ReturnType<typeof receiptPage>
export type FeedEntry = ReceiptPage['receipts'][number]

export const caseView = record({
  caseId: text,
  messages: listOf(
    record({
      messageId: text,
      from: text,
      to: text,
      type: text,
      priority,
      inReplyTo: optional(text),
      acceptedAt: text,
      state,
      respondBy: optional(text),
    }),
  ),
})
export type CaseView = ReturnType<typeof caseView>

export const catalogue = record({
  releases: listOf(
    record({ version: text, status: oneOf('current', 'deprecated'), sunset: optional(text), types: listOf(text) }),
  ),
})
