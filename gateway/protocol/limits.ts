/** The version of the protocol that this gateway speaks, as the well-known document gives it. */
export const PROTOCOL_VERSION = '1'

/** The largest attachment, in bytes (protocol section 9): 25 MiB. */
export const MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024

/** What an attachment may be (section 9). */
export const ATTACHMENT_TYPES = [
  'application/pdf',
  'image/jpeg',
  'image/png',
  'image/heic',
  'text/plain',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
] as const

export type AttachmentType = (typeof ATTACHMENT_TYPES)[number]
