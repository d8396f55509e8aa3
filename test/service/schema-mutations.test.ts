import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { readCatalogue } from '../../gateway/protocol/catalogue.ts'
import { readCorpus } from '../../scripts/schemas/corpus.ts'
import { takeApart } from '../../scripts/schemas/subjects.ts'
import { survivorsOf } from '../../scripts/schemas/survivors.ts'

const root = join(import.meta.dirname, '../..')
const files = await loadSchemaFolder(join(root, 'schemas'))
const versions = readCatalogue(files).releases.map(({ version }) => version)

// It needs no service, only more seconds than a commit has.
test.each(versions)(
  'every deleted or loosened keyword of every schema of %s is noticed by the corpus',
  { timeout: 120_000 },
  async (version) => {
    const subjects = takeApart(files, version)
    const corpus = await readCorpus(join(root, 'test/unit/fixtures/schemas', version))
    const { tried, survivors } = survivorsOf(subjects, corpus)
    expect(survivors).toEqual([])
    expect(tried).toBeGreaterThan(4000)
  },
)
