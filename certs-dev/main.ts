/** `npm run certs [-- --force] [--out DIR]`: makes the development PKI, or leaves it alone where it stands. */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { makeDevelopmentPki, P12_PASSWORD, stands } from './tree.ts'

const { values } = parseArgs({
  options: {
    force: { type: 'boolean', default: false },
    out: { type: 'string', default: join(import.meta.dirname, 'out') },
  },
})
const folder = resolve(values.out)

if (!values.force && (await stands(folder))) {
  process.stdout.write(`development certificates stand in ${folder} (npm run certs -- --force remakes them)\n`)
} else {
  await makeDevelopmentPki(folder)
  process.stdout.write(`development certificates made in ${folder}; the password of each .p12 is «${P12_PASSWORD}»\n`)
}
