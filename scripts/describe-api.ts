/** Writes docs/openapi/: the API descriptions as a gateway serves them. `node scripts/describe-api.ts` */
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { startEmbedded } from '../gateway/record/embedded/embedded.ts'
import { temporaryFolder } from '../test/support/folder.ts'
import { startGateway } from '../test/support/gateway.ts'
import { quiet } from '../test/support/quiet.ts'

const FOLDER = new URL('../docs/openapi/', import.meta.url).pathname
const SERVED = { 'agency.json': '/openapi/agency.json', 'operations.json': '/openapi.json' }

await using data = await temporaryFolder()
const server = await startEmbedded(data.path, quiet)
await using opened = new AsyncDisposableStack()
opened.defer(() => server.close())
const gateway = opened.use(await startGateway({}, server.url))
const ca = await readFile(join(gateway.pki.folder, 'trust/ca.crt'), 'utf8')
await mkdir(FOLDER, { recursive: true })
for (const [file, path] of Object.entries(SERVED)) {
  const [answer] = await once(get(new URL(path, gateway.operationsUrl), { ca, agent: false }), 'response')
  if (answer.statusCode !== 200)
    throw new Error(`${path} is answered ${answer.statusCode}\n${gateway.process.stderr()}`)
  await writeFile(join(FOLDER, file), `${JSON.stringify(await json(answer), null, 2)}\n`)
  process.stdout.write(`wrote ${join(FOLDER, file)}\n`)
}
