import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { readCorpus } from '../../scripts/schemas/corpus.ts'
import { takeApart } from '../../scripts/schemas/subjects.ts'
import { survivorsOf } from '../../scripts/schemas/survivors.ts'

// It needs no service, only more seconds than a commit has.
test.each(['1.0', '1.1'])(
  'every deleted or loosened keyword of every schema of %s is noticed by the corpus',
  { timeout: 120_000 },
  async (version) => {
    const root = join(import.meta.dirname, '../..')
    const subjects = takeApart(await loadSchemaFolder(join(root, 'schemas')), version)
    const corpus = await readCorpus(join(root, 'test/unit/fixtures/schemas', version))
    const { tried, survivors } = survivorsOf(subjects, corpus)
    expect(survivors).toEqual([])
    expect(tried).toBeGreaterThan(4000)
  },
)
