import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listed, MARKS, PAGES } from '../../scripts/conformance/list.ts'
import { cases, casesOf } from '../../sdk/conformance/cases.ts'
import { sections } from '../../sdk/conformance/report/words.ts'
import { toHtml } from '../../sdk/conformance/report/html.ts'
import { escape, reportOf, toJson, toJunit } from '../../sdk/conformance/report/report.ts'
import { roleNames, roles } from '../../sdk/conformance/roles.ts'
import { type Result, type State, verdictOf } from '../../sdk/conformance/run.ts'
import { passerelle } from '../support/passerelle.ts'

/** The cases of conformance as they are named, and the report of a run. */

test.each(Object.entries(PAGES))('the page in %s has every case, as the code has it', (language, page) => {
  const [, table = ''] = readFileSync(join(import.meta.dirname, '../..', page), 'utf8').split(MARKS)
  expect(table.trim()).toBe(listed(language === 'fr' ? 'fr' : 'en').trim())
})

test('there are more than 60 cases for each role, each with an id of its own and words in both languages', () => {
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
  for (const { id, title, why, section } of cases) {
    expect(id).toMatch(/^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/)
    expect(sections[section], id).toBeDefined()
    for (const text of [title, why]) expect(text.fr, id).not.toBe(text.en)
  }
  for (const role of roleNames) expect(casesOf(role).length).toBeGreaterThan(60)
})

const resultOf = (state: State, rank: 'required' | 'advisory', on: 'client' | 'endpoint' = 'client'): Result => {
  const one = cases.find((each) => each.rank === rank && each.on === on)
  if (one === undefined) throw new RangeError('there is one')
  const text = state === 'passed' ? {} : { text: { en: 'seen <b> & "c"', fr: 'vu <b> & "c"' } }
  return { case: one, state, ms: 12, ...text }
}

describe('the verdict', () => {
  test.each([
    ['conforms', [resultOf('passed', 'required'), resultOf('passed', 'advisory')]],
    ['conforms', [resultOf('passed', 'required'), resultOf('failed', 'advisory')]],
    ['conforms', [resultOf('passed', 'required'), resultOf('not-tried', 'required', 'endpoint')]],
    ['does-not-conform', [resultOf('passed', 'required'), resultOf('failed', 'required')]],
    ['incomplete', [resultOf('passed', 'required'), resultOf('not-tried', 'required')]],
    ['incomplete', [resultOf('not-tried', 'required')]],
    ['incomplete', [resultOf('passed', 'advisory')]],
    ['incomplete', []],
  ] as const)('%s', (verdict, results) => {
    expect(verdictOf(results)).toBe(verdict)
  })

  test('of some of the cases is never that it conforms', () => {
    const report = (isPartial: boolean) =>
      reportOf(roles.referrer, [resultOf('passed', 'required')], new Date(0), isPartial).verdict
    expect([report(false), report(true)]).toEqual(['conforms', 'incomplete'])
  })
})

describe('the report', () => {
  const results = [
    resultOf('passed', 'required'),
    resultOf('failed', 'required'),
    resultOf('failed', 'advisory'),
    resultOf('not-tried', 'required', 'endpoint'),
  ]
  const report = reportOf(roles.coordinator, results, new Date('2026-01-02T03:04:05Z'), false)

  test.each(['en', 'fr'] as const)('is a page in %s that loads nothing and quotes what was seen', (language) => {
    const page = toHtml(report, language)
    expect(page).toContain(`<html lang="${language}">`)
    expect(page).toContain('&lt;b&gt; &amp; &quot;c&quot;')
    expect(page).not.toMatch(/<script|<img|<link|src=|href=|undefined/)
    for (const result of results) expect(page).toContain(escape(result.case.title[language]))
  })

  test('is JUnit XML in which an advisory case stops nobody', () => {
    const xml = toJunit(report)
    expect(xml).toContain('tests="4" failures="1" errors="0" skipped="2"')
    expect(xml.match(/<testcase /g)).toHaveLength(4)
    expect(xml.match(/<failure /g)).toHaveLength(1)
    expect(xml).toContain('message="advisory: ')
  })

  test('is JSON with every case', () => {
    expect(toJson(report)).toMatchObject({
      verdict: 'does-not-conform',
      role: 'coordinator',
      counts: { passed: 1, failed: 2, 'not-tried': 1 },
      cases: results.map((result) => ({ id: result.case.id, state: result.state })),
    })
  })

  test('lets nothing through that XML cannot hold, or that changes the direction of writing', () => {
    expect(escape('a\u0000\u202eb\uffff😀')).toBe('a\ufffd\ufffdb\ufffd😀')
  })
})

describe('on the command line', () => {
  test('the cases are listed, for one role or for all, in words and in JSON', async () => {
    const { out, exit } = await passerelle(['conformance', '--list', '--role', 'referrer', '--lang', 'fr'])
    expect(exit).toBe(0)
    expect(out).toContain('pathway-referrer')
    expect(out).not.toContain('pathway-coordinator')
    expect((await passerelle(['conformance', '--list', '--json'])).json).toMatchObject({
      cases: cases.map(({ id }) => ({ id })),
    })
  })

  test.each([
    [['conformance'], '--role'],
    [['conformance', '--role', 'police', '--client', 'true'], '--role is referrer'],
    [['conformance', '--role', 'referrer'], '--client COMMAND'],
    [['conformance', '--role', 'referrer', '--only', 'no-such', '--client', 'true'], 'No case no-such'],
    [['conformance', '--role', 'referrer', '--client', 'true', '--limit', 'soon'], '--limit'],
    [['conformance', '--role', 'referrer', '--by-hand'], '--by-hand'],
    [['conformance', '--role', 'referrer', '--endpoint', 'http://localhost:1'], 'https'],
  ])('%j is refused as usage', async (words, said) => {
    const { exit, err } = await passerelle(words)
    expect(exit).toBe(64)
    expect(err).toContain(said)
  })
})
