/**
 * What growing the tree of the evidence log costs for each leaf, by how many leaves there are: `node_modules/.bin/node bench/log.ts
 * [leaves …]`, by default 10,000, 1,000,000 and 10,000,000. The leaves are made by SQL, as long as receipts.
 */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { growTree } from '../gateway/log/growing.ts'
import { noteSigner, nodesFromTiles, treeRoot, inclusionPath } from '../gateway/protocol/protocol.ts'
import { startEmbedded } from '../gateway/record/embedded/embedded.ts'
import { openDatabase, openLog, readTiles } from '../gateway/record/record.ts'
import { migrate } from '../gateway/record/migrate.ts'

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10_000, 1_000_000, 10_000_000]
/** Steps that are measured at each size, of so many leaves: those of two seconds at a hundred messages a second. */
const STEPS = 50
const STEP = 600
/** A receipt of acceptance is about so long. */
const LEAF = 1_000
const BATCH = 200_000

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const folder = await mkdtemp(join(tmpdir(), 'passerelle-bench-log-'))
const server = await startEmbedded(folder, quiet)
const database = openDatabase(server.url, () => undefined)
const origin = 'bench/log'
const signers = [
  noteSigner(origin, 'ed25519', generateKeyPairSync('ed25519').privateKey),
  noteSigner(origin, 'ml-dsa-44', generateKeyPairSync('ml-dsa-44').privateKey),
]
const growing = {
  database,
  keys: { origin, signers },
  published: () => undefined,
  fault: () => undefined,
  now: () => new Date(),
}

async function append(count: number): Promise<void> {
  for (let left = count; left > 0; left -= BATCH)
    await database.query(
      `with grown as (update log set size = size + $1 returning size - $1 as first)
       insert into leaf (index, id, typ, jws)
       select first + at, gen_random_uuid(), 'delivery-receipt+jws', convert_to(repeat(md5((first + at)::text), $2), 'UTF8')
       from grown, generate_series(0, $1 - 1) as at`,
      [Math.min(left, BATCH), Math.ceil(LEAF / 32)],
    )
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}

try {
  await migrate(database)
  await openLog(database, origin)
  process.stdout.write(
    '|   leaves | step of 600, ms | µs a leaf | step of 1, ms | proof, ms | root, ms | bytes a leaf |\n',
  )
  let size = 0
  for (const wanted of sizes) {
    await append(wanted - size)
    while ((await growTree(growing)) === 'behind');
    size = wanted
    const many: number[] = []
    const one: number[] = []
    const proof: number[] = []
    const root: number[] = []
    for (let step = 0; step < STEPS; step += 1) {
      await append(STEP)
      many.push(await timed(() => growTree(growing)))
      await append(1)
      one.push(await timed(() => growTree(growing)))
      size += STEP + 1
      const read = nodesFromTiles(readTiles(database, 0))
      const index = Math.floor((size * step) / STEPS)
      proof.push(await timed(() => inclusionPath(index, size, read)))
      root.push(await timed(() => treeRoot(size, read)))
    }
    const { rows } = await database.query<{ bytes: number }>(
      `select pg_total_relation_size('tile') + pg_total_relation_size('tile_hash') as bytes`,
    )
    const cells = [
      String(wanted).padStart(8),
      median(many).toFixed(1).padStart(15),
      ((median(many) * 1_000) / STEP).toFixed(1).padStart(9),
      median(one).toFixed(1).padStart(13),
      median(proof).toFixed(1).padStart(9),
      median(root).toFixed(1).padStart(8),
      ((rows[0]?.bytes ?? 0) / size).toFixed(1).padStart(12),
    ]
    process.stdout.write(`| ${cells.join(' | ')} |\n`)
  }
} finally {
  await database.end()
  await server.close()
  await rm(folder, { recursive: true, force: true })
}
