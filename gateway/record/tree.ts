import { HASH_BYTES, type Tile, TILE_WIDTH, tileHash, type TileReader } from '../protocol/protocol.ts'
import { type Database, type Queryable, transaction } from './database.ts'

/** The bytes of «TREE». */
const TREE_LOCK = 0x54524545
/** The hash of a leaf, as RFC 6962 has it: made where the leaf lies, which is cheaper than to fetch it. */
const LEAF_HASH = String.raw`sha256('\x00'::bytea || jws)`

/** Makes the tree this transaction's to grow, until it ends. @returns whether it is; else another process grows it just now */
export async function lockTree(tx: Queryable): Promise<boolean> {
  const { rows } = await tx.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [TREE_LOCK])
  return rows[0]?.locked === true
}

/** The bytes of «MARK». */
const MARK_LOCK = 0x4d41524b

/** Does work that one process after the other does: on one machine several may have a file in common. */
export async function oneAtATime(database: Database, work: () => Promise<void>): Promise<void> {
  await transaction(database, async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [MARK_LOCK])
    return { result: await work() }
  })
}

/** How many tiles of leaves are made. @param base the index of the log's first leaf, as everywhere here */
export async function tilesMade(database: Queryable, base: number): Promise<number> {
  const { rows } = await database.query<{ made: number }>({
    name: 'tiles-made',
    text: 'select coalesce(max(index) + 1, 0) as made from tile where base = $1',
    values: [base],
  })
  return rows[0]?.made ?? 0
}

/**
 * Makes the full tiles of leaves from one index to before another, and what follows from them above.
 * @throws where a leaf is missing
 */
export async function makeTiles(tx: Queryable, base: number, from: number, to: number): Promise<void> {
  const { rows } = await tx.query<{ index: number; hashes: Buffer }>({
    name: 'make-tiles',
    text: `
      insert into tile (base, index, hashes)
      select $1, (index - $1) / ${TILE_WIDTH}, string_agg(${LEAF_HASH}, ''::bytea order by index)
      from leaf where index >= $1 + $2 * ${TILE_WIDTH} and index < $1 + $3 * ${TILE_WIDTH}
      group by (index - $1) / ${TILE_WIDTH}
      returning index, hashes`,
    values: [base, from, to],
  })
  if (rows.length !== to - from) throw new Error('leaves of the log are missing')
  let made = rows.toSorted((one, other) => one.index - other.index).map(({ hashes }) => hashes)
  for (let [level, first] = [1, from]; made.length > 0; level += 1) {
    await insertHashes(tx, { base, level, from: first }, made.map(tileHash))
    const full = { from: Math.floor(first / TILE_WIDTH), to: Math.floor((first + made.length) / TILE_WIDTH) }
    const tiles = Array.from({ length: full.to - full.from }, (_, at) => ({
      level,
      index: full.from + at,
      width: TILE_WIDTH,
    }))
    made = [...(await readTiles(tx, base)(tiles))]
    first = full.from
  }
}

type Place = { readonly base: number; readonly level: number; readonly from: number }

async function insertHashes(tx: Queryable, { base, level, from }: Place, hashes: readonly Buffer[]): Promise<void> {
  await tx.query({
    name: 'insert-tile-hashes',
    text: `
      insert into tile_hash (base, level, index, hash)
      select $1, $2, $3 + at - 1, hash from unnest($4::bytea[]) with ordinality as made (hash, at)`,
    values: [base, level, from, hashes],
  })
}

/**
 * Reads tiles of a log: those of leaves that are not full yet from the leaves themselves.
 * @throws (what it gives) where one is not there, or has fewer hashes
 */
export const readTiles =
  (database: Queryable, base: number): TileReader =>
  (tiles) =>
    Promise.all(tiles.map((tile) => readTile(database, base, tile)))

async function readTile(database: Queryable, base: number, tile: Tile): Promise<Buffer> {
  const { index, width, level } = tile
  const { rows } = await database.query<{ hashes: Buffer | null }>(
    level === 0
      ? { name: 'read-leaf-tile', text: LEAF_TILE, values: [base, index, width] }
      : { name: 'read-tile', text: UPPER_TILE, values: [base, level, index, width] },
  )
  const hashes = rows[0]?.hashes
  if (hashes?.length !== width * HASH_BYTES) throw new Error('a tile of the log is not whole')
  return hashes
}

const LEAF_TILE = `
  select coalesce(
    (select substring(hashes for $3::int * ${HASH_BYTES}) from tile where base = $1 and index = $2),
    (select string_agg(${LEAF_HASH}, ''::bytea order by index) from leaf
     where index >= $1 + $2 * ${TILE_WIDTH} and index < $1 + $2 * ${TILE_WIDTH} + $3)) as hashes`

const UPPER_TILE = `
  select string_agg(hash, ''::bytea order by index) as hashes from tile_hash
  where base = $1 and level = $2 and index >= $3 * ${TILE_WIDTH} and index < $3 * ${TILE_WIDTH} + $4`
