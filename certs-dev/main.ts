/** `npm run certs [-- --force] [--out DIR]`: makes the development PKI, or leaves it alone where it stands. `-- --sign FILE --agency ID` signs a request. */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { signRequest } from './sign.ts'
import { makeDevelopmentPki, P12_PASSWORD, stands } from './tree.ts'

const { values } = parseArgs({
  options: {
    force: { type: 'boolean', default: false },
    out: { type: 'string', default: join(import.meta.dirname, 'out') },
    sign: { type: 'string' },
    agency: { type: 'string', default: '' },
  },
})
const folder = resolve(values.out)

if (values.sign !== undefined) {
  await sign(values.sign)
} else if (!values.force && (await stands(folder))) {
  process.stdout.write(`development certificates stand in ${folder} (npm run certs -- --force remakes them)\n`)
} else {
  await makeDevelopmentPki(folder)
  process.stdout.write(`development certificates made in ${folder}; the password of each .p12 is «${P12_PASSWORD}»\n`)
}

async function sign(file: string): Promise<void> {
  try {
    const request = await readFile(file, 'utf8')
    const path = await signRequest({ folder, agency: values.agency, request, now: new Date() })
    process.stdout.write(`${path} is signed, and pinned in agencies.json: a running gateway reads it on SIGHUP\n`)
  } catch (error) {
    process.stderr.write(`certs: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
