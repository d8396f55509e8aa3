import { join } from 'node:path'
import { loadSchemaFolder } from '../gateway/exchange/schema-folder.ts'
import { readCatalogue } from '../gateway/protocol/catalogue.ts'
import { readCorpus } from './schemas/corpus.ts'
import { survivorsOf } from './schemas/survivors.ts'
import { takeApart } from './schemas/subjects.ts'

/**
 * `node scripts/mutate-schemas.ts [release]`, the newest where none is named: deletes and loosens every keyword of every schema, one at a time, and lists the mutants that the frozen
 * corpus doesn't notice. Exit status 1 where there are any.
 */
const root = join(import.meta.dirname, '..')
const files = await loadSchemaFolder(join(root, 'schemas'))
const [version = readCatalogue(files).releases.at(-1)?.version ?? ''] = process.argv.slice(2)
const subjects = takeApart(files, version)
const corpus = await readCorpus(join(root, 'test/unit/fixtures/schemas', version))

const { tried, survivors } = survivorsOf(subjects, corpus)
for (const survivor of survivors) process.stdout.write(`survives: ${survivor}\n`)
process.stdout.write(`${tried} mutants of ${subjects.size} schemas, ${survivors.length} survive\n`)
process.exitCode = survivors.length === 0 ? 0 : 1
