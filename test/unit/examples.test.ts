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
const types = schemas.releases[0]?.types ?? []

type Example = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string; readonly body: object }
const examplesOf = (type: string): readonly Example[] =>
  JSON.parse(files.published.get(`1.0/${type}.examples.json`)?.toString('utf8') ?? '[]') as Example[]
const everyExample = types.flatMap(examplesOf)
const parse = (example: Example): Envelope =>
  parseEnvelope(Buffer.from(JSON.stringify(example)), (type) => schemas.isType(type))

const parsed = [...files.published].filter(([path]) => path.endsWith('.schema.json'))
const ajv = compiler(
  new Map(parsed.map(([path, bytes]) => [path, JSON.parse(bytes.toString('utf8')) as AnySchemaObject])),
  true,
)
const envelopeSchema = ajv.getSchema('https://passerelle.example/schemas/1.0/envelope.schema.json')

/** The development agencies of section 13. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  'fr-rys': ['referrer'],
  'gb-ctac': ['coordinator'],
  'gb-home-office': ['status-checker'],
  'gb-la-e10000016': ['children-services'],
  'gb-la-e09000008': ['children-services'],
  'gb-la-e08000025': ['children-services'],
  'gb-la-e06000044': ['children-services'],
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

describe.each(types)('%s', (type) => {
  test('has at least two examples, the first without an attachment', () => {
    const examples = examplesOf(type)
    expect(examples.length).toBeGreaterThanOrEqual(2)
    expect(examples[0]).not.toHaveProperty('attachments')
    expect(allOf(examples[0]?.body ?? {}, 'attachmentsUsed')).toEqual([])
    expect(examples.every((example) => example.type === type)).toBe(true)
  })
})

describe.each(everyExample.map((example) => [`${example.type} ${example.id}`, example] as const))(
  '%s',
  (_, example) => {
    const envelope = parse(example)

    test('is a valid envelope with a valid body', () => {
      expect(schemas.validate('1.0', envelope.type, envelope.body)).toEqual([])
      expect(envelopeSchema?.(example)).toBe(true)
    })

    test('may be sent on the pathway, and answers something where it must', () => {
      expect(isPermitted(pathway, envelope.type, ROLES[envelope.from] ?? [], ROLES[envelope.to] ?? [])).toBe(true)
      const answered = pathway.get(envelope.type)?.answers[0]
      const original = envelope.inReplyTo === undefined ? undefined : { type: answered ?? '', caseId: envelope.caseId }
      checkReply(pathway, envelope, original, true)
    })

    test('answers what was addressed to its sender in its case, where that is an example too', () => {
      const original = everyExample.find((other) => other.id === envelope.inReplyTo)
      if (original === undefined) return
      const { type, from, to, caseId } = parse(original)
      expect({ from: to, to: from, caseId }).toEqual({ from: envelope.from, to: envelope.to, caseId: envelope.caseId })
      expect(pathway.get(envelope.type)?.answers).toContain(type)
    })

    test('has version 7 ids, and asks for an answer only where there is one to come', () => {
      const uuids = [envelope.id, envelope.caseId, envelope.inReplyTo ?? envelope.id]
      for (const id of uuids)
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
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
  },
)

test('no two examples have one id', () => {
  expect(new Set(everyExample.map(({ id }) => id)).size).toBe(everyExample.length)
})

test('the report’s cases are among them', () => {
  const text = (type: string): string => JSON.stringify(examplesOf(type))
  expect(text('referral')).toContain('"pseudonym"')
  expect(text('referral')).toContain('"spelling-variant"')
  expect(text('assessment-referral')).toContain('"disputed"')
  expect(text('assessment-referral')).toContain('"adult-relationship-doubted"')
  expect(text('safeguarding-information')).toContain('"camp-clinic"')
  expect(new Set(examplesOf('family-link').map((example) => example['to'])).size).toBe(2)
})
