/** Writes samples/figure1/: what the sample clients send. `node scripts/write-samples.ts` */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { figure1Files } from './figure1-files.ts'

const FOLDER = new URL('../samples/figure1/', import.meta.url).pathname

await mkdir(FOLDER, { recursive: true })
for (const [file, text] of figure1Files()) await writeFile(join(FOLDER, file), text)
process.stdout.write(`wrote ${FOLDER}\n`)
