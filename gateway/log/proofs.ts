import {
  consistencyPath,
  inclusionPath,
  nodesFromTiles,
  type NodeReader,
  type Tile,
  tileWidth,
  treeRoot,
} from '../protocol/protocol.ts'
import { type Database, pastLogs, placeOfLeaf, readTiles } from '../record/record.ts'
import type { Publishing } from './published.ts'

/** Where a leaf stands in a tree, and the way to its root. */
export type InclusionProof = {
  readonly origin: string
  readonly leafIndex: number
  readonly treeSize: number
  readonly rootHash: Buffer
  readonly path: readonly Buffer[]
}

/**
 * Proofs of what was published, and of nothing else: none goes beyond the newest checkpoint that may be shown.
 */
export type Proofs = {
  /**
   * That a leaf stands in the tree of so many leaves; without a size in that of the newest checkpoint, or of the last one of a log that
   * was closed.
   * @returns `unknown`: there is no such leaf; `early`: it is in no checkpoint yet; `beyond`: the tree is not of that size, or has not got it
   */
  inclusion(id: string, size: number | undefined): Promise<InclusionProof | 'unknown' | 'early' | 'beyond'>
  /** @returns `beyond` where the second tree was not published, or the first is larger */
  consistency(from: number, to: number): Promise<{ readonly path: readonly Buffer[] } | 'beyond'>
  /** The hashes of a tile of the log in force; undefined where what was published has no such tile. */
  tile(tile: Tile): Promise<Buffer | undefined>
}

type Span = { readonly origin: string; readonly base: number; readonly size: number }

/** Opens them. What they cost does not depend on how large the log is. */
export function openProofs(database: Database, publishing: Publishing): Proofs {
  const reader = ({ base }: Span): NodeReader => nodesFromTiles(readTiles(database, base))

  /** The log in force as far as it was published. */
  function current(): Span | undefined {
    const [log, latest] = [publishing.log(), publishing.latest()]
    if (log === undefined || latest === undefined || latest.origin !== log.origin) return undefined
    return { origin: log.origin, base: log.base, size: latest.size }
  }

  /** The log in which a leaf stands. */
  async function logOf(index: number): Promise<Span | undefined> {
    const log = publishing.log()
    if (log === undefined || index >= log.base) return current()
    return (await pastLogs(database)).findLast(({ base }) => base <= index)
  }

  return {
    async inclusion(id, wanted) {
      const place = await placeOfLeaf(database, id)
      if (place === undefined) return 'unknown'
      const log = await logOf(place.index)
      const leafIndex = place.index - (log?.base ?? 0)
      if (log === undefined || leafIndex >= log.size) return 'early'
      const treeSize = wanted ?? log.size
      if (treeSize > log.size || treeSize <= leafIndex) return 'beyond'
      const read = reader(log)
      const [path, rootHash] = await Promise.all([inclusionPath(leafIndex, treeSize, read), treeRoot(treeSize, read)])
      return { origin: log.origin, leafIndex, treeSize, rootHash, path }
    },
    async consistency(from, to) {
      const log = current()
      if (log === undefined || to > log.size || from > to) return 'beyond'
      return { path: await consistencyPath(from, to, reader(log)) }
    },
    async tile(tile) {
      const log = current()
      if (log === undefined || tileWidth(tile, log.size) < tile.width) return undefined
      const [hashes] = await readTiles(database, log.base)([tile])
      return hashes
    },
  }
}
