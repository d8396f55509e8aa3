/** The forms that ids, digests and times have wherever they stand in the protocol (its preamble and section 1). */

// RFC 9562, section 4: the shape of any version; lower case, so that one id has one spelling.
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
export const AGENCY_ID = /^(?:fr|gb)(?:-[a-z0-9]+)+$/
export const AGENCY_ID_LENGTH = 64
// 32 bytes are 43 characters, whose last one has its two unused bits zero.
export const THUMBPRINT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/
const DIGEST_PREFIX = 'sha-256:'
const LAST_YEAR = 9999
// RFC 3339, section 5.6, in UTC; second 60 is a leap second, which the calendar check below places.
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?Z$/

/** Whether a value is a lower-case UUID. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

/** Whether a value has the form of an agency's id (section 1). */
export function isAgencyId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= AGENCY_ID_LENGTH && AGENCY_ID.test(value)
}

/** Whether a value is the canonical base64url of 32 bytes. */
export function isThumbprint(value: unknown): value is string {
  return typeof value === 'string' && THUMBPRINT.test(value)
}

/** Whether a value is `sha-256:` and the canonical base64url of 32 bytes. */
export function isDigest(value: unknown): value is string {
  return (
    typeof value === 'string' && value.startsWith(DIGEST_PREFIX) && THUMBPRINT.test(value.slice(DIGEST_PREFIX.length))
  )
}

/** A SHA-256 digest as the protocol writes it: `sha-256:` and base64url. */
export function digestText(digest: Uint8Array): string {
  return DIGEST_PREFIX + Buffer.from(digest).toString('base64url')
}

/** The bytes of a SHA-256 digest that has the form of `isDigest`, with `sha-256:` or without. */
export function parseDigest(text: string): Buffer {
  return Buffer.from(text.startsWith(DIGEST_PREFIX) ? text.slice(DIGEST_PREFIX.length) : text, 'base64url')
}

/**
 * Takes an RFC 3339 time in UTC with `Z`, gives its moment to the millisecond, or undefined where it is none: a 30 February is refused,
 * not moved to March. A leap second is the second after it, as POSIX time has it.
 */
export function parseTime(value: unknown): Date | undefined {
  const parts = typeof value === 'string' ? TIME.exec(value) : null
  if (parts === null) return undefined
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (hour > 23 || minute > 59) return undefined
  if (second > 59 && !(second === 60 && hour === 23 && minute === 59)) return undefined
  const moment = new Date(0)
  // setUTCFullYear, because Date.UTC takes the years 0 to 99 for 1900 to 1999
  moment.setUTCFullYear(year, month - 1, day)
  if (moment.getUTCMonth() !== month - 1 || moment.getUTCDate() !== day) return undefined
  moment.setUTCHours(hour, minute, second, milliseconds(parts[7] ?? ''))
  // Neither the year 0000 nor a leap second at the end of time is a moment that a database, or anybody, can keep.
  if (year === 0 || moment.getUTCFullYear() > LAST_YEAR) return undefined
  return moment
}

/** RFC 3339 in UTC, to the second: certificates know no finer. */
export function rfc3339(time: Date): string {
  return time.toISOString().replace('.000Z', 'Z')
}

/** Cuts a fraction such as `.1234567` to milliseconds; done on the digits, because 0.57 * 1000 need not be 570. */
function milliseconds(fraction: string): number {
  return Number(fraction.slice(1, 4).padEnd(3, '0'))
}
