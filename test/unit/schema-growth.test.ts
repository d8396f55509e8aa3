import { join } from 'node:path'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type JsonObject, isJsonObject, type Json } from '../../gateway/protocol/json.ts'
import { compileSchemas } from '../../gateway/protocol/schemas.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { applyEdits, readCorpus } from '../../scripts/schemas/corpus.ts'
import { openCourt, takeApart } from '../../scripts/schemas/subjects.ts'
import { openArbitraries } from './schema-arbitrary.ts'

const files = await loadSchemaFolder(join(import.meta.dirname, '../../schemas'))
const schemas = compileSchemas(files)
const earlier = takeApart(files, '1.0')
const newest = takeApart(files, '1.1')
const formerly = openCourt(earlier)
const later = openCourt(newest)
const corpus = await readCorpus(join(import.meta.dirname, 'fixtures/schemas/1.0'))
const types = schemas.releases[0]?.types ?? []
const accepted = openArbitraries(earlier)

type Example = { readonly type: string; readonly body: JsonObject }
const examplesOf = (type: string): readonly Example[] =>
  JSON.parse(files.published.get(`1.0/${type}.examples.json`)?.toString('utf8') ?? '[]') as Example[]

/** The base of a chapter with each code that each of its members may be, whole and with its required members alone. */
function* withEachCode(subject: string, base: Json): Generator<JsonObject> {
  if (!isJsonObject(base) || subject === 'envelope') return
  const schema: AnySchemaObject = earlier.get(subject) ?? {}
  const required = new Set<string>(schema['required'] ?? [])
  const least = Object.fromEntries(Object.entries(base).filter(([name]) => required.has(name)))
  for (const [name, member] of Object.entries<AnySchemaObject>(schema['properties'] ?? {})) {
    const list = earlier.get(String(member['$ref']).replace('urn:passerelle:', ''))
    const codes: readonly Json[] = list?.['enum'] ?? (member['type'] === 'boolean' ? [true, false] : [])
    for (const code of codes)
      yield* [
        { ...base, [name]: code },
        { ...least, [name]: code },
      ]
  }
}

describe('release 1.1 accepts every message that release 1.0 accepted', () => {
  test.each(types)('%s: the examples, under their new number', (type) => {
    for (const example of examplesOf(type)) {
      expect(schemas.validate('1.1', type, example.body)).toEqual([])
      expect(later.judge('envelope')({ ...example, schemaVersion: '1.1' })).toEqual([])
    }
  })

  test.each([...corpus])('%s: what the corpus accepts', (subject, chapter) => {
    const judge = later.judge(subject)
    for (const { edits, faults, why } of chapter.cases) {
      const instance = applyEdits(chapter.base, edits)
      // the number is the one thing in which a message of 1.0 differs
      const renumbered = subject === 'envelope' ? { ...(instance as JsonObject), schemaVersion: '1.1' } : instance
      if (faults.length === 0) expect(judge(renumbered), why ?? JSON.stringify(edits)).toEqual([])
    }
  })

  test.each([...earlier.keys()].filter((subject) => subject !== 'envelope'))('%s: whatever can be made', (subject) => {
    const judge = later.judge(subject)
    const runs = types.includes(subject) ? 40 : 20
    fc.assert(
      fc.property(accepted(subject), (instance) => {
        expect(judge(instance)).toEqual([])
      }),
      { numRuns: runs },
    )
  })

  test.each([...corpus])('%s: each code with all that may go with it, and with nothing', (subject, chapter) => {
    const [was, is] = [formerly.judge(subject), later.judge(subject)]
    for (const instance of withEachCode(subject, chapter.base))
      if (was(instance).length === 0) expect(is(instance)).toEqual([])
  })

  test('and every code of every list, in its order', () => {
    for (const [subject, { enum: codes }] of earlier) {
      if (!subject.startsWith('codes/')) continue
      const now = newest.get(subject)?.['enum'] as readonly string[]
      expect(
        now.filter((code) => (codes as readonly string[]).includes(code)),
        subject,
      ).toEqual(codes)
    }
  })
})
