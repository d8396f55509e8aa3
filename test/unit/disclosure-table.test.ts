import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scenarios } from '../../demo/scenarios/all.ts'
import { figure1 } from '../../demo/scenarios/figure1.ts'
import { s7 } from '../../demo/scenarios/s7.ts'
import { bodyOf } from '../../demo/compose.ts'
import { agencies } from '../../certs-dev/agencies.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { findUntold, parseDisclosure, untoldTo } from '../../gateway/protocol/disclosure.ts'
import type { Json, JsonObject } from '../../gateway/protocol/json.ts'
import { isPermitted, parsePathway } from '../../gateway/protocol/pathway.ts'
import { compileSchemas } from '../../gateway/protocol/schemas.ts'
import { disclosure as disclosureForm, pathway as pathwayForm, untold } from '../../sdk/disclosure.ts'
import type { Directory } from '../../sdk/index.ts'
import { openSamples } from '../support/disclosure-samples.ts'
import { membersInSchema } from '../support/schema-members.ts'

const files = await loadSchemaFolder('schemas')
const schemas = compileSchemas(files)
const pathway = parsePathway(files.pathway)
const table = parseDisclosure(files.disclosure)
const ROLES = (files.pathway as { roles?: string[] }).roles ?? [
  'referrer',
  'coordinator',
  'status-checker',
  'children-services',
]

const toldTo = (type: string, body: Json, roles: readonly string[]) =>
  untoldTo(findUntold(table, type, body), roles).map(({ pointer }) => pointer)

type Example = { readonly from: string; readonly to: string; readonly type: string; readonly body: JsonObject }
const versions = schemas.releases.map(({ version }) => version)
const examplesOf = (version: string, type: string): readonly Example[] =>
  JSON.parse(files.published.get(`${version}/${type}.examples.json`)?.toString('utf8') ?? '[]') as Example[]
const putters = new Map(
  schemas.releases.map(({ version, types }) => [version, openSamples(files, version, types)] as const),
)
function put(version: string, type: string, body: JsonObject, member: string, before?: number) {
  const into = putters.get(version)
  if (into === undefined) throw new Error(`no release ${version}`)
  return into(type, body, member, before)
}
const rolesOf = new Map(agencies.map(({ id, roles }) => [id, roles]))

const rows = [...table].flatMap(([type, held]) =>
  held.flatMap(({ to, members }) => members.map((path) => ({ type, to, member: `/${path.join('/')}` }))),
)
/** Each member of the table in each release that knows it. */
const cases = versions.flatMap((version) =>
  rows
    .filter(({ type, member }) => membersInSchema(files, version, type).has(member))
    .map(({ type, to, member }) => [version, type, to, member] as const),
)

describe('what is published and played is told to those who may know it', () => {
  test.each(versions.flatMap((version) => [...table.keys()].map((type) => [version, type] as const)))(
    'the examples of %s: %s',
    (version, type) => {
      for (const { from, to, body } of examplesOf(version, type)) {
        const roles = (rolesOf.get(to) ?? ['police']).filter((role) =>
          isPermitted(pathway, type, rolesOf.get(from) ?? ['police'], [role]),
        )
        expect(toldTo(type, body, roles)).toEqual([])
      }
    },
  )

  test('the demo', () => {
    const someId = '0190a000-0000-7000-8000-000000000001'
    const refs = { id: () => someId, case: () => someId }
    const steps = [...figure1.steps, ...scenarios.flatMap((each) => each.steps), ...s7.checks]
    const faults = steps.flatMap((step) => {
      if (!('as' in step) || step.expect !== undefined) return []
      return toldTo(step.type, bodyOf(step, refs) as Json, rolesOf.get(step.to) ?? []).map((at) => `${step.as} ${at}`)
    })
    expect(faults).toEqual([])
  })
})

describe('each member of the table, put into the examples of its type', () => {
  test.each(cases)('%s %s to a %s: %s', (version, type, to, member) => {
    for (const { body } of examplesOf(version, type)) {
      const placed = put(version, type, body, member)
      const faults = findUntold(table, type, placed.body)
      const refused = untoldTo(faults, [to]).map(({ pointer }) => pointer)
      expect(refused.some((at) => placed.pointer === at || placed.pointer.startsWith(`${at}/`))).toBe(true)
      for (const role of ['coordinator', 'children-services', 'police']) {
        expect(untoldTo(faults, [role])).toEqual([])
        // Who needs to know it in another role is told.
        expect(untoldTo(faults, [to, role])).toEqual([])
      }
      expect(untoldTo(faults, []).map(({ pointer }) => pointer)).toContain(refused[0])
    }
  })

  test.each(cases.filter(([, type, , member]) => !isRefusedBySchema(type, member)))(
    '%s %s to a %s: %s obeys the schema',
    (version, type, _, member) => {
      const faults = examplesOf(version, type)
        .filter(({ body }) => body['for'] !== 'referrer')
        .map(({ body }) => schemas.validate(version, type, put(version, type, body, member).body))
      expect(
        faults.some((one) => one.length === 0),
        JSON.stringify(faults[0]),
      ).toBe(true)
    },
  )

  test('anywhere among others, in any number, and however many there are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        fc.array(fc.constantFrom(...cases), { maxLength: 4 }),
        fc.nat({ max: 5 }),
        ([version, type, to, member], others, before) => {
          const [example] = examplesOf(version, type)
          const more = others.filter((other) => other[1] === type).map((other) => other[3])
          const body = more.reduce((held, one) => put(version, type, held, one, before).body, example?.body ?? {})
          const placed = put(version, type, body, member, before)
          const refused = toldTo(type, placed.body, [to])
          expect(refused.some((at) => placed.pointer === at || placed.pointer.startsWith(`${at}/`))).toBe(true)
          expect(toldTo(type, placed.body, ['coordinator'])).toEqual([])
        },
      ),
    )
  })
})

/** The schema itself has no room for a telephone there. */
const isRefusedBySchema = (type: string, member: string): boolean =>
  type === 'status-check-request' && member === '/body/child/contactPoints'

/** What may not reach a role, by the definition that a member has: whatever release adds one must add it to the table. */
const SENSITIVE: Readonly<
  Record<string, { readonly definitions: readonly string[]; readonly but: readonly string[] }>
> = {
  referrer: {
    definitions: [
      'place',
      'address',
      'sighting',
      'accommodation',
      'foreignAuthority',
      'recordAccess',
      'personName',
      'careLeft',
      'agencyReference',
    ],
    // Who the child is, by the name and the reference that the referrer knows; and the relative whom a question is about.
    but: [
      '/body/child/names/*',
      '/body/child/references/*',
      '/body/identity/names/*',
      '/body/identityUpdate/names/*',
      '/body/relative/names/*',
      '/body/child/documents/*/nameOnDocument',
      '/body/identity/documents/*/nameOnDocument',
      '/body/identityUpdate/documents/*/nameOnDocument',
    ],
  },
  'status-checker': {
    definitions: ['contactPoint', 'address', 'accommodation', 'health', 'narrative'],
    // Without these there would be no message, or they are about no harm: why an application was given up, why a case was closed.
    but: [
      '/body/circumstances',
      '/body/questions/*/text',
      '/body/answers/*/text',
      '/body/applications/*/reason',
      '/body/note',
    ],
  },
}

describe.each(versions)('release %s: nothing that is to be kept from a role is missing in the table', (version) => {
  test.each(Object.entries(SENSITIVE))('%s', (role, { definitions, but }) => {
    const types = schemas.releases.find((one) => one.version === version)?.types ?? []
    const receivable = types.filter((type) => ROLES.some((from) => isPermitted(pathway, type, [from], [role])))
    const missing = receivable.flatMap((type) => {
      const covering = rows.filter((row) => row.type === type && row.to === role).map(({ member }) => member)
      return [...membersInSchema(files, version, type)]
        .filter(([member, names]) => names.some((one) => definitions.includes(one)) && !but.includes(member))
        .map(([member]) => member)
        .filter((member) => !isContact(member))
        .filter((member) => !covering.some((one) => member === one || member.startsWith(`${one}/`)))
        .map((member) => `${type} ${member}`)
    })
    expect(missing).toEqual([])
  })
})

/** What somebody who works there may be called by stands in every message. */
const isContact = (member: string): boolean => /\/(?:contact|flagContact|reopenContact)(?:\/|$)/.test(member)

describe('several roles', () => {
  const body = { accompanying: [{ whereabouts: { country: 'GBR' } }], concerns: [{ details: {} }] }
  const of = (roles: readonly string[]) => toldTo('information-response', body, roles)

  test('what each forbids is untold, though they name it differently', () => {
    expect(of(['referrer'])).toEqual(['/body/accompanying/0/whereabouts'])
    expect(of(['status-checker'])).toEqual(['/body/concerns/0/details'])
    expect(of(['referrer', 'status-checker'])).toEqual([])
    const exact = { accompanying: [{ whereabouts: { locality: 'Dover' } }] }
    expect(toldTo('information-response', exact, ['status-checker', 'referrer'])).toEqual([
      '/body/accompanying/0/whereabouts/locality',
    ])
  })

  test('without any role nothing of the table is told', () => {
    expect(of([])).toHaveLength(2)
  })
})

test('the SDK says the same of every member, by the tables that the gateway serves', () => {
  const served = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
  const combinations = [
    ...ROLES.map((role) => [role]),
    ['referrer', 'children-services'],
    ['status-checker', 'referrer'],
    [],
  ]
  for (const [version, type, , member] of cases) {
    const { body } = put(version, type, examplesOf(version, type)[0]?.body ?? {}, member)
    for (const from of ROLES)
      for (const to of combinations) {
        if (!isPermitted(pathway, type, [from], to)) continue
        const rules = {
          disclosure: disclosureForm(served(files.disclosure), ''),
          pathway: pathwayForm(served(files.pathway), ''),
          directory: { agencies: [entry('gb-from', [from]), entry('gb-to', to)] },
        }
        const receiving = to.filter((role) => isPermitted(pathway, type, [from], [role]))
        expect(untold({ type, from: 'gb-from', to: 'gb-to', body }, rules)).toEqual(
          untoldTo(findUntold(table, type, body), receiving),
        )
      }
  }
})

test('the SDK says nothing of an agency that the directory does not have', () => {
  const rules = {
    disclosure: disclosureForm(files.disclosure, ''),
    pathway: pathwayForm(files.pathway, ''),
    directory: { agencies: [] },
  }
  const body = { relative: { place: {} } }
  expect(untold({ type: 'information-request', from: 'gb-a', to: 'gb-b', body }, rules)).toEqual([])
})

const entry = (id: string, roles: readonly string[]): Directory['agencies'][number] => ({
  id,
  name: { en: id, fr: id },
  country: 'GB',
  kind: 'ngo',
  roles,
  status: 'active',
  certificates: [],
})

test('a table that is not of the form is refused', () => {
  const row = { type: 'a', to: 'b', title: { en: 'x', fr: 'y' }, members: ['/body/x'] }
  expect(parseDisclosure({ rows: [row, { ...row, to: 'c' }] }).get('a')).toHaveLength(2)
  const wrong: Json[] = [
    null,
    {},
    { rows: [] },
    { rows: [1] },
    { rows: [{ ...row, type: 1 }] },
    { rows: [{ ...row, to: null }] },
    { rows: [{ ...row, title: { en: 'x' } }] },
    { rows: [{ ...row, members: [] }] },
    { rows: [{ ...row, members: ['/child'] }] },
    { rows: [{ ...row, members: ['/body/a~1b'] }] },
    { rows: [{ ...row, members: [1] }] },
  ]
  for (const json of wrong) expect(() => parseDisclosure(json), JSON.stringify(json)).toThrow('disclosure.json')
})

test('an empty member, and one whose name is that of a prototype, are members like others', () => {
  expect(toldTo('information-request', { identity: { contactPoints: [] } }, ['status-checker'])).toHaveLength(1)
  expect(
    toldTo('information-request', { identity: Object.create({ contactPoints: [] }) as JsonObject }, ['status-checker']),
  ).toEqual([])
})

test('each type and role of the table is one that the pathway has', () => {
  for (const { type, to } of rows) {
    expect(pathway.has(type)).toBe(true)
    expect(ROLES).toContain(to)
  }
})
