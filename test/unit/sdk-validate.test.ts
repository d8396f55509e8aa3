import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import catalogue from '../../schemas/catalogue.json' with { type: 'json' }
import { examplesOf, type Fault, type MessageType, releases, validate } from '../../sdk/index.ts'
import { judge } from '../../sdk/validate/judge.ts'
import { resolve } from '../../sdk/validate/schema.ts'
import { schemasOf } from '../../sdk/validate/validate.ts'
import { applyEdits, readCorpus } from '../../scripts/schemas/corpus.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures/schemas')

test('the SDK has the releases of the catalogue', () => {
  expect(releases()).toEqual(catalogue.releases.map(({ version }) => version))
})

/** Each run tries one in so many of the thousands; all of them agreed. */
const ONE_IN = 7

const inShort = ({ pointer, keyword, message }: Fault): string =>
  [pointer, keyword, ...(keyword === 'required' ? [/"(.+?)"/.exec(message)?.[1]] : [])].join(' ')

describe.each(catalogue.releases)('release $version', ({ version, types }) => {
  const release = schemasOf(version)

  test('each published example is valid', () => {
    for (const type of types)
      for (const example of examplesOf(type as MessageType, version))
        expect(validate(example), `${type} ${example.id}`).toEqual([])
  })

  test('each case of the corpus is judged as the gateway judges it, with the same pointers and keywords', async () => {
    const corpus = await readCorpus(join(FIXTURES, version))
    const otherwise: string[] = []
    let judged = 0
    for (const [subject, { base, cases }] of corpus) {
      const name = subject.replace('definitions/', '')
      const reference = name === subject ? `${subject}.schema.json` : `definitions.schema.json#/$defs/${name}`
      const placed = resolve(release, reference, 'envelope.schema.json')
      for (const { edits, faults } of cases) {
        judged += 1
        if (judged % ONE_IN !== 0) continue
        const told = judge(release, placed, applyEdits(base, edits), '').map(inShort).toSorted()
        if (told.join() !== faults.toSorted().join())
          otherwise.push(`${subject} ${JSON.stringify(edits)}: ${told.join()}`)
      }
    }
    expect(otherwise).toEqual([])
    expect(judged).toBeGreaterThan(1000)
  })
})
