import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCatalogue } from '../gateway/protocol/catalogue.ts'
import type { Json } from '../gateway/protocol/json.ts'
import { loadSchemaFolder } from '../gateway/exchange/schema-folder.ts'
import { proposeChapter } from './schemas/propose.ts'
import { sumOf, SUMS } from './schemas/published.ts'
import { openCourt, takeApart } from './schemas/subjects.ts'

/**
 * `node scripts/freeze-schemas.ts <release>`: writes SHA256SUMS of a release that is about to be published and the digest of that, and a chapter of the corpus
 * for each of its schemas that has none yet, with the rules in words of the release before. Read what it proposes before you commit it: from
 * then on it may never change.
 */
const [version = ''] = process.argv.slice(2)
const schemas = join(import.meta.dirname, '../schemas')
const corpora = join(import.meta.dirname, '../test/unit/fixtures/schemas')
const corpus = join(corpora, version)

const files = await loadSchemaFolder(schemas)
const versions = readCatalogue(files).releases.map((release) => release.version)
if (versions.indexOf(version) < versions.length - 1)
  throw new Error(`${version} was published: make a release after ${versions.at(-1)}`)
if (!versions.includes(version)) throw new Error(`schemas/catalogue.json has no release ${version}: add it there first`)
const published = [...files.published]
  .filter(([path]) => path.startsWith(`${version}/`))
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
if (published.length === 0) throw new Error(`schemas/${version} holds nothing to freeze`)
const subjects = takeApart(files, version)
const court = openCourt(subjects)
await mkdir(corpus, { recursive: true })
for (const [name, members] of Map.groupBy(subjects.keys(), (subject) => subject.split('/')[0] ?? '')) {
  const file = join(corpus, `${name}.json`)
  if (existsSync(file)) continue
  const chapters = members.map((subject) => {
    const chapter = proposeChapter(subjects, subject, (other) => court.judge(other), exampleOf(subject))
    const cases = chapter.cases.map((each) => `    ${JSON.stringify(each)}`)
    return `  ${JSON.stringify(subject)}: {\n   "base": ${JSON.stringify(chapter.base)},\n   "cases": [\n${cases.join(',\n')}\n   ]\n  }`
  })
  await writeFile(file, `{\n${chapters.join(',\n')}\n}\n`)
}

const RULES = 'rules.json'
const before = versions[versions.indexOf(version) - 1]
if (before !== undefined && !existsSync(join(corpus, RULES)))
  await copyFile(join(corpora, before, RULES), join(corpus, RULES))

// Last: what is frozen has its corpus.
const sums = Buffer.from(published.map(([path, bytes]) => `${sumOf(bytes, path.slice(version.length + 1))}\n`).join(''))
await writeFile(join(schemas, version, SUMS), sums)
const path = `${version}/${SUMS}`
const others = (await readFile(join(schemas, SUMS), 'utf8'))
  .split('\n')
  .filter((line) => line !== '' && !line.endsWith(path))
await writeFile(join(schemas, SUMS), [...others, sumOf(sums, path), ''].join('\n'))

/** The body of a type's first example; the envelope's is a whole one. */
function exampleOf(subject: string): Json | undefined {
  const bytes = files.published.get(`${version}/${subject === 'envelope' ? 'referral' : subject}.examples.json`)
  const [first] = bytes === undefined ? [] : (JSON.parse(bytes.toString('utf8')) as { body: Json }[])
  return subject === 'envelope' ? first : first?.body
}
