import { expect } from 'vitest'
import type { RawAnswer } from './raw.ts'
import { type Code, statuses } from './statuses.ts'

export type { Code } from './statuses.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Expects a whole problem document of this code (protocol section 4, RFC 9457); gives it. */
export function expectProblem(answer: RawAnswer, code: Code) {
  const problem = answer.read()
  expect(problem).toMatchObject({ code, type: `/problems/${code}`, status: statuses[code] })
  expect(answer.status).toBe(statuses[code])
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(answer.headers['passerelle-request-id']).toMatch(UUID)
  expect(problem.instance).toBe(`urn:uuid:${String(answer.headers['passerelle-request-id'])}`)
  expect(problem.documentation).toMatch(new RegExp(`^https://[^/]+/problems/${code}$`))
  expect(problem.title).toMatch(/\S/)
  expect(problem.detail).toMatch(/\S/)
  return problem
}
