// Makes test vectors of evidence bundles, with verdicts, into a new folder: `node_modules/.bin/node scripts/make-evidence-vectors.ts 2`.
// Those that stand are kept for ever: whoever has written a verifier by them must be able to rely on them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mutations, genuine, falsify } from '../test/support/evidence/mutations.ts'
import { build } from '../test/support/evidence/plan.ts'
import { difference } from '../test/support/evidence/json-patch.ts'
import { makeWorld, NOW } from '../test/support/evidence/world.ts'

const [release] = process.argv.slice(2)
if (release === undefined || !/^\d+$/.test(release)) throw new Error('name the folder: a number')
const folder = join(import.meta.dirname, '../test/vectors/evidence', release)
mkdirSync(folder)
const write = (name: string, value: object) =>
  writeFileSync(join(folder, name), `${JSON.stringify(value, undefined, 1)}\n`)

const world = await makeWorld()
write('trust.json', world.trust)
const bases = new Map<string, object>()
for (const [name, plan] of Object.entries(genuine)) {
  const bundle = await build(world, plan(world))
  bases.set(name, bundle)
  write(`${name}.json`, bundle)
}
const refused = []
for (const mutation of mutations) {
  const { bundle, trust } = await falsify(world, mutation)
  const candidates = [...bases].map(([base, from]) => ({ base, patch: difference(from, bundle) }))
  const [least] = candidates.toSorted((a, b) => JSON.stringify(a.patch).length - JSON.stringify(b.patch).length)
  const trustPatch = difference(world.trust, trust)
  const { what, code } = mutation
  refused.push({ what, code, ...least, ...(trustPatch.length > 0 && { trustPatch }) })
}
write('refused.json', refused)
process.stdout.write(`${bases.size} bundles and ${refused.length} falsifications of ${NOW.toISOString()}\n`)
