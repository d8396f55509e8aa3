import { join } from 'node:path'
import fc from 'fast-check'
import { loadSchemaFolder } from '../gateway/exchange/schema-folder.ts'
import { readCatalogue } from '../gateway/protocol/catalogue.ts'
import { openArbitraries } from './schemas/arbitrary.ts'
import { changesOf } from './schemas/published.ts'
import { openCourt, type Subjects, takeApart } from './schemas/subjects.ts'
import { unproved } from './schemas/widening.ts'

/**
 * `npm run schemas:check [messages]`: a published release has never changed, and each takes whatever the one before it takes. The latter is
 * proved from their structure, and tried with messages that are made up from the earlier one's schemas, as many for each schema
 * as is said (40). Exit status 1 where anything is found.
 */
const MESSAGES = 40
const [many = String(MESSAGES)] = process.argv.slice(2)
const folder = join(import.meta.dirname, '../schemas')
const files = await loadSchemaFolder(folder)
const versions = readCatalogue(files).releases.map(({ version }) => version)
const found: string[] = []

const changes = await changesOf(folder, files, versions)
found.push(...changes.map((path) => `published, and changed: schemas/${path}`))
say(`${versions.join(', ')}: ${changes.length === 0 ? 'as they were published' : `${changes.length} files changed`}`)

for (const [index, version] of versions.slice(1).entries()) {
  const before = versions[index] ?? ''
  if (before.split('.', 1)[0] !== version.split('.', 1)[0]) continue
  const [earlier, later] = [takeApart(files, before), takeApart(files, version)]
  const { places, stale, judged } = unproved(version, earlier, later)
  found.push(...places.map((place) => `${version} may refuse what ${before} took: ${place}`))
  found.push(...stale.map((place) => `scripts/schemas/judged.ts: proved by now, or gone: ${place}`))
  const refused = tryMessages(earlier, later)
  found.push(...refused.map((subject) => `${version} refuses what ${before} took: ${subject}`))
  say(
    `${version} after ${before}: ${earlier.size} schemas, proved but for ${judged} places that a person has judged; ` +
      `${Number(many) * (earlier.size - 1)} generated, ${refused.length} schemas refuse one`,
  )
}
for (const line of found) process.stdout.write(`${line}\n`)
process.exitCode = found.length === 0 ? 0 : 1

/** The envelope is judged by its structure and its parts: its body is one of the others. */
function tryMessages(earlier: Subjects, later: Subjects): readonly string[] {
  const accepted = openArbitraries(earlier)
  const court = openCourt(later)
  return [...earlier.keys()].filter((subject) => {
    if (subject === 'envelope') return false
    const judge = court.judge(subject)
    return fc
      .sample(accepted(subject), { numRuns: Number(many), seed: 1 })
      .some((instance) => judge(instance).length > 0)
  })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
