import { releases } from '../../validate/validate.ts'
import type { Role } from '../roles.ts'
import { type Result, type Verdict, verdictOf } from '../run.ts'

/** What a run has found, for people and for programs. */
export type Report = {
  readonly role: Role
  readonly at: Date
  readonly verdict: Verdict
  readonly schemas: string
  readonly results: readonly Result[]
  /** Only some of the cases were asked for: no verdict on the whole. */
  readonly isPartial: boolean
}

/** Takes what was found; gives the report. A run of some cases says nothing of the others, so that its verdict is never more than incomplete. */
export function reportOf(role: Role, results: readonly Result[], at: Date, isPartial: boolean): Report {
  const found = verdictOf(results)
  const verdict = isPartial && found === 'conforms' ? 'incomplete' : found
  return { role, at, verdict, schemas: releases().at(-1) ?? '', results, isPartial }
}

/** How many passed, failed and were not tried. */
export function countsOf(results: readonly Result[]) {
  const count = (state: Result['state']) => results.filter((result) => result.state === state).length
  return { passed: count('passed'), failed: count('failed'), 'not-tried': count('not-tried') }
}

/** The report as JSON, for programs. */
export function toJson({ role, at, verdict, schemas, results, isPartial }: Report): object {
  return {
    version: 1,
    protocolVersion: '1',
    schemas,
    role: role.name,
    agency: role.agency,
    at: at.toISOString(),
    verdict,
    isPartial,
    counts: countsOf(results),
    cases: results.map(({ case: { id, section, rank, on, title, why }, state, text, ms }) => {
      return { id, section, rank, on, title, why, state, ...(text !== undefined && { seen: text }), ms }
    }),
  }
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For HTML and XML alike; what XML cannot hold, and what changes the direction of writing, becomes a replacement character. */
export function escape(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (one) => escapes[one] ?? one)
    .replaceAll(/[^\t\n\r\u0020-\u{10ffff}]|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd')
}

/** The report as JUnit XML, which continuous integration reads. An advisory case that failed is skipped there: it must stop nobody. */
export function toJunit({ role, at, results }: Report): string {
  const isFailure = ({ state, case: { rank } }: Result) => state === 'failed' && rank === 'required'
  const failures = results.filter(isFailure).length
  const skipped = results.filter((result) => result.state !== 'passed' && !isFailure(result)).length
  const seconds = (ms: number) => (ms / 1000).toFixed(3)
  const total = seconds(results.reduce((sum, { ms }) => sum + ms, 0))
  const cases = results.map((result) => {
    const { case: one, text, ms } = result
    const head = `classname="section ${one.section}" name="${escape(one.id)}" time="${seconds(ms)}"`
    if (result.state === 'passed') return `    <testcase ${head}/>`
    const message = escape(`${one.title.en}: ${text?.en ?? ''}`)
    const inside = isFailure(result)
      ? `<failure message="${message}">${escape(one.why.en)}</failure>`
      : `<skipped message="${result.state === 'failed' ? 'advisory: ' : ''}${message}"/>`
    return `    <testcase ${head}>${inside}</testcase>`
  })
  const counts = `tests="${results.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${total}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="passerelle conformance" ${counts}>`,
    `  <testsuite name="${role.name}" timestamp="${at.toISOString()}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
