import { join } from 'node:path'
import type { AnySchemaObject } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type JsonObject, isJsonObject, type Json } from '../../gateway/protocol/json.ts'
import { compileSchemas } from '../../gateway/protocol/schemas.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { openArbitraries } from '../../scripts/schemas/arbitrary.ts'
import { applyEdits, readCorpus } from '../../scripts/schemas/corpus.ts'
import { openCourt, takeApart } from '../../scripts/schemas/subjects.ts'
import { runs } from '../support/runs.ts'

const files = await loadSchemaFolder(join(import.meta.dirname, '../../schemas'))
const schemas = compileSchemas(files)
const NEWEST = schemas.releases.at(-1)?.version ?? ''
const newest = takeApart(files, NEWEST)
const later = openCourt(newest)
/** Those that the newest must not be narrower than: all before it of its major version. */
const formers = await Promise.all(
  schemas.releases
    .filter(({ version }) => version !== NEWEST && version.split('.', 1)[0] === NEWEST.split('.', 1)[0])
    .map(async ({ version, types }) => {
      const earlier = takeApart(files, version)
      const corpus = await readCorpus(join(import.meta.dirname, 'fixtures/schemas', version))
      return { version, types, earlier, corpus, formerly: openCourt(earlier), accepted: openArbitraries(earlier) }
    }),
)

type Example = { readonly type: string; readonly body: JsonObject }
const examplesOf = (version: string, type: string): readonly Example[] =>
  JSON.parse(files.published.get(`${version}/${type}.examples.json`)?.toString('utf8') ?? '[]') as Example[]

/** The base of a chapter with each code that each of its members may be, whole and with its required members alone. */
function* withEachCode(earlier: ReturnType<typeof takeApart>, subject: string, base: Json): Generator<JsonObject> {
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

describe.each(formers)(`release ${NEWEST} accepts every message that release $version accepted`, (former) => {
  const { version, types, earlier, corpus, formerly, accepted } = former

  test.each(types)('%s: the examples, under their new number', (type) => {
    for (const example of examplesOf(version, type)) {
      expect(schemas.validate(NEWEST, type, example.body)).toEqual([])
      expect(later.judge('envelope')({ ...example, schemaVersion: NEWEST })).toEqual([])
    }
  })

  test.each([...corpus])('%s: what the corpus accepts', (subject, chapter) => {
    const judge = later.judge(subject)
    for (const { edits, faults, why } of chapter.cases) {
      const instance = applyEdits(chapter.base, edits)
      // the number is the one thing in which a message of the earlier release differs
      const renumbered = subject === 'envelope' ? { ...(instance as JsonObject), schemaVersion: NEWEST } : instance
      if (faults.length === 0) expect(judge(renumbered), why ?? JSON.stringify(edits)).toEqual([])
    }
  })

  // The generators know release 1.0; of a later one they might look for a value for ever.
  const generated = version === '1.0' ? [...earlier.keys()].filter((subject) => subject !== 'envelope') : []
  test.each(generated)('%s: whatever can be made', (subject) => {
    const judge = later.judge(subject)
    fc.assert(
      fc.property(accepted(subject), (instance) => {
        expect(judge(instance)).toEqual([])
      }),
      { numRuns: runs(types.includes(subject) ? 40 : 20) },
    )
  })

  test.each([...corpus])('%s: each code with all that may go with it, and with nothing', (subject, chapter) => {
    const [was, is] = [formerly.judge(subject), later.judge(subject)]
    for (const instance of withEachCode(earlier, subject, chapter.base))
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
