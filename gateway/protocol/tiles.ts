import { HASH_BYTES, nodeHash, type NodeReader, type TreeNode } from './merkle.ts'

/** How many hashes a full tile has, and how many levels of the tree it stands for (C2SP tlog-tiles). */
export const TILE_WIDTH = 256
const TILE_HEIGHT = 8
const LAST_LEVEL = 63

/** The first `width` hashes of a tile: of leaves at level 0, of full tiles of the level below at the others. */
export type Tile = { readonly level: number; readonly index: number; readonly width: number }

/** Gives the hashes of tiles, one behind the other, in the order asked for. @throws where one is not there */
export type TileReader = (tiles: readonly Tile[]) => Promise<readonly Buffer[]>

/** How many hashes the tile has in a tree of so many leaves; 0 where it is not there. */
export function tileWidth({ level, index }: Pick<Tile, 'level' | 'index'>, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level)
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH))
}

/** The hash of a full tile: the root of the subtree that it stands for. @param hashes of the tile, one behind the other */
export const tileHash = (hashes: Buffer): Buffer => rootOf(hashes, 0, hashes.length / HASH_BYTES)

/** Reads the nodes of a tree from its tiles, each tile once. */
export function nodesFromTiles(read: TileReader): NodeReader {
  return async (nodes) => {
    const wanted = new Map<string, Tile>()
    for (const tile of nodes.map(tileOf)) {
      const before = wanted.get(nameOf(tile))
      if (before === undefined || before.width < tile.width) wanted.set(nameOf(tile), tile)
    }
    const tiles = [...wanted.values()]
    const contents = await read(tiles)
    const byName = new Map(tiles.map((tile, at) => [nameOf(tile), contents[at]]))
    return nodes.map((node) => {
      const tile = tileOf(node)
      const hashes = byName.get(nameOf(tile))
      if (hashes === undefined || hashes.length < tile.width * HASH_BYTES)
        throw new Error('a tile of the log is missing')
      return rootOf(hashes, tile.width - 2 ** (node.level % TILE_HEIGHT), tile.width)
    })
  }
}

/** The tile that holds a node's own hashes, as far as they go. */
function tileOf({ level, index }: TreeNode): Tile {
  const count = 2 ** (level % TILE_HEIGHT)
  const at = Math.floor((index * count) / TILE_WIDTH)
  return { level: Math.floor(level / TILE_HEIGHT), index: at, width: index * count + count - at * TILE_WIDTH }
}

const nameOf = ({ level, index }: Tile): string => `${level}/${index}`

/** The root of a power of two of hashes. */
function rootOf(hashes: Buffer, from: number, to: number): Buffer {
  if (to - from === 1) return hashes.subarray(from * HASH_BYTES, to * HASH_BYTES)
  const middle = (from + to) / 2
  return nodeHash(rootOf(hashes, from, middle), rootOf(hashes, middle, to))
}

const INDEX = /^(?:x\d{3}\/){0,5}\d{3}$/
const PARTIAL = /^(.*)\.p\/([1-9]\d{0,2})$/
const LEVEL = /^(?:0|[1-9]\d?)$/

/** The path of a tile below `tile/`, as C2SP tlog-tiles spells it: `0/x001/x234/067`, and `.p/<width>` where it is not full. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? []
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
  return `${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ''}`
}

/** Reads such a path. @returns undefined for any that `tilePath` would not give */
export function parseTilePath(path: string): Tile | undefined {
  const slash = path.indexOf('/')
  const level = path.slice(0, Math.max(0, slash))
  const rest = path.slice(slash + 1)
  const [, whole = rest, partial] = PARTIAL.exec(rest) ?? []
  if (!LEVEL.test(level) || !INDEX.test(whole)) return undefined
  const tile = {
    level: Number(level),
    index: Number(whole.replaceAll(/[x/]/g, '')),
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  }
  if (tile.level > LAST_LEVEL || !Number.isSafeInteger(tile.index)) return undefined
  return tilePath(tile) === path ? tile : undefined
}
