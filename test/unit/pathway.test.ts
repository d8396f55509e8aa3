import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  checkReply,
  isPermitted,
  needsParticipation,
  type Original,
  parsePathway,
} from '../../gateway/protocol/pathway.ts'
import { readCatalogue } from '../../gateway/protocol/catalogue.ts'
import { Problem } from '../../gateway/protocol/problems.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'

const SCHEMAS = join(import.meta.dirname, '../../schemas')
const files = await loadSchemaFolder(SCHEMAS)
const pathway = parsePathway(files.pathway)

const ROLES = ['referrer', 'coordinator', 'status-checker', 'children-services', 'police']
type Registry = {
  $defs: { agency: { properties: { kind: { enum: string[] }; roles: { items: { enum: string[] } } } } }
}
const CASE = '01596a2f-7c00-7abc-8def-0123456789ab'
const OTHER_CASE = '01596a2f-7c00-7abc-8def-0123456789ac'
const REPLIED = '01596a2f-7c00-7abc-8def-0123456789ad'

/** Section 5, as R(eferrer), C(oordinator), S(tatus-checker), K for children-services, P(olice), * for any: type, from, to, answers. */
const SECTION_5: readonly (readonly [
  type: string,
  from: string,
  to: string,
  answers: readonly string[],
  required: boolean,
])[] = [
  ['referral', 'R', 'C', [], false],
  ['status-check-request', 'C', 'S', [], false],
  ['status-check-result', 'S', 'C', ['status-check-request'], true],
  ['child-found', 'SKRP', 'C', ['status-check-request'], false],
  ['assessment-referral', 'C', 'K', [], false],
  ['safeguarding-information', 'CRK', 'KC', [], false],
  ['safeguarding-confirmation', 'K', 'C', ['assessment-referral', 'safeguarding-information'], true],
  ['missing-notification', 'RKC', 'CKS', [], false],
  ['family-link', 'C', 'K', [], false],
  ['information-request', '*', '*', [], false],
  ['information-response', '*', '*', ['information-request'], true],
  ['outcome', 'C', 'R', ['referral'], true],
  ['case-closure', 'C', '*', [], false],
]
/** What a row allows besides: pairs that stand by themselves. */
const ALSO: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'safeguarding-information': ['C', 'P'],
  'missing-notification': ['C', 'RP'],
}
const LETTERS: Readonly<Record<string, string>> = {
  referrer: 'R',
  coordinator: 'C',
  'status-checker': 'S',
  'children-services': 'K',
  police: 'P',
}
const allows = (letters: string, role: string): boolean => letters === '*' || letters.includes(LETTERS[role] ?? '?')

/** The detail of a refusal, or undefined where the message fits. */
function refusal(
  type: string,
  inReplyTo: string | undefined,
  original: Original,
  tookPart?: boolean,
): string | undefined {
  try {
    checkReply(pathway, { type, caseId: CASE, ...(inReplyTo === undefined ? {} : { inReplyTo }) }, original, tookPart)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(Problem)
    const { code, detail } = error as Problem
    expect(code).toBe('pathway-violation')
    expect(detail.fr).not.toBe(detail.en)
    return detail.en
  }
}

test('the table is section 5, row for row', () => {
  expect([...pathway.keys()]).toEqual(SECTION_5.map(([type]) => type))
})

test('its types are those of the newest release, and an earlier one has no other', () => {
  const { releases } = readCatalogue(files)
  expect(releases.at(-1)?.types).toEqual([...pathway.keys()])
  for (const { types } of releases) expect(types.filter((type) => !pathway.has(type))).toEqual([])
})

describe.each(SECTION_5)('%s', (type, from, to, answers, required) => {
  test.each(ROLES.flatMap((sender) => ROLES.map((recipient) => [sender, recipient] as const)))(
    '%s to %s',
    (sender, recipient) => {
      const pairs = [[from, to] as const, ALSO[type] ?? (['', ''] as const)]
      expect(isPermitted(pathway, type, [sender], [recipient])).toBe(
        pairs.some(([senders, recipients]) => allows(senders, sender) && allows(recipients, recipient)),
      )
    },
  )

  test('what it answers, and whether it must', () => {
    expect(refusal(type, undefined, undefined, true) === undefined).toBe(!required)
    for (const original of pathway.keys())
      expect(refusal(type, REPLIED, { type: original, caseId: CASE }, true) === undefined).toBe(
        answers.includes(original),
      )
  })

  test('says what it is in both languages', () => {
    const row = pathway.get(type)
    expect(row?.title.en).toBeTruthy()
    expect(row?.title.fr).not.toBe(row?.title.en)
    expect(row?.says.fr).not.toBe(row?.says.en)
  })
})

test('what the coordinator passes on to a referrer or the police, nobody else may: no pair lends its sender to another', () => {
  for (const type of ['missing-notification', 'safeguarding-information'])
    for (const sender of ROLES.filter((role) => role !== 'coordinator'))
      expect(isPermitted(pathway, type, [sender], ['police'])).toBe(false)
  expect(isPermitted(pathway, 'missing-notification', ['children-services'], ['referrer'])).toBe(false)
  expect(isPermitted(pathway, 'missing-notification', ['coordinator'], ['referrer'])).toBe(true)
})

test('the roles are those of the registry’s schema, and its kinds have the police', async () => {
  const { $defs } = JSON.parse(await readFile(join(SCHEMAS, 'agencies.schema.json'), 'utf8')) as Registry
  expect(files.pathway).toMatchObject({ roles: ROLES })
  expect($defs.agency.properties.roles.items.enum).toEqual(ROLES)
  expect($defs.agency.properties.kind.enum).toContain('police')
})

test('several roles allow what any of them allows, no role allows only what any agency may send', () => {
  expect(isPermitted(pathway, 'referral', ['children-services', 'referrer'], ['coordinator'])).toBe(true)
  expect(isPermitted(pathway, 'information-request', [], [])).toBe(true)
  expect(isPermitted(pathway, 'referral', [], ['coordinator'])).toBe(false)
  expect(isPermitted(pathway, 'gossip', ROLES, ROLES)).toBe(false)
})

test('a reply of another case, to nothing, or to the wrong type is refused in one and the same words', () => {
  const details = [
    refusal('outcome', REPLIED, undefined),
    refusal('outcome', REPLIED, { type: 'referral', caseId: OTHER_CASE }),
    refusal('outcome', REPLIED, { type: 'family-link', caseId: CASE }),
    refusal('case-closure', undefined, undefined, false),
  ]
  expect(new Set(details).size).toBe(1)
  expect(details[0]).toBeDefined()
})

test('a missing answer, and an answer to nothing, are told as such: they reveal nothing', () => {
  expect(refusal('outcome', undefined, undefined)).toContain('inReplyTo is missing')
  expect(refusal('referral', REPLIED, { type: 'referral', caseId: CASE })).toContain('leave inReplyTo out')
})

test('only a closure is for those who took part', () => {
  expect([...pathway.keys()].filter((type) => needsParticipation(pathway, type))).toEqual(['case-closure'])
  expect(needsParticipation(pathway, 'gossip')).toBe(false)
  expect(refusal('case-closure', undefined, undefined, true)).toBeUndefined()
  expect(refusal('case-closure', undefined, undefined)).toBeDefined()
  expect(refusal('gossip', undefined, undefined, true)).toBeDefined()
})

test('a table that is not of the form is refused', () => {
  const title = { en: 'x', fr: 'y' }
  const row = { type: 'a', from: ['x'], to: 'any', answers: [], answerRequired: false, title, says: title }
  expect(parsePathway({ rows: [row] }).size).toBe(1)
  const broken: readonly unknown[] = [
    undefined,
    {},
    { rows: [] },
    { rows: [row, row] },
    { rows: [null] },
    { rows: [{ ...row, type: 1 }] },
    { rows: [{ ...row, from: 'some' }] },
    { rows: [{ ...row, to: [] }] },
    { rows: [{ ...row, to: [1] }] },
    { rows: [{ ...row, also: {} }] },
    { rows: [{ ...row, also: ['x'] }] },
    { rows: [{ ...row, also: [{ from: ['x'], to: 'any' }] }] },
    { rows: [{ ...row, also: [{ from: [], to: ['x'] }] }] },
    { rows: [{ ...row, answers: 'a' }] },
    { rows: [{ ...row, answers: ['b'] }] },
    { rows: [{ ...row, answerRequired: 'no' }] },
    { rows: [{ ...row, title: { en: 'x' } }] },
    { rows: [{ ...row, says: undefined }] },
  ]
  for (const table of broken) expect(() => parsePathway(table)).toThrow('pathway.json')
})
