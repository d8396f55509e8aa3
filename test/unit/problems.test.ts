import { expect, test } from 'vitest'
import { Problem, problemDocument, problems } from '../../gateway/protocol/problems.ts'
import { statuses as published } from '../support/statuses.ts'

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
  const pages = 'https://pages.example'
  expect(problemDocument(problem, '0190a000-0000-7000-8000-000000000001', 'fr', pages)).toEqual({
    type: '/problems/schema-violation',
    title: 'Corps non conforme à son schéma',
    status: 422,
    detail: 'En français.',
    instance: 'urn:uuid:0190a000-0000-7000-8000-000000000001',
    code: 'schema-violation',
    documentation: 'https://pages.example/problems/schema-violation',
    errors,
  })
  expect(problem.retryAfter).toBe(3)
  expect(problemDocument(new Problem('not-found'), '0190a000-0000-7000-8000-000000000001', 'en', '')).toMatchObject({
    documentation: '/problems/not-found',
    title: 'Not found',
    detail: problems['not-found'].meaning.en,
  })
})
