/** Writes docs/openapi/: the API descriptions as a gateway serves them. `node scripts/describe-api.ts` */
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { makeDevelopmentPki } from '../certs-dev/tree.ts'
import { temporaryFolder } from '../test/support/folder.ts'
import { startProcess } from '../test/support/process.ts'

const FOLDER = new URL('../docs/openapi/', import.meta.url).pathname
const SERVED = { 'agency.json': '/openapi/agency.json', 'operations.json': '/openapi.json' }

await using data = await temporaryFolder()
const pki = await makeDevelopmentPki(join(data.path, 'pki'))
const file = (path: string): string => join(pki.folder, path)
const gateway = await startProcess(['gateway/main.ts'], {
  PASSERELLE_PORT: '0',
  PASSERELLE_OPERATIONS_PORT: '0',
  PASSERELLE_DATA: join(data.path, 'data'),
  PASSERELLE_AGENCIES: file('agencies.json'),
  PASSERELLE_TRUST: file('trust'),
  PASSERELLE_TLS_CERT: file('gateway/tls.crt'),
  PASSERELLE_TLS_KEY: file('gateway/tls.key'),
  PASSERELLE_SIGNING_CERT: file('gateway/signing.crt'),
  PASSERELLE_SIGNING_KEY: file('gateway/signing.key'),
})
await using opened = new AsyncDisposableStack()
opened.defer(async () => void (await gateway.stop()))
const url = / operations (https:\S+)/.exec(gateway.ready)?.[1] ?? ''
const ca = await readFile(file('trust/ca.crt'), 'utf8')
await mkdir(FOLDER, { recursive: true })
for (const [file, path] of Object.entries(SERVED)) {
  const [answer] = await once(get(new URL(path, url), { ca, agent: false }), 'response')
  if (answer.statusCode !== 200) throw new Error(`${path} is answered ${answer.statusCode}\n${gateway.stderr()}`)
  await writeFile(join(FOLDER, file), `${JSON.stringify(await json(answer), null, 2)}\n`)
  process.stdout.write(`wrote ${join(FOLDER, file)}\n`)
}
