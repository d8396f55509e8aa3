/**
 * What growing the tree of the evidence log costs for each leaf, by how many leaves there are: `node_modules/.bin/node bench/log.ts
 * [leaves …]`, by default 10,000, 1,000,000 and 10,000,000. The leaves are made by SQL; those that are measured are as long as receipts.
 */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { growTree } from '../gateway/log/growing.ts'
import { noteSigner, nodesFromTiles, treeRoot, inclusionPath } from '../gateway/protocol/protocol.ts'
import { startEmbedded } from '../gateway/record/embedded/embedded.ts'
import { type Database, openDatabase, openLog, readTiles } from '../gateway/record/record.ts'
import { migrate } from '../gateway/record/migrate.ts'

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 1_000_000, 10_000_000]
/** Steps that are measured at each size, of so many leaves: those of two seconds at a hundred messages a second. */
const STEPS = 50
const STEP = 600
/** A receipt of acceptance is about so long. */
const LEAF = 1_000
/** Of those before, only their number counts. */
const FILLING = 64
const BATCH = 200_000

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const folder = await mkdtemp(join(tmpdir(), 'passerelle-bench-log-'))
const server = await startEmbedded(folder, quiet)
const origin = 'bench/log'
const signers = [
  noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey),
  noteSigner(origin, 'ml-dsa-44', generateKeyPairSync('ml-dsa-44').privateKey),
]

/** A log with so many leaves, in a database of its own, and what was measured at it. */
type Measured = { readonly leaves: number; readonly database: Database; readonly times: Record<Kind, number[]> }
type Kind = 'many' | 'one' | 'proof' | 'root'

async function append(database: Database, count: number, length: number): Promise<void> {
  for (let left = count; left > 0; left -= BATCH)
    await database.query(
      `with grown as (update log set size = size + $1 returning size - $1 as first)
       insert into leaf (index, id, typ, jws)
       select first + at, uuidv7(), 'delivery-receipt+jws', convert_to(repeat(md5((first + at)::text), $2), 'UTF8')
       from grown, generate_series(0, $1 - 1) as at`,
      [Math.min(left, BATCH), Math.ceil(length / 32)],
    )
}

const grow = (database: Database): ReturnType<typeof growTree> =>
  growTree({
    database,
    keys: { origin, signers },
    published: () => undefined,
    fault: () => undefined,
    now: () => new Date(),
  })

async function fill(leaves: number): Promise<Measured> {
  const admin = openDatabase(server.url, () => undefined)
  await admin.query(`create database log_of_${leaves} template template0`)
  await admin.end()
  const url = new URL(server.url)
  url.pathname = `/log_of_${leaves}`
  const database = openDatabase(url.href, () => undefined)
  await migrate(database)
  await openLog(database, origin)
  await append(database, leaves, FILLING)
  while ((await grow(database)) === 'behind');
  await database.query('vacuum analyze')
  return { leaves, database, times: { many: [], one: [], proof: [], root: [] } }
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0
async function timed(values: number[], work: () => Promise<unknown>): Promise<void> {
  const start = performance.now()
  await work()
  values.push(performance.now() - start)
}

/** One log after the other, so that a machine that is busy is so for all. */
async function measure({ database, times, leaves }: Measured, step: number): Promise<void> {
  await append(database, STEP, LEAF)
  await timed(times.many, () => grow(database))
  await append(database, 1, LEAF)
  await timed(times.one, () => grow(database))
  const read = nodesFromTiles(readTiles(database, 0))
  await timed(times.proof, () => inclusionPath(Math.floor((leaves * step) / STEPS), leaves, read))
  await timed(times.root, () => treeRoot(leaves, read))
}

async function row({ leaves, database, times }: Measured): Promise<string> {
  const { rows } = await database.query<{ bytes: number; size: number }>(
    `select pg_total_relation_size('tile') + pg_total_relation_size('tile_hash') as bytes, size from log`,
  )
  const [{ bytes, size } = { bytes: 0, size: 1 }] = rows
  const perLeaf = (median(times.many) * 1_000) / STEP
  const cells = [
    leaves,
    median(times.many),
    perLeaf,
    median(times.one),
    median(times.proof),
    median(times.root),
    bytes / size,
  ]
  return `| ${cells.map((cell, at) => (at === 0 ? String(cell) : cell.toFixed(1)).padStart(HEADS[at]?.length ?? 0)).join(' | ')} |`
}

const HEADS = ['  leaves', 'step of 600, ms', 'µs a leaf', 'step of 1, ms', 'proof, ms', 'root, ms', 'bytes a leaf']
const logs: Measured[] = []
try {
  for (const leaves of sizes) logs.push(await fill(leaves))
  for (let step = 0; step < STEPS; step += 1) for (const log of logs) await measure(log, step)
  process.stdout.write(`| ${HEADS.join(' | ')} |\n`)
  for (const log of logs) process.stdout.write(`${await row(log)}\n`)
} finally {
  for (const { database } of logs) await database.end()
  await server.close()
  await rm(folder, { recursive: true, force: true })
}
