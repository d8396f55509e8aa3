import {
  HASH_BYTES,
  isJsonObject,
  isQuorum,
  leafHash,
  type Note,
  parseBase64,
  parseCheckpoint,
  parseJson,
  parseNote,
  parseVerifierKey,
  verifyInclusion,
  verifyLine,
  type VerifierKey,
  type Witness,
  type Witnesses,
} from '../protocol/protocol.ts'
import type { Leaf } from '../record/record.ts'
import { unlessFaulty } from './signed.ts'

/** Why a proof does not hold. */
export type ProofFault =
  | 'too-long'
  | 'not-a-leaf'
  | 'not-a-proof'
  | 'not-a-checkpoint'
  | 'other-log'
  | 'unsigned'
  | 'wrong-signature'
  | 'wrong-cosignature'
  | 'beyond'
  | 'not-included'

/** What a proof that holds proves. */
export type Proven = {
  readonly typ: Leaf['typ']
  readonly origin: string
  /** Of the leaf, in the log of that origin. */
  readonly index: number
  /** Of the tree whose checkpoint the proof has, in leaves. */
  readonly size: number
  readonly leafHash: Buffer
  /** Names of the witnesses who cosigned that checkpoint. */
  readonly cosigned: readonly string[]
  /** Whether these are a quorum; `unnamed`: the registry names no witnesses. */
  readonly quorum: 'reached' | 'too-few' | 'country-missing' | 'unnamed'
}

export type ProofVerdict = { readonly fault: ProofFault } | ({ readonly fault?: undefined } & Proven)

/** By what a proof is judged: the verifier keys of each log by its origin, and the witnesses of the registry in force. */
export type ProofPolicy = {
  readonly logs: ReadonlyMap<string, readonly string[]>
  readonly witnesses: Witnesses<Witness & { readonly key: VerifierKey }> | undefined
}

/** A checkpoint with a line of each of sixteen ML-DSA-44 keys is longer: who has so many witnesses checks by the SDK. */
export const MAX_PROOF_BYTES = 32 * 1024
/** A receipt with the recipient's word in it comes to a quarter. */
export const MAX_LEAF_BYTES = 16 * 1024

const HEADER = 'c2sp.org/tlog-proof@v1'
const INDEX = /^index (0|[1-9]\d{0,15})$/
const EXTRA = 'extra '
/** Of a tree with as many leaves as a number can count. */
const LONGEST_PATH = 63
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/
const TYPES: readonly Leaf['typ'][] = ['delivery-receipt+jws', 'registry-entry+jws', 'operator-act+jws']

/**
 * Judges whether a leaf stands in one of this gateway's logs, by nothing but what is given: C2SP tlog-proof, RFC 9162 section 2.1.3.2.
 * The leaf's own signature is not looked at: that it was put into the log is what is proven.
 * @param given the proof's text, and the leaf: a compact JWS (RFC 7515)
 */
export function checkProof(
  given: { readonly proof: string; readonly leaf: string },
  { logs, witnesses }: ProofPolicy,
): ProofVerdict {
  if (Buffer.byteLength(given.proof) > MAX_PROOF_BYTES || Buffer.byteLength(given.leaf) > MAX_LEAF_BYTES)
    return { fault: 'too-long' }
  const typ = typeOfLeaf(given.leaf)
  if (typ === undefined) return { fault: 'not-a-leaf' }
  const proof = readProof(given.proof)
  if (proof === undefined) return { fault: 'not-a-proof' }
  const signed = readCheckpoint(proof.note)
  if (signed === undefined) return { fault: 'not-a-checkpoint' }
  const { note, origin, size, root } = signed
  const keys = logs.get(origin)?.map(parseVerifierKey)
  if (keys === undefined || keys.length === 0) return { fault: 'other-log' }
  const own = keys.map((key) => judge(note, key))
  if (own.includes('wrong')) return { fault: 'wrong-signature' }
  if (own.includes('missing')) return { fault: 'unsigned' }
  const words = new Map(witnesses?.witnesses.map(({ name, key }) => [name, judge(note, key)]))
  if ([...words.values()].includes('wrong')) return { fault: 'wrong-cosignature' }
  if (proof.index >= size) return { fault: 'beyond' }
  const hash = leafHash(Buffer.from(given.leaf))
  if (!verifyInclusion({ leaf: hash, index: proof.index, size, path: proof.path, root }))
    return { fault: 'not-included' }
  const cosigned = [...words].filter(([, word]) => word === 'good').map(([name]) => name)
  return { typ, origin, index: proof.index, size, leafHash: hash, cosigned, quorum: quorumOf(witnesses, cosigned) }
}

function quorumOf(witnesses: Witnesses | undefined, cosigned: readonly string[]): Proven['quorum'] {
  if (witnesses === undefined) return 'unnamed'
  if (cosigned.length < witnesses.quorum) return 'too-few'
  return isQuorum(witnesses, ({ name }) => cosigned.includes(name)) ? 'reached' : 'country-missing'
}

/** What a leaf says that it is, by its protected header. */
function typeOfLeaf(leaf: string): Leaf['typ'] | undefined {
  if (!COMPACT.test(leaf)) return undefined
  try {
    const header = parseJson(Buffer.from(leaf.split('.', 1)[0] ?? '', 'base64url'))
    return isJsonObject(header) ? TYPES.find((typ) => typ === header['typ']) : undefined
  } catch {
    // What is no JSON is no header.
    return undefined
  }
}

/** C2SP tlog-proof, v1; extra data proves nothing, and is passed over. */
function readProof(
  text: string,
): { readonly index: number; readonly path: readonly Buffer[]; readonly note: string } | undefined {
  const end = text.indexOf('\n\n')
  const [header, ...lines] = text.slice(0, Math.max(end, 0)).split('\n')
  if (lines[0]?.startsWith(EXTRA) === true && parseBase64(lines.shift()?.slice(EXTRA.length) ?? '') === undefined)
    return undefined
  const index = Number(INDEX.exec(lines.shift() ?? '')?.[1] ?? Number.NaN)
  const path = lines.map(parseBase64).filter((hash) => hash?.length === HASH_BYTES)
  const isWhole = path.length === lines.length && path.length <= LONGEST_PATH
  if (header !== HEADER || !Number.isSafeInteger(index) || !isWhole) return undefined
  return { index, path: path.filter((hash) => hash !== undefined), note: text.slice(end + 2) }
}

function readCheckpoint(source: string): (ReturnType<typeof parseCheckpoint> & { readonly note: Note }) | undefined {
  return unlessFaulty(() => {
    const note = parseNote(source)
    return { ...parseCheckpoint(note.text), note }
  })
}

/** What a note has of a key: all its lines must verify. */
function judge(note: Note, key: VerifierKey): 'good' | 'missing' | 'wrong' {
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId)
  if (own.length === 0) return 'missing'
  return own.every((line) => unlessFaulty(() => verifyLine(key, note.text, line)) !== undefined) ? 'good' : 'wrong'
}
