import type { FaultPoint } from '../base/base.ts'
import { nodesFromTiles, type NoteSigner, signedCheckpoint, TILE_WIDTH, treeRoot } from '../protocol/protocol.ts'
import {
  closeLog,
  type Database,
  insertCheckpoint,
  latestCheckpoint,
  type LogInForce,
  lockTree,
  logInForce,
  makeTiles,
  type Published,
  type Queryable,
  readTiles,
  tilesMade,
  transaction,
} from '../record/record.ts'

export type Growing = {
  readonly database: Database
  /** The log that this process has the keys of. */
  readonly keys: { readonly origin: string; readonly signers: readonly NoteSigner[] }
  /** What this process knows to have been published of a log. */
  readonly published: (origin: string) => Published | undefined
  readonly fault: FaultPoint
  readonly now: () => Date
}

/** `behind`: there is more to do; `whole`: nothing; `busy`: another process does it; `closed`; `foreign`: it is another key's log. */
export type Grown = 'behind' | 'whole' | 'busy' | 'closed' | 'foreign'

/** 16,384 leaves: some tenths of a second, and well within the time of a statement. */
const MOST_TILES = 64

/**
 * One step of growing the tree over the leaves, and a checkpoint of it, in one transaction: what it costs does not depend on how many
 * leaves there are. Everything that a checkpoint rests on is as durable as the checkpoint itself.
 */
export async function growTree(growing: Growing): Promise<Grown> {
  const { database, keys, fault, now } = growing
  const result = await transaction(database, async (tx) => {
    fault('tree-begun')
    if (!(await lockTree(tx))) return { result: 'busy' as const }
    const log = await logInForce(tx)
    if (log.closedAt !== undefined) return { result: 'closed' as const }
    if (log.origin !== keys.origin) return { result: 'foreign' as const }
    const last = await latestCheckpoint(tx)
    const known = [growing.published(log.origin), last && { origin: log.origin, ...last }].filter(isThere)
    const lost = known.find(({ size }) => size > log.size)
    if (lost !== undefined) return await close(tx, lost, now())
    if (log.size === (last?.size ?? 0)) return { result: 'whole' as const }

    const made = await tilesMade(tx, log.base)
    const full = Math.floor(log.size / TILE_WIDTH)
    const to = Math.min(full, made + MOST_TILES)
    if (to > made) await makeTiles(tx, log.base, made, to)
    fault('tree-tiles')
    const size = to < full ? to * TILE_WIDTH : log.size
    const more = size < log.size ? ('behind' as const) : ('whole' as const)
    // Of a record from before there were checkpoints, or brought back from a backup, some steps are needed to come so far.
    if (known.some((one) => one.size > size)) return { result: more }
    for (const one of known) if (!(await agrees(tx, log, one))) return await close(tx, one, now())
    const root = await rootOf(tx, log, size)
    const at = now()
    const note = signedCheckpoint({ origin: log.origin, size, root }, keys.signers, at)
    fault('tree-signed')
    await insertCheckpoint(tx, { size, root, at, note })
    fault('tree-inserted')
    return { result: more }
  })
  fault('tree-committed')
  return result
}

/**
 * Whether the leaves of a log are those of which a state was published.
 * @throws where the tree is not grown so far
 */
export async function agrees(database: Queryable, log: LogInForce, { size, root }: Published): Promise<boolean> {
  if (size > log.size) return false
  return root === undefined || root.equals(await rootOf(database, log, size))
}

const rootOf = (database: Queryable, { base }: LogInForce, size: number): Promise<Buffer> =>
  treeRoot(size, nodesFromTiles(readTiles(database, base)))

async function close(tx: Queryable, published: Published, at: Date): Promise<{ result: 'closed' }> {
  await logInForce(tx, true)
  await closeLog(tx, published, at)
  return { result: 'closed' }
}

const isThere = <Value>(value: Value | undefined): value is Value => value !== undefined
