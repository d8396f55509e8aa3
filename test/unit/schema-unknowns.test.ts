import { join } from 'node:path'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { readCatalogue } from '../../gateway/protocol/catalogue.ts'
import { takeApart } from '../../scripts/schemas/subjects.ts'

const files = await loadSchemaFolder(join(import.meta.dirname, '../../schemas'))
const subjects = takeApart(files, readCatalogue(files).releases.at(-1)?.version ?? '')

type Member = { readonly place: string; readonly schema: AnySchemaObject; readonly isRequired: boolean }

/** Every member that a body or a definition has, with whether its sender must give it, by a rule too. */
function* members(): Generator<Member> {
  for (const [subject, schema] of subjects) {
    const rules: readonly AnySchemaObject[] = schema['allOf'] ?? []
    const asked = [schema, ...rules.flatMap((rule) => [rule['then'], rule['else']])]
    const required: readonly string[] = asked.flatMap((each) => each?.['required'] ?? [])
    for (const [name, member] of Object.entries<AnySchemaObject>(schema['properties'] ?? {}))
      yield { place: `${subject}/${name}`, schema: member, isRequired: required.includes(name) }
  }
}
const all = [...members()]
const refersTo = ({ schema }: Member): string => String(schema['$ref'] ?? '').replace('urn:passerelle:', '')
const places = (found: readonly Member[]): readonly string[] => found.map(({ place }) => place).toSorted()

/** What the sender itself decides or has done, so that «not known» is no answer to it. */
const OWN_DECISIONS = [
  'outcome/final',
  'safeguarding-information/confirmationWanted',
  'status-check-request/flagIfNotLocated',
]
const OWN_WORDS: ReadonlySet<string> = new Set([
  'definitions/areaCode/scheme',
  'definitions/dataProtection/transferMechanism',
  'definitions/death/mayTell',
  'definitions/groundsDecision/stage',
  'definitions/handling/marking',
  'definitions/retention/rule',
  'missing-notification/episodeStatus',
  'status-check-result/result',
])
/** Codes that say «I cannot say», or «something that the list has not». */
const OPEN = new Set([
  'unknown',
  'not-known',
  'not-assessed',
  'not-checked',
  'not-classified',
  'not-asked',
  'unverified',
  'inconclusive',
])
const OPEN_TOO = new Set(['other', 'none', 'possible', 'XXX'])

/** Times that have not come yet: deadlines, ends and plans. A date of birth has its own way of saying what is not known. */
const YET_TO_COME = [
  'case-closure/flagUntil',
  'definitions/alert/validUntil',
  'definitions/answer/expectedOn',
  'definitions/flag/expiresOn',
  'definitions/flag/reviewOn',
  'definitions/medication/supplyUntil',
  'definitions/retention/until',
  'definitions/transfer/plannedOn',
  'envelope/respondBy',
  'safeguarding-confirmation/nextUpdateOn',
  'status-check-request/flagUntil',
]

describe('«not known» is always an answer', () => {
  test('a true or false that a sender must give is a decision of its own, and all others may be unknown', () => {
    expect(places(all.filter(({ schema, isRequired }) => isRequired && schema['type'] === 'boolean'))).toEqual(
      OWN_DECISIONS,
    )
    const answers = all.filter((member) => refersTo(member) === 'definitions/booleanOrUnknown')
    expect(places(answers)).toEqual(
      expect.arrayContaining([
        'definitions/ageAssessment/challenged',
        'definitions/birthDate/estimated',
        'definitions/childSeen/seen',
        'definitions/flag/placed',
        'definitions/health/urgentCareNeeded',
        'definitions/medication/critical',
        'outcome/flagged',
        'status-check-result/flagged',
      ]),
    )
  })

  test('no yes or no is optional alone: what may be left out may be said to be unknown, too', () => {
    expect(places(all.filter(({ schema }) => schema['type'] === 'boolean'))).toEqual(OWN_DECISIONS)
  })

  test.each(all.filter((member) => member.isRequired && refersTo(member).startsWith('codes/')))('$place', (member) => {
    const codes = (subjects.get(refersTo(member))?.['enum'] ?? []) as readonly string[]
    const isOpen = codes.some((code) => OPEN.has(code) || OPEN_TOO.has(code))
    expect(isOpen, codes.join(', ')).toBe(!OWN_WORDS.has(member.place))
  })

  test('no yes-no list is without it', () => {
    for (const [subject, { enum: codes }] of subjects)
      if (subject.startsWith('codes/') && (codes as readonly string[]).includes('yes'))
        expect(codes, subject).toContain('unknown')
  })
})

describe('what happened is told as exactly as it is known', () => {
  test('only what is yet to come asks for a whole date or an hour', () => {
    const exact = new Set(['date', 'dateTime', 'moment', 'partialDate'].map((name) => `definitions/${name}`))
    const found = places(all.filter((member) => exact.has(refersTo(member))))
    expect(found).toEqual([...YET_TO_COME, 'definitions/birthDate/value'].toSorted())
  })

  test.each([
    'child-found/foundAt',
    'missing-notification/endedAt',
    'missing-notification/missingSince',
    'definitions/report/on',
    'definitions/ageAssessment/decidedOn',
    'definitions/dateRange/to',
  ])('%s may be a month', (place) => {
    expect(all.filter((member) => member.place === place).map(refersTo)).toEqual(['definitions/whenKnown'])
  })
})

test('a rule of retention that names no date has a period of its own', () => {
  const titles = subjects.get('codes/retentionRule')?.['x-enumTitles'] as Record<
    string,
    { en: string; period?: string }
  >
  const after = Object.entries(titles).filter(([, { en }]) => en.startsWith('A period after'))
  expect(after.map(([code, { period }]) => [code, period])).toEqual([
    ['case-closure-plus', 'P1Y'],
    ['until-18-plus', 'P7Y'],
  ])
})

/** Every schema with a pattern, wherever it stands. */
function* withPattern(value: unknown): Generator<AnySchemaObject> {
  if (typeof value !== 'object' || value === null) return
  if ('pattern' in value && typeof value.pattern === 'string') yield value
  for (const held of Object.values(value)) yield* withPattern(held)
}

test('a form that ends in `$` refuses line breaks besides, to which most engines let it end, and has an example that it takes', () => {
  const forms = [...withPattern([...subjects.values()])].filter(({ pattern }) => String(pattern).endsWith('$'))
  expect(forms.length).toBeGreaterThan(15)
  for (const { pattern, not, examples } of forms) {
    expect(new RegExp(not?.pattern, 'u').test('x\n'), pattern).toBe(true)
    expect(examples.length, pattern).toBeGreaterThan(0)
    for (const example of examples as string[]) expect(new RegExp(pattern, 'u').test(example), example).toBe(true)
  }
})

test('an earlier release takes the examples that stand at the same place of the newest: its faults give them', () => {
  const releases = readCatalogue(files).releases.map(({ version }) => version)
  let tried = 0
  for (const version of releases)
    for (const [subject, schema] of takeApart(files, version)) {
      const { pattern } = schema
      const examples = (subjects.get(subject)?.['examples'] ?? []) as readonly string[]
      if (typeof pattern !== 'string') continue
      for (const example of examples) expect(new RegExp(pattern, 'u').test(example), `${version} ${subject}`).toBe(true)
      tried += examples.length
    }
  expect(tried).toBeGreaterThan(40)
})

test('patterns are those of any engine: no looking ahead or behind, no classes of Unicode or of one language', () => {
  const patterns = [...JSON.stringify([...subjects.values()]).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)]
  expect(patterns.length).toBeGreaterThan(50)
  for (const [, pattern = '""'] of patterns)
    expect(JSON.parse(pattern)).not.toMatch(/\(\?(?:[=!]|<[=!]|<\w)|\\[dDwWpPbBsSuvz]/)
})
