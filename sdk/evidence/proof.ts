/** Proofs that a leaf is in the log (C2SP tlog-proof, RFC 6962 2.1). */
import { type Bytes, isEqual } from './bytes.ts'
import { base64, type Checkpoint, NoteFault, readCheckpoint } from './note.ts'
import { sha256 } from './public-key.ts'

export type Proof = { readonly index: number; readonly path: readonly Bytes[]; readonly checkpoint: Checkpoint }

const HEADER = 'c2sp.org/tlog-proof@v1'
const EXTRA = 'extra '
const HASH_BYTES = 32
/** Of a tree with as many leaves as a number can count. */
const LONGEST_PATH = 63

/** Takes the text of a proof; gives it read, and nothing of it verified. Throws NoteFault. */
export function readProof(text: string): Proof {
  const end = text.indexOf('\n\n')
  const [header, ...lines] = text.slice(0, Math.max(end, 0)).split('\n')
  // Extra data proves nothing, and is passed over.
  const hasExtra = lines[0]?.startsWith(EXTRA) === true
  if (hasExtra) base64(lines[0]?.slice(EXTRA.length) ?? '')
  const [index = '', ...path] = lines.slice(hasExtra ? 1 : 0)
  if (header !== HEADER || !/^index (?:0|[1-9]\d{0,15})$/.test(index) || path.length > LONGEST_PATH)
    throw new NoteFault('is no proof')
  const hashes = path.map(base64)
  if (hashes.some(({ length }) => length !== HASH_BYTES)) throw new NoteFault('is no proof')
  return { index: Number(index.slice('index '.length)), path: hashes, checkpoint: readCheckpoint(text.slice(end + 2)) }
}

/** Whether the proof leads from a leaf to the root of its checkpoint (RFC 9162 2.1.3.2, which spells RFC 6962's check out). */
export async function isIncluded(
  leaf: Uint8Array,
  { index, path, checkpoint: { size, root } }: Proof,
): Promise<boolean> {
  if (index >= size) return false
  // Numbers above 2^32: no bit operators.
  let place = BigInt(index)
  let last = BigInt(size - 1)
  let hash = await sha256(Uint8Array.of(0), leaf)
  for (const sibling of path) {
    if (last === 0n) return false
    if ((place & 1n) === 1n || place === last) {
      hash = await sha256(Uint8Array.of(1), sibling, hash)
      while ((place & 1n) === 0n && place !== 0n) {
        place >>= 1n
        last >>= 1n
      }
    } else hash = await sha256(Uint8Array.of(1), hash, sibling)
    place >>= 1n
    last >>= 1n
  }
  return last === 0n && isEqual(hash, root)
}
