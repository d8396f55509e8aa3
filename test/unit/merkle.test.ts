import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  consistencyPath,
  EMPTY_ROOT,
  inclusionPath,
  leafHash,
  type NodeReader,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../gateway/protocol/merkle.ts'

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()

/** RFC 6962, section 2.1, word by word. */
function naiveRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0] ?? Buffer.alloc(0))
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Buffer.of(1), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)))
}

const leavesOf = (count: number): readonly Buffer[] =>
  Array.from({ length: count }, (_, at) => Buffer.from(`leaf ${at}`))
const reader =
  (leaves: readonly Buffer[]): NodeReader =>
  async (nodes) =>
    nodes.map(({ level, index }) => naiveRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)))

const MOST = 300
const LEAVES = leavesOf(MOST)
const read = reader(LEAVES)
const ROOTS = Array.from({ length: MOST + 1 }, (_, size) => naiveRoot(LEAVES.slice(0, size)))
const rootAt = (size: number): Buffer => ROOTS[size] ?? Buffer.alloc(0)

test('the roots are those of Certificate Transparency’s own vectors', async () => {
  const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ]
  const vectors = leaves.map((hex) => Buffer.from(hex, 'hex'))
  expect(EMPTY_ROOT.toString('hex')).toBe(roots[0])
  for (const [size, root] of roots.entries()) expect((await treeRoot(size, reader(vectors))).toString('hex')).toBe(root)
})

test('the tree of RFC 6962, section 2.1.3, has the proofs that it names', async () => {
  const seven = LEAVES.slice(0, 7)
  const at = (from: number, to: number): Buffer => naiveRoot(seven.slice(from, to))
  expect(await inclusionPath(0, 7, reader(seven))).toEqual([at(1, 2), at(2, 4), at(4, 7)])
  expect(await inclusionPath(3, 7, reader(seven))).toEqual([at(2, 3), at(0, 2), at(4, 7)])
  expect(await inclusionPath(4, 7, reader(seven))).toEqual([at(5, 6), at(6, 7), at(0, 4)])
  expect(await inclusionPath(6, 7, reader(seven))).toEqual([at(4, 6), at(0, 4)])
  expect(await consistencyPath(3, 7, reader(seven))).toEqual([at(2, 3), at(3, 4), at(0, 2), at(4, 7)])
  expect(await consistencyPath(4, 7, reader(seven))).toEqual([at(4, 7)])
  expect(await consistencyPath(6, 7, reader(seven))).toEqual([at(4, 6), at(6, 7), at(0, 4)])
})

const size = fc.integer({ min: 1, max: MOST })

describe('proofs of inclusion', () => {
  const place = size.chain((of) => fc.record({ size: fc.constant(of), index: fc.nat(of - 1) }))

  test('each leaf of each tree is proved, and no other, nor at another place', async () => {
    await fc.assert(
      fc.asyncProperty(place, fc.nat(MOST - 1), async ({ index, size: of }, other) => {
        const proof = {
          leaf: leafHash(LEAVES[index] ?? Buffer.alloc(0)),
          index,
          size: of,
          path: await inclusionPath(index, of, read),
          root: rootAt(of),
        }
        expect(verifyInclusion(proof)).toBe(true)
        if (other !== index) {
          expect(verifyInclusion({ ...proof, index: other })).toBe(false)
          expect(verifyInclusion({ ...proof, leaf: leafHash(LEAVES[other] ?? Buffer.alloc(0)) })).toBe(false)
        }
        expect(verifyInclusion({ ...proof, root: rootAt(of - 1) })).toBe(false)
        expect(verifyInclusion({ ...proof, path: [...proof.path, rootAt(of)] })).toBe(false)
        if (proof.path.length > 0) expect(verifyInclusion({ ...proof, path: proof.path.slice(1) })).toBe(false)
      }),
      { numRuns: 40 },
    )
  })

  test('what the tree has not is asked for in vain', async () => {
    for (const [index, of] of [
      [7, 7],
      [0, 0],
      [-1, 7],
      [0.5, 7],
    ] as const)
      await expect(inclusionPath(index, of, read)).rejects.toThrow(RangeError)
    const leaf = leafHash(LEAVES[0] ?? Buffer.alloc(0))
    expect(verifyInclusion({ leaf, index: 0, size: 0, path: [], root: leaf })).toBe(false)
    expect(verifyInclusion({ leaf, index: 0, size: 2, path: [Buffer.alloc(31)], root: leaf })).toBe(false)
  })
})

describe('proofs of consistency', () => {
  const pair = size.chain((of) => fc.record({ size: fc.constant(of), first: fc.nat(of) }))

  test('each tree is proved to begin with each smaller one, and with no other', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ({ first, size: of }) => {
        const proof = {
          first,
          size: of,
          path: await consistencyPath(first, of, read),
          firstRoot: rootAt(first),
          root: rootAt(of),
        }
        expect(verifyConsistency(proof)).toBe(true)
        const forged = sha256(Buffer.from('another history'))
        expect(verifyConsistency({ ...proof, firstRoot: forged })).toBe(false)
        if (first > 0) expect(verifyConsistency({ ...proof, root: forged })).toBe(false)
        expect(verifyConsistency({ ...proof, path: [...proof.path, forged] })).toBe(false)
        if (proof.path.length > 0) {
          expect(verifyConsistency({ ...proof, path: proof.path.slice(1) })).toBe(false)
          expect(verifyConsistency({ ...proof, path: [forged, ...proof.path.slice(1)] })).toBe(false)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('a tree does not begin with a larger one', async () => {
    await expect(consistencyPath(8, 7, read)).rejects.toThrow(RangeError)
    expect(verifyConsistency({ first: 8, size: 7, path: [], firstRoot: rootAt(8), root: rootAt(7) })).toBe(false)
  })
})

test('a proof in a tree of a million million leaves reads no more than twice its height', async () => {
  let count = 0
  const sizes = 10 ** 12 + 12_345
  const blank: NodeReader = async (nodes) => {
    count += nodes.length
    return nodes.map(() => rootAt(1))
  }
  expect((await inclusionPath(10 ** 12, sizes, blank)).length).toBeLessThanOrEqual(41)
  expect((await consistencyPath(10 ** 11 + 7, sizes, blank)).length).toBeLessThanOrEqual(82)
  expect(count).toBeLessThanOrEqual(164)
})
