import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import catalogue from '../../schemas/catalogue.json' with { type: 'json' }
import { examplesOf, type Fault, releases, validate } from '../../sdk/index.ts'
import { judge } from '../../sdk/validate/judge.ts'
import { resolve } from '../../sdk/validate/schema.ts'
import { schemasOf } from '../../sdk/validate/validate.ts'
import { applyEdits, readCorpus } from '../../scripts/schemas/corpus.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures/schemas')

test('the SDK has the releases of the catalogue', () => {
  expect(releases()).toEqual(catalogue.releases.map(({ version }) => version))
})

const inShort = ({ pointer, keyword, message }: Fault): string =>
  [pointer, keyword, ...(keyword === 'required' ? [/"(.+?)"/.exec(message)?.[1]] : [])].join(' ')

describe.each(catalogue.releases)('release $version', ({ version, types }) => {
  const release = schemasOf(version)

  test('each published example is valid', () => {
    for (const type of types)
      for (const example of examplesOf(type, version)) expect(validate(example), `${type} ${example.id}`).toEqual([])
  })

  test('each case of the corpus is judged as the gateway judges it, with the same pointers and keywords', async () => {
    const corpus = await readCorpus(join(FIXTURES, version))
    let judged = 0
    for (const [subject, { base, cases }] of corpus) {
      const name = subject.replace('definitions/', '')
      const reference = name === subject ? `${subject}.schema.json` : `definitions.schema.json#/$defs/${name}`
      const placed = resolve(release, reference, 'envelope.schema.json')
      for (const { edits, faults } of cases) {
        const found = judge(release, placed, applyEdits(base, edits), '')
        expect(found.map(inShort).toSorted(), `${subject} ${JSON.stringify(edits)}`).toEqual(faults.toSorted())
        judged += 1
      }
    }
    expect(judged).toBeGreaterThan(500)
  })
})
