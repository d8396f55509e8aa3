/** `node scripts/make-sdk.ts [release]`: makes the SDK's types and labels from the published schemas, the newest release's where none is named. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bodiesOf, labelsOf } from './sdk/types.ts'

const ROOT = join(import.meta.dirname, '..')
const catalogue = JSON.parse(await readFile(join(ROOT, 'schemas/catalogue.json'), 'utf8')) as {
  releases: { version: string }[]
}
const release = process.argv[2] ?? catalogue.releases.at(-1)?.version ?? ''

await writeFile(join(ROOT, 'sdk/generated/bodies.ts'), bodiesOf(release))
await writeFile(join(ROOT, 'sdk/generated/labels.ts'), labelsOf(release))
process.stdout.write(`sdk/generated made from schemas/${release}\n`)
