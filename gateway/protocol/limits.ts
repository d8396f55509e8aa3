/** The version of the protocol that this gateway speaks, as the well-known document gives it. */
export const PROTOCOL_VERSION = '1'

/** The largest attachment, in bytes (protocol section 9): 25 MiB. */
export const MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024
