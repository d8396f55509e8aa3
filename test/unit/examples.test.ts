import { join } from 'node:path'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import type { Envelope } from '../../gateway/protocol/envelope.ts'
import { parseEnvelope } from '../../gateway/protocol/envelope.ts'
import { checkReply, isPermitted, parsePathway } from '../../gateway/protocol/pathway.ts'
import { compiler, compileSchemas } from '../../gateway/protocol/schemas.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'

const files = await loadSchemaFolder(join(import.meta.dirname, '../../schemas'))
const schemas = compileSchemas(files)
const pathway = parsePathway(files.pathway)

type Example = Readonly<Record<string, unknown>> & {
  readonly id: string
  readonly type: string
  readonly schemaVersion: string
  readonly body: object
}
const versions = schemas.releases.map((release) => release.version)
const examplesOf = (type: string, version: string): readonly Example[] =>
  JSON.parse(files.published.get(`${version}/${type}.examples.json`)?.toString('utf8') ?? '[]') as Example[]
const published = schemas.releases.flatMap(({ version, types }) => types.map((type) => [version, type] as const))
const everyExample = published.flatMap(([version, type]) => examplesOf(type, version))
const parse = (example: Example): Envelope => parseEnvelope(Buffer.from(JSON.stringify(example)), schemas.types)

const parsed = [...files.published].filter(([path]) => path.endsWith('.schema.json'))
const ajv = compiler(
  new Map(parsed.map(([path, bytes]) => [path, JSON.parse(bytes.toString('utf8')) as AnySchemaObject])),
  true,
)
const envelopeSchemaOf = (version: string) =>
  ajv.getSchema(`https://passerelle.example/schemas/${version}/envelope.schema.json`)

/** The development agencies of section 13, and those that stand in examples alone. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  'fr-rys': ['referrer'],
  'gb-ctac': ['coordinator'],
  'gb-home-office': ['status-checker'],
  'gb-la-e10000016': ['children-services'],
  'gb-la-e09000008': ['children-services'],
  'gb-la-e08000025': ['children-services'],
  'gb-la-e06000044': ['children-services'],
  'gb-la-w06000015': ['children-services'],
  'gb-police-kent': ['police'],
  'fr-police-bpm': ['police'],
  'fr-dep-62': ['referrer', 'children-services'],
  'fr-dep-59': ['referrer', 'children-services'],
  'fr-dep-14': ['referrer', 'children-services'],
}

/** Everything that has a name, wherever it stands in a body. */
function* membersOf(value: unknown, name = ''): Generator<readonly [string, unknown]> {
  yield [name, value]
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* membersOf(inner, Array.isArray(value) ? name : key)
}
const allOf = (body: object, name: string): readonly unknown[] =>
  [...membersOf(body)].filter(([key]) => key === name).map(([, value]) => value)

test.each(published)('%s %s has at least two examples of its own, the first without an attachment', (version, type) => {
  const examples = examplesOf(type, version)
  expect(examples.map((example) => `${example.schemaVersion} ${example.type}`)).toEqual(
    examples.map(() => `${version} ${type}`),
  )
  expect(examples.length).toBeGreaterThanOrEqual(2)
  expect(examples[0]).not.toHaveProperty('attachments')
  expect(allOf(examples[0]?.body ?? {}, 'attachmentsUsed')).toEqual([])
})

describe.each(
  everyExample.map((example) => [`${example.schemaVersion} ${example.type} ${example.id}`, example] as const),
)('%s', (_, example) => {
  const envelope = parse(example)

  test('is a valid envelope with a valid body', () => {
    expect(schemas.validate(envelope.schemaVersion, envelope.type, envelope.body)).toEqual([])
    expect(envelopeSchemaOf(envelope.schemaVersion)?.(example)).toBe(true)
  })

  test('may be sent on the pathway, and answers something where it must', () => {
    expect(isPermitted(pathway, envelope.type, ROLES[envelope.from] ?? [], ROLES[envelope.to] ?? [])).toBe(true)
    const answered = pathway.get(envelope.type)?.answers[0]
    const original = envelope.inReplyTo === undefined ? undefined : { type: answered ?? '', caseId: envelope.caseId }
    checkReply(pathway, envelope, original, true)
  })

  test('answers what was addressed to its sender in its case, where that is an example too', () => {
    const original = everyExample.find(
      ({ id, schemaVersion }) => id === envelope.inReplyTo && schemaVersion === envelope.schemaVersion,
    )
    if (original === undefined) return
    const { type, from, to, caseId } = parse(original)
    expect({ from: to, to: from, caseId }).toEqual({ from: envelope.from, to: envelope.to, caseId: envelope.caseId })
    expect(pathway.get(envelope.type)?.answers).toContain(type)
  })

  test('has version 7 ids, and asks for an answer only where there is one to come', () => {
    const uuids = [envelope.id, envelope.caseId, envelope.inReplyTo ?? envelope.id]
    for (const id of uuids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const answers = [...pathway.values()].some((row) => row.answers.includes(envelope.type))
    if (!answers) expect(envelope.respondBy).toBeUndefined()
  })

  test('keeps the rules that are warnings: urgency, transfer, attachments and keys', () => {
    const { body, priority, from, to, attachments } = envelope
    if (allOf(body, 'immediacy').includes('immediate')) expect(priority).toBe('immediate')
    for (const mechanism of allOf(body, 'transferMechanism'))
      expect(mechanism === 'none-domestic').toBe(from.slice(0, 2) === to.slice(0, 2))
    const named = new Set(attachments.map((attachment) => attachment.digest))
    for (const digest of [...allOf(body, 'digest'), ...allOf(body, 'photographs').flat()])
      expect(named).toContain(digest)
    for (const persons of allOf(body, 'persons').flat()) expect(allOf(body, 'key')).toContain(persons)
    for (const attachment of attachments) expect(attachment.name).toMatch(/^[a-z-]+(-\d)?\.(jpg|png|pdf)$/)
  })

  test('names none of the children who died', () => {
    expect(JSON.stringify(example)).not.toMatch(/Mohammed Hassan|Raheemullah|Oryakhel|Abdullah|Dilsouz/i)
  })
})

test.each(versions)('no two examples of %s have one id', (version) => {
  const ids = everyExample.filter((example) => example.schemaVersion === version).map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('the report’s cases are among them', () => {
  const text = (type: string): string => JSON.stringify(examplesOf(type, '1.0'))
  expect(text('referral')).toContain('"pseudonym"')
  expect(text('referral')).toContain('"spelling-variant"')
  expect(text('assessment-referral')).toContain('"disputed"')
  expect(text('assessment-referral')).toContain('"adult-relationship-doubted"')
  expect(text('safeguarding-information')).toContain('"camp-clinic"')
  expect(new Set(examplesOf('family-link', '1.0').map((example) => example['to'])).size).toBe(2)
})

describe('release 1.1 has examples of its own', () => {
  const types = schemas.releases.find(({ version }) => version === '1.1')?.types ?? []
  const earlier = new Set(types.flatMap((type) => examplesOf(type, '1.0')).map(({ id }) => id))
  const own = types.flatMap((type) => examplesOf(type, '1.1')).filter(({ id }) => !earlier.has(id))

  /** What stands in every message alike, whoever the child is. */
  const COMMON = /^\/(?:contact|dataProtection|handling|flagContact|reopenContact|allocatedSocialWorker|retention)\//
  const statementsOf = (example: Example): readonly string[] =>
    [...leavesOf(example.body, '')].filter((leaf) => !COMMON.test(leaf))

  test('forty at least, of each type two', () => {
    expect(own.length).toBeGreaterThanOrEqual(40)
    for (const type of types) expect(own.filter((example) => example.type === type).length).toBeGreaterThanOrEqual(2)
  })

  test.each(own.map((example) => [`${example.type} ${example.id}`, example] as const))(
    '%s says at most half of what any of 1.0 says',
    (_, example) => {
      const said = statementsOf(example)
      for (const other of examplesOf(example.type, '1.0')) {
        const alike = new Set(statementsOf(other))
        expect(said.filter((statement) => alike.has(statement)).length / said.length).toBeLessThanOrEqual(0.5)
      }
    },
  )

  test.each([
    ['a child who has died, told to a referrer', 'outcome', '"child-died"'],
    ['missing again, told to a referrer', 'outcome', '"missing-again"'],
    ['a notice for a referrer', 'missing-notification', '"for":"referrer"'],
    ['a child without a name', 'referral', '"none-yet"'],
    ['a daughter', 'referral', '"daughter"'],
    ['twins together', 'referral', '"twin"'],
    ['labour exploitation', 'safeguarding-information', '"labour-exploitation"'],
    ['forced marriage and genital mutilation', 'referral', '"female-genital-mutilation"'],
    ['a communication need', 'referral', '"communication-need"'],
    ['a medicine of which nobody knows whether it is critical', 'safeguarding-information', '"critical":"unknown"'],
    ['a month without a day', 'child-found', '"foundAt":"2018-03"'],
    ['an authority abroad', 'child-found', '"foreignAuthority"'],
    ['section 76', 'safeguarding-confirmation', '"gb-wales-section-76"'],
    ['a decision of the NRM', 'safeguarding-confirmation', '"conclusive-grounds"'],
    ['article 34', 'information-request', '"hague-1996-art-34"'],
    ['an application given up', 'referral', '"given-up"'],
    ['a choice that was not understood', 'information-response', '"understood":"no"'],
    ['a consent refused, and why', 'safeguarding-information', '"whyRefused"'],
    ['a period of retention', 'case-closure', '"period"'],
  ] as const)('%s', (_, type, word) => {
    expect(JSON.stringify(own.filter((example) => example.type === type))).toContain(word)
  })
})

/** Every simple value of a body, with its place. */
function* leavesOf(value: unknown, pointer: string): Generator<string> {
  if (typeof value !== 'object' || value === null) yield `${pointer}=${String(value)}`
  else for (const [name, inner] of Object.entries(value)) yield* leavesOf(inner, `${pointer}/${name}`)
}
