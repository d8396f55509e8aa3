/** What an endpoint's answer, or the lack of one, means for a delivery (protocol section 7, "Push"). Pure. */
import { codeOf } from '../base/base.ts'
import { DeliveryFault } from './fault.ts'
import { parseHttpDate } from './http-date.ts'

/**
 * `detail` is one of a few fixed words, never a text of the endpoint: it goes into receipts and logs.
 * An `acknowledgement` is only the bytes that came with a 2xx: whether they are one is for the caller to find out.
 */
export type Outcome =
  | { readonly kind: 'taken'; readonly status: number; readonly acknowledgement?: Buffer }
  | { readonly kind: 'retry'; readonly detail: string; readonly status?: number; readonly retryAfterMs?: number }
  | { readonly kind: 'refused'; readonly detail: string; readonly status?: number }

/** Takes the status, the Retry-After field, the body of a 2xx and the time; gives what it means. */
export function readAnswer(status: number, retryAfter: unknown, body: Buffer | undefined, now: Date): Outcome {
  if (status >= 200 && status <= 299) return { kind: 'taken', status, ...(body?.length && { acknowledgement: body }) }
  if (!isTriedAgain(status)) return { kind: 'refused', detail: 'status', status }
  const retryAfterMs = parseRetryAfter(retryAfter, now)
  return { kind: 'retry', detail: 'status', status, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

function isTriedAgain(status: number): boolean {
  return [408, 425, 429].includes(status) || (status >= 500 && status <= 599)
}

/** Reads Retry-After, seconds or a date (RFC 9110, 10.2.3), as milliseconds from now; nothing where it is neither. */
export function parseRetryAfter(field: unknown, now: Date): number | undefined {
  if (typeof field !== 'string') return undefined
  const text = field.trim()
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER)
  const at = parseHttpDate(text, now)
  return at === undefined ? undefined : Math.max(at.getTime() - now.getTime(), 0)
}

/** Gives the fixed word for what a connection died of; the error may hold names and addresses and goes no further. */
export function nameFault(error: unknown): string {
  if (error instanceof DeliveryFault) return error.code
  const code = codeOf(error)
  const known = faults.get(code)
  if (known) return known
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls-failed'
  return code.startsWith('HPE_') ? 'malformed-answer' : 'network'
}

/** Codes of Node and OpenSSL → the word of ours; names that are not resolved have theirs already. */
const faults: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection-refused'],
  ['ECONNRESET', 'connection-lost'],
  ['EPIPE', 'connection-lost'],
  ['ETIMEDOUT', 'timeout'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EPROTO', 'tls-failed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-of-other-host'],
  ['CERT_HAS_EXPIRED', 'certificate-not-current'],
  ['CERT_NOT_YET_VALID', 'certificate-not-current'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'certificate-untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate-untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate-untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate-untrusted'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate-untrusted'],
  ['CERT_SIGNATURE_FAILURE', 'certificate-untrusted'],
  ['INVALID_PURPOSE', 'certificate-untrusted'],
])
