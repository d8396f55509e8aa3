import { expect } from 'vitest'
import type { RawAnswer } from './raw.ts'

/** The status of each refusal, as the tables of the protocol give it: written down here again, not taken from the gateway. */
const statuses = {
  'malformed-message': 400,
  'unsupported-algorithm': 400,
  'invalid-request': 400,
  'unknown-signer': 401,
  'certificate-not-valid': 401,
  'invalid-signature': 401,
  'operator-certificate-required': 401,
  'unknown-agency': 403,
  'signer-mismatch': 403,
  'not-permitted': 403,
  'cross-site': 403,
  'unknown-recipient': 404,
  'not-found': 404,
  'method-not-allowed': 405,
  'id-conflict': 409,
  'pathway-violation': 409,
  'attachment-missing': 409,
  'already-acknowledged': 409,
  'digest-mismatch': 409,
  'not-a-dead-letter': 409,
  'message-too-large': 413,
  'unsupported-media-type': 415,
  'stale-message': 422,
  'unsupported-schema-version': 422,
  'schema-violation': 422,
  'rate-limited': 429,
  unavailable: 503,
} as const

export type Code = keyof typeof statuses

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Expects a whole problem document of this code (protocol section 4, RFC 9457); gives it. */
export function expectProblem(answer: RawAnswer, code: Code) {
  const problem = answer.read()
  expect(problem).toMatchObject({ code, type: `/problems/${code}`, status: statuses[code] })
  expect(answer.status).toBe(statuses[code])
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(answer.headers['passerelle-request-id']).toMatch(UUID)
  expect(problem.instance).toBe(`urn:uuid:${String(answer.headers['passerelle-request-id'])}`)
  expect(problem.title).toMatch(/\S/)
  expect(problem.detail).toMatch(/\S/)
  return problem
}
