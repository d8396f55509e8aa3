/**
 * One agency at full flood of each kind of call, and what others' submissions take meanwhile: `node bench/fairness.ts`. The gateway has
 * its default limits. The flood begins with the measuring, so that what it had saved up counts.
 */
import { join } from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { makeDevelopmentPki } from '../certs-dev/tree.ts'
import { temporaryFolder } from '../test/support/folder.ts'
import { freePort } from '../test/support/port.ts'
import { startProcess } from '../test/support/process.ts'
import { startChild } from './child.ts'
import type { Flooded, FloodKind } from './flood.ts'
import { readReferral, readSignatory, sender, signReferrals } from './messages.ts'
import { percentile, table } from './report.ts'
import { startServer } from './server.ts'
import { openConnection, postHead, readIdentity } from './wire.ts'

const SECONDS = 10
/** Each at less than it may submit in a minute. */
const OTHERS = [sender, 'fr-dep-59', 'fr-dep-14']
const PER_SECOND = 7
const MOST = 3
const ACCEPTED = 202
const kinds = (process.argv[2]?.split(',') ?? [
  'submission',
  'acknowledgement',
  'reading',
  'listing',
  'look-up',
  'directory',
  'page',
]) as FloodKind[]

const schemas = join(import.meta.dirname, '..', 'schemas')
await using folder = await temporaryFolder()
await using server = await startServer(join(folder.path, 'postgresql'))
const pki = join(folder.path, 'pki')
await makeDevelopmentPki(pki)
const port = await freePort()
const file = (...path: string[]): string => join(pki, ...path)
const gateway = await startProcess(manifest.scripts.start.split(' ').slice(1), {
  DATABASE_URL: await server.createDatabase(),
  PASSERELLE_PORT: String(port),
  PASSERELLE_OPERATIONS_PORT: String(await freePort()),
  PASSERELLE_DATA: file('data'),
  PASSERELLE_AGENCIES: file('agencies.json'),
  PASSERELLE_TRUST: file('trust'),
  PASSERELLE_TLS_CERT: file('gateway', 'tls.crt'),
  PASSERELLE_TLS_KEY: file('gateway', 'tls.key'),
  PASSERELLE_SIGNING_CERT: file('gateway', 'signing.crt'),
  PASSERELLE_SIGNING_KEY: file('gateway', 'signing.key'),
})
try {
  await measure()
  const quiet = await measure()
  const rows = [row('nobody', quiet, 1, {})]
  for (const kind of kinds) {
    const child = startChild(new URL('./flood.ts', import.meta.url))
    const [flooded, others] = await Promise.all([flood(child, kind), measure()])
    await child.stop()
    const ratio = others.p99 / quiet.p99
    if (ratio > MOST || others.refused > 0) process.exitCode = 1
    rows.push(row(kind, others, ratio, flooded))
  }
  const heads = ['flood', 'p50 ms', 'p99 ms', 'p99 ÷ quiet p99', 'not 202', 'its own answers']
  process.stdout.write(`${table(heads, rows)}\n`)
} finally {
  await gateway.stop()
}

type Taken = { readonly p50: number; readonly p99: number; readonly refused: number }

function flood(child: ReturnType<typeof startChild>, kind: FloodKind): Promise<Flooded> {
  return child.ask<Flooded>({ kind, port, pki, schemas, seconds: SECONDS })
}

/** What the others' submissions take, each counted from when it was due. */
async function measure(): Promise<Taken> {
  const taken = await Promise.all(OTHERS.map(submit))
  const sorted = taken.flatMap(({ times }) => times).toSorted((a, b) => a - b)
  const refused = taken.reduce((sum, one) => sum + one.refused, 0)
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), refused }
}

async function submit(agency: string): Promise<{ times: readonly number[]; refused: number }> {
  const referral = readReferral(schemas).replace(`"from":"${sender}"`, `"from":"${agency}"`)
  const head = (_id: string, length: number): string => postHead('/v1/messages', length)
  const messages = signReferrals(readSignatory(pki, agency), referral, SECONDS * PER_SECOND, new Date(), head)
  const connection = await openConnection(port, readIdentity(pki, agency))
  const times: number[] = []
  let refused = 0
  const start = performance.now() + Math.random() * (1000 / PER_SECOND)
  for (let at = 0; at < messages.ids.length; at++) {
    const due = start + at * (1000 / PER_SECOND)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
    const { status } = await connection.send(messages.at(at))
    times.push(performance.now() - due)
    if (status !== ACCEPTED) refused += 1
  }
  connection.close()
  return { times, refused }
}

function row(kind: string, { p50, p99, refused }: Taken, ratio: number, flooded: Flooded): string[] {
  const answers = Object.entries(flooded).map(([status, count]) => `${count} × ${status}`)
  return [kind, p50.toFixed(1), p99.toFixed(1), ratio.toFixed(2), String(refused), answers.join(', ')]
}
