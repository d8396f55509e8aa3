import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  type Checkpoint,
  cosign,
  ED25519,
  ML_DSA_44_COSIGNATURE,
  parseCheckpoint,
  type VerifierKey,
  verifierKeyOf,
} from '../../tlog/note.ts'
import { EMPTY_ROOT, leafHash, nodeHash } from '../../tlog/tree.ts'

/** A log whose proofs are made as RFC 6962 defines them, by recursion over all leaves: slow, and plainly right. */
export type HonestLog = {
  readonly origin: string
  readonly verifierKeys: readonly string[]
  append(...leaves: readonly string[]): void
  root(size?: number): Buffer
  consistency(from: number, to?: number): readonly Buffer[]
  inclusion(index: number, size?: number): readonly Buffer[]
  /** The signed note of its first leaves. @param at seconds */
  note(size?: number, at?: number): string
  /** A note that says of a tree whatever is wanted: even an honest log's keys may be stolen. */
  signed(size: number, root: Buffer, at?: number): string
  checkpoint(size?: number): Checkpoint
  leaves(): readonly Buffer[]
  /** Another history under the same keys. */
  fork(keep: number): HonestLog
}

type Keys = { readonly ed25519: KeyObject; readonly mlDsa44: KeyObject }

export const makeKeys = (): Keys => ({
  ed25519: generateKeyPairSync('ed25519').privateKey,
  mlDsa44: generateKeyPairSync('ml-dsa-44').privateKey,
})

/** MTH(D), RFC 6962, 2.1. */
export function rootOfAll(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (only === undefined) return EMPTY_ROOT
  if (leaves.length === 1) return only
  const k = split(leaves.length)
  return nodeHash(rootOfAll(leaves.slice(0, k)), rootOfAll(leaves.slice(k)))
}

/** SUBPROOF(m, D, b), RFC 6962, 2.1.2. */
function subproof(m: number, leaves: readonly Buffer[], whole: boolean): readonly Buffer[] {
  if (m === leaves.length) return whole ? [] : [rootOfAll(leaves)]
  const k = split(leaves.length)
  return m <= k
    ? [...subproof(m, leaves.slice(0, k), whole), rootOfAll(leaves.slice(k))]
    : [...subproof(m - k, leaves.slice(k), false), rootOfAll(leaves.slice(0, k))]
}

/** PATH(m, D), RFC 6962, 2.1.1. */
function path(m: number, leaves: readonly Buffer[]): readonly Buffer[] {
  if (leaves.length === 1) return []
  const k = split(leaves.length)
  return m < k
    ? [...path(m, leaves.slice(0, k)), rootOfAll(leaves.slice(k))]
    : [...path(m - k, leaves.slice(k)), rootOfAll(leaves.slice(0, k))]
}

const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1))

export function honestLog(
  origin = 'gateway.example/0123abcd',
  keys = makeKeys(),
  start: readonly Buffer[] = [],
): HonestLog {
  const leaves = [...start]
  const ed25519 = verifierKeyOf(origin, ED25519, keys.ed25519)
  const mlDsa44: VerifierKey = verifierKeyOf(origin, ML_DSA_44_COSIGNATURE, keys.mlDsa44)
  const signed = (size: number, root: Buffer, at = 1_800_000_000): string => {
    const text = `${origin}\n${size}\n${root.toString('base64')}\n`
    const signature = Buffer.concat([Buffer.from(ed25519.id, 'hex'), sign(null, Buffer.from(text), keys.ed25519)])
    const first = `${text}\n\u2014 ${origin} ${signature.toString('base64')}\n`
    return `${first}${cosign(parseCheckpoint(first), mlDsa44, keys.mlDsa44, at)}\n`
  }
  const note = (size = leaves.length, at?: number) => signed(size, rootOfAll(leaves.slice(0, size)), at)
  return {
    origin,
    verifierKeys: [ed25519.text, mlDsa44.text],
    append: (...more) => void leaves.push(...more.map((leaf) => leafHash(Buffer.from(leaf)))),
    root: (size = leaves.length) => rootOfAll(leaves.slice(0, size)),
    consistency: (from, to = leaves.length) => (from === 0 ? [] : subproof(from, leaves.slice(0, to), true)),
    inclusion: (index, size = leaves.length) => path(index, leaves.slice(0, size)),
    note,
    signed,
    checkpoint: (size) => parseCheckpoint(note(size)),
    leaves: () => leaves,
    fork: (keep) => honestLog(origin, keys, leaves.slice(0, keep)),
  }
}
