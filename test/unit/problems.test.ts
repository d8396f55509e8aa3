import { expect, test } from 'vitest'
import { Problem, problemDocument, problems } from '../../gateway/problems.ts'

// every code that protocol.md names, with its status
const published = {
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
  'case-not-settled': 409,
  'period-not-ended': 409,
  erased: 410,
  'message-too-large': 413,
  'unsupported-media-type': 415,
  'stale-message': 422,
  'unsupported-schema-version': 422,
  'schema-violation': 422,
  'attachment-digest-mismatch': 422,
  'rate-limited': 429,
  'internal-error': 500,
  unavailable: 503,
}

test('the table holds each published code with its status, and no other', () => {
  expect(Object.fromEntries(Object.entries(problems).map(([code, { status }]) => [code, status]))).toEqual(published)
})

test.each(Object.entries(problems))('%s says in both languages what it means and what to do', (_, problem) => {
  for (const { en, fr } of [problem.title, problem.meaning, problem.remedy]) {
    expect(en).toMatch(/^\S.*\S$/)
    expect(fr).toMatch(/^\S.*\S$/)
    expect(fr).not.toBe(en)
    // French typography: the apostrophe is ’, and it is the English one too
    expect(en + fr).not.toContain("'")
  }
  for (const sentence of [problem.meaning, problem.remedy]) {
    expect(sentence.en).toMatch(/\.$/)
    expect(sentence.fr).toMatch(/\.$/)
  }
})

test('a problem without a detail says what its code means', () => {
  const problem = new Problem('stale-message')
  expect(problem).toMatchObject({ code: 'stale-message', status: 422, detail: problems['stale-message'].meaning })
  expect('errors' in problem || 'retryAfter' in problem).toBe(false)
})

test('the document of a problem is RFC 9457’s, in the language asked for', () => {
  const errors = [{ pointer: '/body/child', keyword: 'required', message: 'must …', messageFr: 'doit …' }]
  const problem = new Problem('schema-violation', { en: 'In English.', fr: 'En français.' }, { errors, retryAfter: 3 })
  expect(problemDocument(problem, '0190a000-0000-7000-8000-000000000001', 'fr')).toEqual({
    type: '/problems/schema-violation',
    title: 'Corps non conforme à son schéma',
    status: 422,
    detail: 'En français.',
    instance: 'urn:uuid:0190a000-0000-7000-8000-000000000001',
    code: 'schema-violation',
    errors,
  })
  expect(problem.retryAfter).toBe(3)
  expect(problemDocument(new Problem('not-found'), '0190a000-0000-7000-8000-000000000001', 'en')).toMatchObject({
    title: 'Not found',
    detail: problems['not-found'].meaning.en,
  })
})
