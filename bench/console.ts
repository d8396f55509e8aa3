/**
 * What operators' lists and pages take with 10 thousand messages in the record and with 1 million, and how large they are:
 * `node bench/console.ts`. Two gateways on one PostgreSQL, asked by turns. Exits 0 only where each takes at most 1.5 times as long and
 * is under 100 KiB as it goes over the network.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import manifest from '../package.json' with { type: 'json' }
import { issue } from '../certs-dev/pki.ts'
import { type DevelopmentPki, makeDevelopmentPki } from '../certs-dev/tree.ts'
import type { RegistryFile } from '../test/support/gateway.ts'
import { temporaryFolder } from '../test/support/folder.ts'
import { freePort } from '../test/support/port.ts'
import { startProcess } from '../test/support/process.ts'
import { sender } from './messages.ts'
import { fillRecord } from './prefill.ts'
import { fillOperations } from './prefill-operations.ts'
import { median, table } from './report.ts'
import { startServer } from './server.ts'
import { type Connection, openConnection, readIdentity } from './wire.ts'

const { values: options } = parseArgs({
  options: { small: { type: 'string', default: '10000' }, large: { type: 'string', default: '1000000' } },
})
/** As many as the channel may ever have: each département and each local authority, twice over. */
const AGENCIES = 400
const ROUNDS = 15
/** The overview may be a second old: it is asked for anew each time. */
const FRESH_MS = 1_050
const SHARED = new Set(['/', '/agencies', '/api/overview'])
const MOST_TIMES = 1.5
/** What is under this is noise on a machine that does other things. */
const LEAST_MS = 5
const HEAD = 'Host: localhost\r\nAccept-Encoding: gzip\r\nAccept-Language: fr'
const LARGEST_BYTES = 100 * 1024

await using folder = await temporaryFolder()
await using server = await startServer(join(folder.path, 'postgresql'))
const pki = await makeDevelopmentPki(join(folder.path, 'pki'))
await addAgencies(pki)
const [small, large] = [await open(Number(options.small)), await open(Number(options.large))]
try {
  const rows: string[][] = []
  for (const [name, pathOf] of Object.entries(await paths())) {
    const times: [number[], number[]] = [[], []]
    let bytes = 0
    for (let round = 0; round < ROUNDS; round++) {
      if (SHARED.has(name)) await new Promise((resolve) => setTimeout(resolve, FRESH_MS))
      for (const [at, gateway] of [small, large].entries()) {
        const began = performance.now()
        const { status, body } = await gateway.ask(pathOf(gateway.example))
        times[at as 0 | 1].push(performance.now() - began)
        if (status !== 200) throw new Error(`${name} is ${status}`)
        bytes = Math.max(bytes, body.length)
      }
    }
    const [before, after] = [median(times[0]), median(times[1])]
    const isGood = (after <= MOST_TIMES * before || after < LEAST_MS) && bytes < LARGEST_BYTES
    if (!isGood) process.exitCode = 1
    const ratio = (after / before).toFixed(2)
    rows.push([name, before.toFixed(1), after.toFixed(1), ratio, (bytes / 1024).toFixed(1), isGood ? '' : 'too much'])
  }
  process.stdout.write(`${table(['', `${options.small}, ms`, `${options.large}, ms`, 'times', 'KiB', ''], rows)}\n`)
} finally {
  await Promise.all([small.stop(), large.stop()])
}

type Example = { readonly id: string; readonly caseId: string; readonly actId: string; readonly next: string }

/** Every list of the API and of the console, and a page of each kind. */
async function paths(): Promise<Record<string, (example: Example) => string>> {
  const same = (path: string) => [path, () => path] as const
  return Object.fromEntries([
    ...[
      '/',
      '/agencies',
      '/agencies/gb-ctac',
      '/messages',
      '/messages?state=handed-over',
      '/messages?state=dead-lettered&priority=immediate',
      '/messages?agency=gb-ctac',
      '/messages?type=referral',
      '/dead-letters',
      '/dead-letters?agency=gb-ctac',
      '/cases',
      '/pending',
      '/acts',
      '/handover',
      '/figures',
      '/machine',
      '/trust',
      '/log',
      '/help',
      '/api/overview',
      '/api/messages?limit=100',
      '/api/messages?limit=100&state=consigned',
      '/api/messages?limit=100&state=refused',
      `/api/messages?limit=100&agency=${sender}&type=referral`,
      '/api/messages?limit=100&priority=immediate',
      '/api/acts?limit=100',
      '/api/pending',
      '/api/handover?limit=100',
      '/api/alarms',
    ].map(same),
    ['/messages?id=<case>', ({ caseId }: Example) => `/messages?id=${caseId}`],
    ['/messages?id=<message>', ({ id }: Example) => `/messages?id=${id}`],
    ['/messages/<from>/<id>', ({ id }: Example) => `/messages/${sender}/${id}`],
    ['/cases/<id>', ({ caseId }: Example) => `/cases/${caseId}`],
    ['/acts/<id>', ({ actId }: Example) => `/acts/${actId}`],
    ['/api/messages?before=…', ({ next }: Example) => `/api/messages?limit=100&before=${next}`],
    ['/api/messages?caseId=…', ({ caseId }: Example) => `/api/messages?caseId=${caseId}`],
    ['/api/messages?messageId=…', ({ id }: Example) => `/api/messages?messageId=${id}`],
    ['/api/messages/<from>/<id>', ({ id }: Example) => `/api/messages/${sender}/${id}`],
    ['/api/cases/<id>', ({ caseId }: Example) => `/api/cases/${caseId}`],
  ])
}

async function open(count: number) {
  const databaseUrl = await server.createDatabase()
  const file = (...path: string[]): string => join(pki.folder, ...path)
  const port = await freePort()
  const start = () =>
    startProcess(manifest.scripts.start.split(' ').slice(1), {
      DATABASE_URL: databaseUrl,
      PASSERELLE_ROLES: 'operations',
      PASSERELLE_OPERATIONS_PORT: String(port),
      PASSERELLE_DATA: file('data'),
      PASSERELLE_AGENCIES: file('agencies.json'),
      PASSERELLE_TRUST: file('trust'),
      PASSERELLE_TLS_CERT: file('gateway', 'tls.crt'),
      PASSERELLE_TLS_KEY: file('gateway', 'tls.key'),
      PASSERELLE_SIGNING_CERT: file('gateway', 'signing.crt'),
      PASSERELLE_SIGNING_KEY: file('gateway', 'signing.key'),
    })
  // It makes the schema, and puts the registry into the log, before anything is filled in.
  await (await start()).stop()
  await fillRecord(databaseUrl, count)
  await fillOperations(databaseUrl)
  const gateway = await start()
  // One that idles is closed, and the other record takes its time to fill.
  let connection: Connection | undefined
  const ask = async (path: string) => {
    connection ??= await openConnection(port, readIdentity(pki.folder, '../operators/duty'))
    return await connection.send(Buffer.from(`GET ${path} HTTP/1.1\r\n${HEAD}\r\n\r\n`))
  }
  const example = await exampleOf(databaseUrl, ask)
  connection?.close()
  connection = undefined
  return {
    ask,
    example,
    async stop() {
      connection?.close()
      await gateway.stop()
    },
  }
}

/** A message in the middle, and where the list goes on there. */
async function exampleOf(
  databaseUrl: string,
  ask: (path: string) => Promise<{ readonly body: Buffer }>,
): Promise<Example> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<Omit<Example, 'next'>>(
      `select m.id, m.case_id as "caseId", (select id from act order by leaf_index offset 20 limit 1) as "actId"
       from message m where no = (select max(no) / 2 from message)`,
    )
    const [found] = rows
    if (found === undefined) throw new Error('nothing was filled in')
    const page = (await ask('/api/messages?limit=1')).body
    const { next } = JSON.parse(page.toString()) as { next: string }
    return { ...found, next }
  } finally {
    await client.end()
  }
}

/** Agencies as the channel may one day have, each with its two certificates. */
async function addAgencies({ folder: root, intermediate, until }: DevelopmentPki): Promise<void> {
  const file = join(root, 'agencies.json')
  const registry = JSON.parse(await readFile(file, 'utf8')) as RegistryFile
  const model = registry.agencies.find(({ id }) => id.startsWith('gb-la-'))
  const validity = { notBefore: new Date(), notAfter: until }
  for (let nth = registry.agencies.length; nth < AGENCIES; nth++) {
    const certificates = await Promise.all(
      (['tls', 'signing'] as const).map(async (use) => {
        const { crt } = await issue(intermediate, { subject: `CN=gb-la-${nth}`, validity, use })
        return { use, pem: crt.slice(0, crt.indexOf('-----END CERTIFICATE-----') + 26) }
      }),
    )
    const name = { en: `Children’s services of place ${nth}`, fr: `Services de l’enfance de lieu ${nth}` }
    registry.agencies.push({ ...(model as RegistryFile['agencies'][number]), id: `gb-la-${nth}`, name, certificates })
  }
  await writeFile(file, JSON.stringify(registry))
}
