import { hash } from 'node:crypto'

/** SHA-256, as RFC 6962 and C2SP tlog-tiles have it. */
export const HASH_BYTES = 32

/** A complete subtree: the `index`-th of 2^`level` leaves each, from the left. At level 0 it is a leaf. */
export type TreeNode = { readonly level: number; readonly index: number }

/** Gives the hashes of complete subtrees, in the order asked for. @throws where one is not there */
export type NodeReader = (nodes: readonly TreeNode[]) => Promise<readonly Buffer[]>

const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

/** The hash of a leaf: SHA-256(0x00 ‖ leaf). RFC 6962, section 2.1. */
export const leafHash = (leaf: Uint8Array): Buffer => hash('sha256', Buffer.concat([LEAF, leaf]), 'buffer')

/** The hash of two subtrees: SHA-256(0x01 ‖ left ‖ right). RFC 6962, section 2.1. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([NODE, left, right]), 'buffer')

/** The root of the tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer')

/** The root of a tree of so many leaves. RFC 6962, section 2.1. */
export async function treeRoot(size: number, read: NodeReader): Promise<Buffer> {
  if (size === 0) return EMPTY_ROOT
  const [root] = await readRanges([{ from: 0, to: size }], read)
  return root ?? EMPTY_ROOT
}

/**
 * The path from a leaf to the root of a tree of `size` leaves, the leaf's sibling first. RFC 6962, section 2.1.1.
 * @throws RangeError where the tree has no such leaf
 */
export async function inclusionPath(index: number, size: number, read: NodeReader): Promise<readonly Buffer[]> {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError('the tree has no such leaf')
  const ranges: Range[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    if (index < middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
    }
  }
  return readRanges(ranges.toReversed(), read)
}

/**
 * The proof that the tree of `size` leaves begins with that of `first`. RFC 6962, section 2.1.2; of an empty tree, and of the same one,
 * it is empty.
 * @throws RangeError where the first is larger
 */
export async function consistencyPath(first: number, size: number, read: NodeReader): Promise<readonly Buffer[]> {
  if (!isCount(first) || !isCount(size) || first > size) throw new RangeError('the first tree is larger')
  if (first === 0 || first === size) return []
  const ranges: Range[] = []
  let [from, to] = [0, size]
  while (to !== first) {
    const middle = from + splitOf(to - from)
    if (first <= middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
    }
  }
  // Where all of the first tree is one subtree, the verifier has its hash: it is the first root.
  if (from > 0) ranges.push({ from, to })
  return readRanges(ranges.toReversed(), read)
}

/** Whether a path proves that a leaf stands at `index` of the tree with this root. RFC 9162, section 2.1.3.2. */
export function verifyInclusion(proof: {
  readonly leaf: Uint8Array
  readonly index: number
  readonly size: number
  readonly path: readonly Uint8Array[]
  readonly root: Uint8Array
}): boolean {
  const { index, size, path, root } = proof
  if (!isCount(index) || !isCount(size) || index >= size || !path.every(isHash)) return false
  let [at, last, reached]: [number, number, Uint8Array] = [index, size - 1, proof.leaf]
  for (const sibling of path) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      reached = nodeHash(sibling, reached)
      while (at % 2 === 0 && at !== 0) [at, last] = [halfOf(at), halfOf(last)]
    } else reached = nodeHash(reached, sibling)
    ;[at, last] = [halfOf(at), halfOf(last)]
  }
  return last === 0 && Buffer.compare(reached, root) === 0
}

/** Whether a path proves that the tree of `size` leaves begins with that of `first`. RFC 9162, section 2.1.4.2. */
export function verifyConsistency(proof: {
  readonly first: number
  readonly size: number
  readonly path: readonly Uint8Array[]
  readonly firstRoot: Uint8Array
  readonly root: Uint8Array
}): boolean {
  const { first, size, path, firstRoot, root } = proof
  if (!isCount(first) || !isCount(size) || first > size || !path.every(isHash)) return false
  if (first === size) return path.length === 0 && Buffer.compare(firstRoot, root) === 0
  if (first === 0) return path.length === 0 && Buffer.compare(firstRoot, EMPTY_ROOT) === 0
  let [at, last] = [first - 1, size - 1]
  while (at % 2 === 1) [at, last] = [halfOf(at), halfOf(last)]
  // The first tree is one subtree: its root is not in the path.
  const [seed, ...others] = at === 0 ? [firstRoot, ...path] : path
  if (seed === undefined) return false
  let [one, whole] = [seed, seed]
  for (const sibling of others) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      one = nodeHash(sibling, one)
      whole = nodeHash(sibling, whole)
      while (at % 2 === 0 && at !== 0) [at, last] = [halfOf(at), halfOf(last)]
    } else whole = nodeHash(whole, sibling)
    ;[at, last] = [halfOf(at), halfOf(last)]
  }
  return last === 0 && Buffer.compare(one, firstRoot) === 0 && Buffer.compare(whole, root) === 0
}

/** Leaves from `from` to before `to`, as the recursion of RFC 6962 cuts them. */
type Range = { readonly from: number; readonly to: number }

/** The hashes of ranges, all their nodes read at once. */
async function readRanges(ranges: readonly Range[], read: NodeReader): Promise<readonly Buffer[]> {
  const nodes = ranges.map(subtreesOf)
  const hashes = await read(nodes.flat())
  let taken = 0
  return nodes.map(({ length }) => {
    const own = hashes.slice(taken, (taken += length))
    return own.reduceRight((right, left) => nodeHash(left, right))
  })
}

/** The complete subtrees that a range is made of, from left to right: each smaller than the one before. */
function subtreesOf({ from, to }: Range): readonly TreeNode[] {
  const nodes: TreeNode[] = []
  for (let at = from; at < to; ) {
    let [level, width] = [0, 1]
    while (width * 2 <= to - at) [level, width] = [level + 1, width * 2]
    nodes.push({ level, index: at / width })
    at += width
  }
  return nodes
}

/** The largest power of two below a number of leaves, at which RFC 6962 cuts them. */
function splitOf(count: number): number {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

// Sizes may pass 2^31, at which bitwise operators end.
const halfOf = (value: number): number => Math.floor(value / 2)
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
const isHash = (value: Uint8Array): boolean => value.length === HASH_BYTES
