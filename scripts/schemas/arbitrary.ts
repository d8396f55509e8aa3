import type { AnySchemaObject } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import type { Json } from '../../gateway/protocol/json.ts'
import { openCourt, type Subjects } from './subjects.ts'

/** What each definition that is only a pattern may be. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  uuid: ['01596a2f-7c00-7abc-8def-0123456789ab'],
  date: ['2017-03-07', '2016-02-29'],
  partialDate: ['2017', '2017-03', '2017-03-07'],
  whenKnown: ['2017', '2017-03', '2017-03-07', '2017-03-07T15:00:00Z'],
  dateTime: ['2017-03-07T15:00:00Z', '2017-03-07T15:00:00.25Z'],
  moment: ['2017-03-07', '2017-03-07T15:00:00Z'],
  agencyId: ['fr-rys', 'gb-la-e10000016'],
  digest: ['sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'],
  language: ['fr', 'fa-AF', 'uz-Cyrl'],
  script: ['Latn', 'Ethi'],
  phone: ['+33199000001'],
  email: ['desk@example.org'],
}
/** Free texts; the codes are there for the area codes, whose scheme asks for one of its own. */
const FREE = ['x', ' ኣዳም ተስፋይ', 'نجیب الله', 'E10000016', '62', '62193', '69M']
/** The one form that stands within a definition (`retention`). */
const PERIODS = ['P1Y', 'P6M', 'P30D']
const isPeriod = (schema: AnySchemaObject): boolean => String(schema['pattern']).startsWith('^P(')
const MOST_ITEMS = 2

/**
 * Gives, for each subject of a release, arbitrary instances that the release accepts: made from its schemas, so that every member and code
 * comes up, and judged by it, so that its rules in words hold too. A subject is judged within others as well: what it holds is valid already.
 */
export function openArbitraries(subjects: Subjects): (subject: string) => fc.Arbitrary<Json> {
  const court = openCourt(subjects)
  const made = new Map<string, fc.Arbitrary<Json>>()

  function accepted(subject: string): fc.Arbitrary<Json> {
    const known = made.get(subject)
    if (known !== undefined) return known
    const judge = court.judge(subject)
    const texts = TEXTS[subject.replace('definitions/', '')]
    const any = texts === undefined ? instances(subjects.get(subject) ?? {}) : fc.constantFrom(...texts)
    const arbitrary = any.filter((instance) => judge(instance).length === 0)
    made.set(subject, arbitrary)
    return arbitrary
  }

  function instances(schema: AnySchemaObject): fc.Arbitrary<Json> {
    const reference: unknown = schema['$ref']
    if (typeof reference === 'string') return accepted(reference.slice('urn:passerelle:'.length))
    if (schema['const'] !== undefined) return fc.constant(schema['const'] as Json)
    if (schema['enum'] !== undefined) return fc.constantFrom(...(schema['enum'] as Json[]))
    if (schema['type'] === 'boolean') return fc.boolean()
    if (schema['type'] === 'integer') return fc.integer({ min: schema['minimum'], max: schema['maximum'] })
    if (schema['type'] === 'string') return fc.constantFrom(...(isPeriod(schema) ? PERIODS : FREE))
    if (schema['type'] === 'array') return lists(schema)
    return objects(schema)
  }

  function lists(schema: AnySchemaObject): fc.Arbitrary<Json> {
    const lengths = { minLength: schema['minItems'] ?? 0, maxLength: Math.min(MOST_ITEMS, schema['maxItems']) }
    const item = instances(schema['items'])
    return schema['uniqueItems'] === true
      ? fc.uniqueArray(item, { ...lengths, selector: (value) => JSON.stringify(value) })
      : fc.array(item, lengths)
  }

  function objects(schema: AnySchemaObject): fc.Arbitrary<Json> {
    const members = Object.entries<AnySchemaObject>(schema['properties'] ?? {})
    const model = Object.fromEntries(members.map(([name, member]) => [name, instances(member)]))
    return fc.record(model, { requiredKeys: schema['required'] ?? [] }) as fc.Arbitrary<Json>
  }

  return accepted
}
