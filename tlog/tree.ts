// The Merkle tree of RFC 6962, section 2, as somebody outside sees it: hashes and proofs, and no leaf of anybody.
import { hash } from 'node:crypto'

export const HASH_BYTES = 32

/** RFC 6962, 2.1: the hash of the empty list is that of the empty string. */
export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0))

/** The hash of a leaf's bytes: domain 0x00. */
export const leafHash = (leaf: Uint8Array): Buffer => sha256(Buffer.concat([Buffer.of(0x00), leaf]))

/** The hash of an inner node: domain 0x01. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  sha256(Buffer.concat([Buffer.of(0x01), left, right]))

function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer')
}

/** Beyond 32 bits: sizes are whole numbers up to 2^53, which bitwise operators would cut off. */
const half = (n: number): number => Math.floor(n / 2)
const isOdd = (n: number): boolean => n % 2 === 1
const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0

/** A tree as a checkpoint names it. */
export type Tree = { readonly size: number; readonly root: Buffer }

/** Whether a proof shows that the smaller tree is the beginning of the larger one (RFC 9162, 2.1.4.2). */
export function verifyConsistency(from: Tree, to: Tree, proof: readonly Buffer[]): boolean {
  if (!isCount(from.size) || !isCount(to.size) || from.size > to.size) return false
  if (from.size === to.size) return proof.length === 0 && from.root.equals(to.root)
  if (from.size === 0) return proof.length === 0 && from.root.equals(EMPTY_ROOT)
  const path = Number.isInteger(Math.log2(from.size)) ? [from.root, ...proof] : proof
  let [low, high] = [from.size - 1, to.size - 1]
  while (isOdd(low)) [low, high] = [half(low), half(high)]
  const [first, ...rest] = path
  if (first === undefined) return false
  let [older, newer] = [first, first]
  for (const sibling of rest) {
    if (high === 0) return false
    if (isOdd(low) || low === high) {
      older = nodeHash(sibling, older)
      newer = nodeHash(sibling, newer)
      while (!isOdd(low) && low !== 0) [low, high] = [half(low), half(high)]
    } else newer = nodeHash(newer, sibling)
    ;[low, high] = [half(low), half(high)]
  }
  return high === 0 && older.equals(from.root) && newer.equals(to.root)
}

/** Whether a path shows that a leaf's hash stands at this index of the tree (RFC 9162, 2.1.3.2). */
export function verifyInclusion(leaf: Buffer, index: number, tree: Tree, path: readonly Buffer[]): boolean {
  if (!isCount(index) || !isCount(tree.size) || index >= tree.size) return false
  let [low, high] = [index, tree.size - 1]
  let root = leaf
  for (const sibling of path) {
    if (high === 0) return false
    if (isOdd(low) || low === high) {
      root = nodeHash(sibling, root)
      while (!isOdd(low) && low !== 0) [low, high] = [half(low), half(high)]
    } else root = nodeHash(root, sibling)
    ;[low, high] = [half(low), half(high)]
  }
  return high === 0 && root.equals(tree.root)
}

/**
 * A tree that only grows, kept as the roots of its full subtrees, the largest first: 53 hashes at the most, whatever its size. Who
 * appends leaf after leaf and meets the root of each checkpoint has shown all of them to be consistent.
 */
export type Growing = { readonly size: number; readonly peaks: readonly Buffer[] }

export const NOTHING: Growing = { size: 0, peaks: [] }

/** The tree with more leaves behind its last. @param leaves their hashes, in order */
export function grow({ size, peaks }: Growing, leaves: readonly Buffer[]): Growing {
  const grown = [...peaks]
  let count = size
  for (const leaf of leaves) {
    let peak = leaf
    for (let rest = count; isOdd(rest); rest = half(rest)) peak = nodeHash(grown.pop() ?? missing(), peak)
    grown.push(peak)
    count += 1
  }
  return { size: count, peaks: grown }
}

/** The root of the tree as it stands. */
export function rootOf({ peaks }: Growing): Buffer {
  return (
    peaks.toReversed().reduce<Buffer | undefined>((right, left) => (right ? nodeHash(left, right) : left), undefined) ??
    EMPTY_ROOT
  )
}

/** How many peaks a tree of this size has: as many as its number has ones. */
export function peaksOf(size: number): number {
  let ones = 0
  for (let rest = size; rest > 0; rest = half(rest)) if (isOdd(rest)) ones += 1
  return ones
}

function missing(): never {
  throw new Error('a growing tree has fewer peaks than its size says')
}
