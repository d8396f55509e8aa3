/**
 * Attachments: `node bench/attachments.ts`. How fast they go up and down, in the record and in a store that speaks S3, beside copying the
 * same bytes through TLS into files; what a record full of them costs other calls; and whether somebody can tell by time what is there.
 */
import { randomBytes, randomInt, randomUUIDv7 } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import manifest from '../package.json' with { type: 'json' }
import { makeDevelopmentPki } from '../certs-dev/tree.ts'
import { makeEnvelope } from '../test/support/agency.ts'
import { temporaryFolder } from '../test/support/folder.ts'
import { forge, readSigner } from '../test/support/forge.ts'
import { readPair } from '../test/support/handshake.ts'
import { freePort } from '../test/support/port.ts'
import { startProcess } from '../test/support/process.ts'
import { startS3 } from '../test/support/s3.ts'
import { startChild } from './child.ts'
import { type Measured, median, summarize, table } from './report.ts'
import type { Run } from './run.ts'
import { startServer } from './server.ts'
import { type Caller, type Content, makeContent, MEBIBYTES, openCaller, rate } from './transfers.ts'

const { values: options } = parseArgs({
  options: {
    gib: { type: 'string', default: '1' },
    repetitions: { type: 'string', default: '3' },
    strangers: { type: 'string', default: '2000' },
    only: { type: 'string', default: 'transfers,others,strangers' },
  },
})
const repetitions = Number(options.repetitions)
const only = new Set(options.only.split(','))
/** Of 25 MiB each, in each direction of each repetition. */
const TRANSFERS = 8
const AT_ONCE = [1, 4]
const SENDER = 'gb-ctac'
const RECIPIENT = 'fr-rys'
const STRANGER = 'gb-la-e09000008'
/** How far apart the medians may be of what nobody should be able to tell apart. */
const MOST_APART = 0.05
const SMALL = 64 * 1024
/** Messages of others that a stranger asks for. */
const MESSAGES = 50
/** Pairs of small uploads that are compared. */
const PUTS = 200

// What was started ends with this process, also where it is stopped half-way.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

await using folder = await temporaryFolder()
await using server = await startServer(join(folder.path, 'postgresql'))
await using s3 = await startS3()
const pki = join(folder.path, 'pki')
await makeDevelopmentPki(pki)
const schemas = join(import.meta.dirname, '..', 'schemas')
const signer = await readSigner(pki, `agencies/${SENDER}/signing`)
const ca = await readFile(join(pki, 'trust/ca.crt'), 'utf8')
const callerOf = async (port: number, agency: string): Promise<Caller> =>
  openCaller(port, { ca, ...(await readPair(pki, `agencies/${agency}/tls`)) })

/** Where attachments are put and fetched. `share` gives the address at which the other agency finds one. */
type Place = { readonly port: number; share(content: Content, by: Caller): Promise<string> }
type Gateway = Place & { readonly pid: number; stop(): Promise<void> }

const ownAddress = ({ digest }: Content): string => `/v1/attachments/${digest}`

async function put(caller: Caller, content: Content): Promise<void> {
  const status = await caller.call('PUT', ownAddress(content), { type: 'image/jpeg', bytes: content.bytes })
  if (status !== 201) throw new Error(`PUT: ${status}`)
}

async function get(caller: Caller, address: string): Promise<void> {
  const status = await caller.call('GET', address)
  if (status !== 200) throw new Error(`GET: ${status}`)
}

/** Names an attachment in a message, so that its recipient may fetch it. */
async function name({ digest, bytes }: Content, by: Caller): Promise<string> {
  const paper = { digest: `sha-256:${digest}`, mediaType: 'image/jpeg', size: bytes.length }
  const attachments = [{ ...paper, name: 'injury-1.jpg', description: 'Synthetic' }]
  const payload = makeEnvelope('information-request', SENDER, RECIPIENT, { attachments })
  const message = Buffer.from(forge({ payload, signer }))
  const status = await by.call('POST', '/v1/messages', { type: 'application/jose', bytes: message })
  if (status !== 202) throw new Error(`POST: ${status}`)
  return `/v1/inbox/${SENDER}/${payload.id}/attachments/${digest}`
}

async function startGateway(env: Record<string, string> = {}): Promise<Gateway> {
  const port = await freePort()
  const file = (...path: string[]): string => join(pki, ...path)
  const gateway = await startProcess(manifest.scripts.start.split(' ').slice(1), {
    DATABASE_URL: await server.createDatabase(),
    PASSERELLE_PORT: String(port),
    PASSERELLE_OPERATIONS_PORT: String(await freePort()),
    PASSERELLE_DATA: file(`data-${port}`),
    PASSERELLE_AGENCIES: file('agencies.json'),
    PASSERELLE_TRUST: file('trust'),
    PASSERELLE_TLS_CERT: file('gateway', 'tls.crt'),
    PASSERELLE_TLS_KEY: file('gateway', 'tls.key'),
    PASSERELLE_SIGNING_CERT: file('gateway', 'signing.crt'),
    PASSERELLE_SIGNING_KEY: file('gateway', 'signing.key'),
    PASSERELLE_RATE_LIMIT: '10000000',
    PASSERELLE_DAILY_BYTES: '999999999999999',
    PASSERELLE_ATTACHMENT_QUOTA: '999999999999',
    ...env,
  })
  return { port, pid: gateway.pid, share: name, stop: async () => void (await gateway.stop()) }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** MiB a second up and down, so many at a time. */
async function transfer({ port, share }: Place, atOnce: number): Promise<{ up: number; down: number }> {
  const [putting, getting] = await Promise.all([callerOf(port, SENDER), callerOf(port, RECIPIENT)])
  const contents = Array.from({ length: TRANSFERS }, () => makeContent())
  const up = await rate(contents, atOnce, (content) => put(putting, content))
  const addresses: string[] = []
  for (const content of contents) addresses.push(await share(content, putting))
  const down = await rate(addresses, atOnce, (address) => get(getting, address))
  for (const caller of [putting, getting]) caller.close()
  return { up, down }
}

async function compareTransfers(places: ReadonlyMap<string, Place>): Promise<void> {
  const measured = new Map<string, { up: number; down: number }[]>()
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const atOnce of AT_ONCE) {
      for (const [where, place] of places) {
        await server.checkpoint()
        const key = `${where}, ${atOnce} at a time`
        measured.set(key, [...(measured.get(key) ?? []), await transfer(place, atOnce)])
      }
    }
  }
  const rows = [...measured].map(([key, runs]) => [
    key,
    median(runs.map(({ up }) => up)).toFixed(0),
    median(runs.map(({ down }) => down)).toFixed(0),
  ])
  say(`${table(['25 MiB each', 'up, MiB/s', 'down, MiB/s'], rows)}\n`)
}

/** What others do while nothing, or something, goes on beside it. */
async function measure(mode: Run['mode'], connections: number, { port, pid }: Gateway): Promise<Measured> {
  const generator = startChild(new URL('./load.ts', import.meta.url))
  const run: Run = { mode, connections, warmUpSeconds: 2, seconds: 5, perSecond: 5000 }
  const loaded = { pki, schemas, port, pid, postmaster: server.postmaster }
  try {
    return await generator.ask<Measured>({ run, loaded })
  } finally {
    await generator.stop()
  }
}

/** Two gateways by turns, each with a record of its own, so that whatever else the machine does falls on both. */
async function compareOthers(empty: Gateway, full: Gateway): Promise<void> {
  const filled = Number(options.gib)
  const caller = await callerOf(full.port, SENDER)
  const count = Math.ceil((filled * 1024) / MEBIBYTES)
  await rate([...Array(count).keys()], 2, () => put(caller, makeContent()))
  caller.close()
  const looked = new Map([
    ['no attachment', { gateway: empty, accepted: [] as Measured[], listed: [] as Measured[] }],
    [`${filled} GiB of them in the record`, { gateway: full, accepted: [] as Measured[], listed: [] as Measured[] }],
  ])
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const { gateway, accepted, listed } of looked.values()) {
      await server.checkpoint()
      accepted.push(await measure('closed', 32, gateway))
      listed.push(await measure('inbox', 1, gateway))
    }
  }
  const rows = [...looked].map(([when, { accepted, listed }]) => {
    const figures = [summarize(accepted), summarize(listed)]
    return [when, ...figures.flatMap(({ rate, p50, p99 }) => [rate.toFixed(0), p50.toFixed(1), p99.toFixed(1)])]
  })
  const heads = ['', 'accepted/s', 'p50 ms', 'p99 ms', 'inbox pages/s', 'p50 ms', 'p99 ms']
  say(`${table(heads, rows)}\n`)
}

/** Milliseconds that each of two kinds of call takes, in turns that come as chance has it. */
async function interleave(times: number, kinds: readonly [Work, Work]): Promise<readonly [number[], number[]]> {
  const taken: [number[], number[]] = [[], []]
  const turns = Array.from({ length: 2 * times }, (_, at) => ({ kind: at % 2, chance: Math.random() }))
  for (const { kind } of turns.toSorted((a, b) => a.chance - b.chance)) {
    const which = kind === 0 ? 0 : 1
    const ready = await kinds[which]()
    const start = performance.now()
    await ready()
    taken[which].push(performance.now() - start)
  }
  return taken
}

/** Makes ready what is then measured. */
type Work = () => Promise<() => Promise<unknown>> | (() => Promise<unknown>)

async function tellApart(gateway: Gateway): Promise<void> {
  const [sender, stranger] = await Promise.all([SENDER, STRANGER].map((agency) => callerOf(gateway.port, agency)))
  if (sender === undefined || stranger === undefined) throw new Error('two callers')
  const secrets: string[] = []
  for (let at = 0; at < MESSAGES; at += 1) {
    const secret = makeContent(SMALL)
    await put(sender, secret)
    secrets.push(await name(secret, sender))
  }
  const nowhere = () => `/v1/inbox/${SENDER}/${randomUUIDv7()}/attachments/${randomBytes(32).toString('base64url')}`
  /** Of both kinds as much is done before the clock starts. */
  const paths = () => [secrets[randomInt(MESSAGES)] ?? '', nowhere()] as const
  const fetching = await interleave(Number(options.strangers), [
    () => {
      const [there] = paths()
      return () => stranger.call('GET', there)
    },
    () => {
      const [, gone] = paths()
      return () => stranger.call('GET', gone)
    },
  ])
  /** Two of which the sender has put the first. */
  const pair = async (): Promise<readonly [Content, Content]> => {
    const two = [makeContent(SMALL), makeContent(SMALL)] as const
    await put(sender, two[0])
    return two
  }
  const putting = await interleave(PUTS, [
    async () => {
      const [known] = await pair()
      return () => put(stranger, known)
    },
    async () => {
      const [, fresh] = await pair()
      return () => put(stranger, fresh)
    },
  ])
  for (const caller of [sender, stranger]) caller.close()
  const row = (what: string, [one, other]: readonly [number[], number[]]): string[] => {
    const [a, b] = [median(one), median(other)]
    const apart = Math.abs(a - b) / Math.min(a, b)
    if (apart > MOST_APART) process.exitCode = 1
    return [what, String(one.length), a.toFixed(3), b.toFixed(3), `${(100 * apart).toFixed(1)} %`]
  }
  const rows = [
    row('GET of another’s message; of none', fetching),
    row('PUT of what another has put; of what nobody has', putting),
  ]
  say(table(['a stranger’s', 'of each', 'median ms', 'median ms', 'apart'], rows))
}

const files = join(folder.path, 'files')
await mkdir(files)
const copier = startChild(new URL('./plain-copy.ts', import.meta.url))
const { port } = await copier.ask<{ port: number }>({ folder: files, ca, ...(await readPair(pki, 'gateway/tls')) })
const copying: Place = { port, share: async (content) => ownAddress(content) }
const inRecord = await startGateway()
const inS3 = await startGateway({
  PASSERELLE_ATTACHMENTS_URL: s3.url,
  PASSERELLE_ATTACHMENTS_CREDENTIALS: s3.credentialsFile,
})
const empty = await startGateway()
const places = new Map<string, Place>([
  ['copied through TLS into files', copying],
  ['in the record', inRecord],
  ['in S3', inS3],
])
try {
  if (only.has('transfers')) await compareTransfers(places)
  if (only.has('others')) await compareOthers(empty, inRecord)
  if (only.has('strangers')) await tellApart(inRecord)
} finally {
  for (const gateway of [inRecord, inS3, empty]) await gateway.stop()
  await copier.stop()
}
