/** Builds what `npm pack` puts into the SDK's package: JavaScript with declarations, and the published schemas. */
import { spawnSync } from 'node:child_process'
import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { releases, schemasOf } from '../sdk/validate/validate.ts'

const ROOT = join(import.meta.dirname, '..')
const SDK = join(ROOT, 'sdk')

for (const made of ['dist', 'schemas']) await rm(join(SDK, made), { recursive: true, force: true })
const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
const { status, stdout } = spawnSync(process.execPath, [tsc, '--project', join(SDK, 'tsconfig.build.json')], {
  encoding: 'utf8',
})
if (status !== 0) {
  process.stderr.write(stdout)
  process.exit(1)
}
await mkdir(join(SDK, 'schemas'))
// What the gateway that conformance plays publishes.
for (const name of ['catalogue.json', 'disclosure.json', 'pathway.json'])
  await copyFile(join(ROOT, 'schemas', name), join(SDK, 'schemas', name))
for (const release of releases()) {
  await cp(join(ROOT, 'schemas', release), join(SDK, 'schemas', release), { recursive: true })
  // A browser asks for one file and not for a hundred.
  await writeFile(join(SDK, 'schemas', `${release}.json`), JSON.stringify(schemasOf(release)))
}
await cp(join(ROOT, 'schemas/profiles'), join(SDK, 'schemas/profiles'), { recursive: true })
await copyFile(join(ROOT, 'LICENSE'), join(SDK, 'LICENSE'))
