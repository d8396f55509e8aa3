import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  consistencyPath,
  inclusionPath,
  leafHash,
  nodeHash,
  type NodeReader,
  treeRoot,
} from '../../gateway/protocol/merkle.ts'
import {
  nodesFromTiles,
  parseTilePath,
  type Tile,
  tileHash,
  tilePath,
  type TileReader,
  tileWidth,
} from '../../gateway/protocol/tiles.ts'

const MOST = 70_000
const HASHES = Array.from({ length: MOST }, (_, at) => leafHash(Buffer.from(String(at))))

/** All levels of complete subtrees, made once. */
const LEVELS: Buffer[][] = [HASHES]
for (let below = HASHES; below.length > 1; ) {
  below = Array.from({ length: Math.floor(below.length / 2) }, (_, at) =>
    nodeHash(below[2 * at] ?? Buffer.alloc(0), below[2 * at + 1] ?? Buffer.alloc(0)),
  )
  LEVELS.push(below)
}
const direct: NodeReader = async (nodes) => nodes.map(({ level, index }) => LEVELS[level]?.[index] ?? Buffer.alloc(0))

/** Tiles of a tree of `size` leaves, which has no more. */
const tilesOf =
  (size: number): TileReader =>
  async (tiles) =>
    tiles.map((tile) => {
      expect(tile.width).toBeLessThanOrEqual(tileWidth(tile, size))
      const first = tile.index * 256
      return Buffer.concat((LEVELS[tile.level * 8] ?? []).slice(first, first + tile.width))
    })

test('whatever is proved from nodes is proved from the tiles of the same tree, and of these each is read once', async () => {
  const pair = fc
    .integer({ min: 1, max: MOST })
    .chain((size) => fc.record({ size: fc.constant(size), at: fc.nat(size - 1) }))
  await fc.assert(
    fc.asyncProperty(pair, async ({ size, at }) => {
      const asked: Tile[] = []
      const reader = nodesFromTiles(async (tiles) => {
        asked.push(...tiles)
        return await tilesOf(size)(tiles)
      })
      expect(await treeRoot(size, reader)).toEqual(await treeRoot(size, direct))
      asked.length = 0
      expect(await inclusionPath(at, size, reader)).toEqual(await inclusionPath(at, size, direct))
      expect(new Set(asked.map(({ level, index }) => `${level}/${index}`)).size).toBe(asked.length)
      expect(await consistencyPath(at, size, reader)).toEqual(await consistencyPath(at, size, direct))
    }),
    { numRuns: 40 },
  )
})

test('a tile that is cut short is no tile', async () => {
  await expect(
    treeRoot(
      300,
      nodesFromTiles(async (tiles) => tiles.map(() => Buffer.alloc(32))),
    ),
  ).rejects.toThrow('missing')
})

test('a full tile is hashed into one hash of the level above', () => {
  expect(tileHash(Buffer.concat(HASHES.slice(256, 512)))).toEqual(LEVELS[8]?.[1])
})

test('a tree of 70,000 leaves has the tiles that C2SP tlog-tiles counts', () => {
  expect(tileWidth({ level: 0, index: 272 }, 70_000)).toBe(256)
  expect(tileWidth({ level: 0, index: 273 }, 70_000)).toBe(112)
  expect(tileWidth({ level: 0, index: 274 }, 70_000)).toBe(0)
  expect(tileWidth({ level: 1, index: 0 }, 70_000)).toBe(256)
  expect(tileWidth({ level: 1, index: 1 }, 70_000)).toBe(17)
  expect(tileWidth({ level: 2, index: 0 }, 70_000)).toBe(1)
  expect(tileWidth({ level: 1, index: 0 }, 256)).toBe(1)
})

test('a tile’s path is spelt in one way', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('0/x001/x234/067')
  expect(tilePath({ level: 2, index: 0, width: 17 })).toBe('2/000.p/17')
  const tile = fc.record({
    level: fc.integer({ min: 0, max: 63 }),
    index: fc.oneof(fc.nat(2_000), fc.maxSafeNat()),
    width: fc.integer({ min: 1, max: 256 }),
  })
  fc.assert(
    fc.property(tile, (one) => {
      expect(parseTilePath(tilePath(one))).toEqual(one)
    }),
  )
  for (const odd of [
    '',
    '0',
    '0/',
    '/000',
    '64/000',
    '00/000',
    '0/0',
    '0/1000',
    '0/x000/001',
    '0/x001/x001',
    '0/001/002',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/01',
    '0/000.p/',
    '0/000.p',
    '-1/000',
    '0/000/',
    '0/000 ',
    '0/x1/000',
    '1e0/000',
    `0/${'x999/'.repeat(6)}999`,
  ])
    expect(parseTilePath(odd), odd).toBeUndefined()
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('0', '1', '9', 'x', '/', '.', 'p') }), (text) => {
      const read = parseTilePath(text)
      if (read !== undefined) expect(tilePath(read)).toBe(text)
    }),
  )
})
