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

/** Of a release that is not the newest one in so many: it never changes any more (`SHA256SUMS`), and all were tried when it was. */
const ONE_IN = 7

// It needs no service, only more seconds than a commit has.
test.each(versions)(
  'every deleted or loosened keyword of every schema of the newest release, and a sample of those before it, is noticed by the corpus: %s',
  { timeout: 240_000 },
  async (version) => {
    const subjects = takeApart(files, version)
    const corpus = await readCorpus(join(root, 'test/unit/fixtures/schemas', version))
    const oneIn = version === versions.at(-1) ? 1 : ONE_IN
    const { tried, survivors } = survivorsOf(subjects, corpus, oneIn)
    expect(survivors).toEqual([])
    expect(tried).toBeGreaterThan(4000 / oneIn)
  },
)
