import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { readCatalogue } from '../../gateway/protocol/catalogue.ts'
import { readCorpus } from '../../scripts/schemas/corpus.ts'
import { mutantsOf, NO_CODE } from '../../scripts/schemas/mutants.ts'
import { takeApart } from '../../scripts/schemas/subjects.ts'
import { survivorsOf } from '../../scripts/schemas/survivors.ts'

const root = join(import.meta.dirname, '../..')
const files = await loadSchemaFolder(join(root, 'schemas'))
const versions = readCatalogue(files).releases.map(({ version }) => version)

/** Here one in so many is tried; test/service tries all of the newest release, scripts/mutate-schemas.ts of each. */
const ONE_IN = 101

test.each(versions)(
  'a deleted or loosened keyword of %s is noticed by the corpus (a sample of all)',
  async (version) => {
    const subjects = takeApart(files, version)
    const corpus = await readCorpus(join(root, 'test/unit/fixtures/schemas', version))
    const { tried, survivors } = survivorsOf(subjects, corpus, ONE_IN)
    expect(survivors).toEqual([])
    expect(tried).toBeGreaterThan(40)
  },
)

test('a schema is changed in every way that loosens it', () => {
  const schema = {
    title: 'Words are none of its business',
    type: 'object',
    properties: { code: { enum: ['a', 'b'] }, text: { type: 'string', pattern: '^x$', maxLength: 2 } },
    required: ['code'],
    // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's keyword
    allOf: [{ if: { required: ['text'] }, then: { required: ['code'] } }],
  }
  expect([...mutantsOf(schema)].map(({ what }) => what)).toEqual([
    '/type deleted',
    '/properties deleted',
    '/properties anything for code',
    '/properties anything for text',
    '/required deleted',
    '/required without code',
    '/allOf deleted',
    '/allOf without 0',
    '/allOf anything for 0',
    '/properties/code/enum deleted',
    '/properties/code/enum plus one',
    '/properties/code/enum without a',
    '/properties/code/enum without b',
    '/properties/text/type deleted',
    '/properties/text/pattern deleted',
    '/properties/text/pattern with any beginning',
    '/properties/text/pattern with any end',
    '/properties/text/maxLength deleted',
    '/properties/text/maxLength plus one',
    '/allOf/0/if deleted',
    '/allOf/0/if anything',
    '/allOf/0/then deleted',
    '/allOf/0/then anything',
    '/allOf/0/if/required deleted',
    '/allOf/0/if/required without text',
    '/allOf/0/then/required deleted',
    '/allOf/0/then/required without code',
  ])
  expect([...mutantsOf(schema)][10]?.schema).toEqual({
    ...schema,
    properties: { ...schema.properties, code: { enum: ['a', 'b', NO_CODE] } },
  })
})
