import { inclusionPath, type NodeReader } from '../../gateway/protocol/merkle.ts'
import { TILE_WIDTH, tilePath, tileWidth } from '../../gateway/protocol/tiles.ts'
import { type Checkpoint, judge, parseCheckpoint, parseVerifierKey } from '../../tlog/note.ts'
import {
  grow,
  type Growing,
  HASH_BYTES,
  leafHash,
  nodeHash,
  NOTHING,
  rootOf,
  verifyInclusion,
} from '../../tlog/tree.ts'

/** A log as it was served: its newest checkpoint, and the hashes of its leaves. */
export type WholeLog = { readonly checkpoint: Checkpoint; readonly leaves: readonly Buffer[] }

/** A checkpoint that both keys have signed. @throws where one has not */
export function openNote(note: string, verifierKeys: readonly string[]): Checkpoint {
  const checkpoint = parseCheckpoint(note)
  const verdicts = verifierKeys.map((text) => judge(checkpoint, parseVerifierKey(text)).is)
  if (verdicts.length !== 2 || verdicts.some((verdict) => verdict !== 'good'))
    throw new Error(`a checkpoint of ${checkpoint.size}: ${verdicts.join(', ')}`)
  return checkpoint
}

/**
 * Reads every tile that the checkpoint's tree has.
 * @param get gives what is served under a path such as `tile/0/000`
 * @throws where a tile is not made of those below it
 */
export async function readWholeLog(checkpoint: Checkpoint, get: (path: string) => Promise<Buffer>): Promise<WholeLog> {
  const { size } = checkpoint
  async function readLevel(level: number): Promise<readonly Buffer[]> {
    const hashes: Buffer[] = []
    for (let index = 0; tileWidth({ level, index }, size) > 0; index += 1) {
      const width = tileWidth({ level, index }, size)
      const tile = await get(`tile/${tilePath({ level, index, width })}`)
      if (tile.length !== width * HASH_BYTES) throw new Error(`tile ${level}/${index} has ${tile.length} bytes`)
      for (let at = 0; at < width; at += 1) hashes.push(tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))
    }
    return hashes
  }
  const leaves = await readLevel(0)
  const rows = rowsOver(leaves)
  for (let level = 1; size >= TILE_WIDTH ** level; level += 1)
    if (!Buffer.concat(await readLevel(level)).equals(Buffer.concat(rows[level * 8] ?? [])))
      throw new Error(`the tiles of level ${level} are of another tree`)
  return { checkpoint, leaves }
}

/** The hashes of all full subtrees, those of one size in a row. */
function rowsOver(leaves: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const rows = [leaves]
  for (let row = leaves; row.length > 1; rows.push(row))
    row = Array.from({ length: row.length >> 1 }, (_, at) => nodeHash(row[2 * at] ?? NONE, row[2 * at + 1] ?? NONE))
  return rows
}
const NONE = Buffer.alloc(0)

/**
 * What is wrong with a log that should have these leaves, and nothing besides; empty where nothing is.
 * @param expected the bytes of its leaves, in any order; @param seen all checkpoints that anybody was shown
 */
export async function faultsOf(
  { checkpoint, leaves }: WholeLog,
  expected: readonly string[],
  seen: readonly Checkpoint[],
): Promise<readonly string[]> {
  const places = Map.groupBy(leaves.keys(), (index) => leaves[index]?.toString('latin1') ?? '')
  const rows = rowsOver(leaves)
  const read: NodeReader = async (nodes) => nodes.map(({ level, index }) => rows[level]?.[index] ?? NONE)
  const faults: string[] = []
  for (const jws of expected) {
    const leaf = leafHash(Buffer.from(jws))
    const own = places.get(leaf.toString('latin1')) ?? []
    places.delete(leaf.toString('latin1'))
    if (own.length !== 1) faults.push(`${own.length} leaves where one was expected`)
    for (const index of own) {
      const path = await inclusionPath(index, checkpoint.size, read)
      if (!verifyInclusion(leaf, index, checkpoint, path)) faults.push(`leaf ${index} is not proved`)
    }
  }
  for (const [index] of places.values()) faults.push(`leaf ${index} was not expected`)
  const bySize = seen.toSorted((one, other) => one.size - other.size)
  let tree: Growing = NOTHING
  for (const { size, root } of [...bySize, checkpoint]) {
    tree = grow(tree, leaves.slice(tree.size, size))
    if (tree.size !== size || !rootOf(tree).equals(root)) faults.push(`the checkpoint of ${size} is of another tree`)
  }
  return faults
}
