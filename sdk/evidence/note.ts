/** Signed notes (C2SP signed-note), the keys that verify them, and checkpoints (C2SP tlog-checkpoint, tlog-cosignature). */
import { type Bytes, isEqual, ofBase64, ofHex, toHex, utf8 } from './bytes.ts'
import { joined } from '../streams.ts'
import { type PublicKey, readPublicKey, sha256, type Verify } from './public-key.ts'

/** Signature types: a note by Ed25519, and cosignatures with a time by Ed25519 and by ML-DSA-44. */
export const kind = { note: 0x01, cosignature: 0x04, mlDsaCosignature: 0x06 } as const

export type VerifierKey = {
  /** As it was written: two of one text are one key. */
  readonly text: string
  readonly name: string
  readonly id: Bytes
  readonly kind: number
  readonly publicKey: PublicKey
}

export type NoteSignature = { readonly name: string; readonly id: Bytes; readonly bytes: Bytes }

export type Checkpoint = {
  readonly note: string
  /** What a note signature covers: all before the empty line, the last newline with it. */
  readonly text: string
  readonly origin: string
  readonly size: number
  readonly root: Bytes
  readonly signatures: readonly NoteSignature[]
}

/** Something that is no note, no checkpoint or no key. */
export class NoteFault extends Error {
  override readonly name = 'NoteFault'
}

/** SubjectPublicKeyInfo before the raw key: RFC 8410 section 4, RFC 9881 section 4. */
const ED25519_SPKI = ofHex('302a300506032b6570032100')
const ML_DSA_44_SPKI = ofHex('30820532300b06096086480165030403110382052100')
const ED25519_KEY_BYTES = 32
const ML_DSA_44_KEY_BYTES = 1312
const HASH_BYTES = 32
const KEY_ID_BYTES = 4
const TIME_BYTES = 8
/** The last second of the year 9999: what is later is no time that anybody could tell. */
const LATEST = 253_402_300_799n
const MOST_SIGNATURES = 64
const LARGEST_NOTE = 256 * 1024
const NAME = /^[^\s+]{1,255}$/u

/** Padded base64 (RFC 4648, 4), in its one spelling. Throws NoteFault. */
export function base64(text: string): Bytes {
  const bytes = ofBase64(text)
  if (bytes === undefined) throw new NoteFault('is no base64')
  return bytes
}

/** Takes a verifier key (`<name>+<key id>+<base64 of type and key>`); gives it read. Throws NoteFault. */
export async function readVerifierKey(text: string): Promise<VerifierKey> {
  const [name = '', hex = '', ...rest] = text.split('+')
  const typed = base64(rest.join('+'))
  const id = (await sha256(utf8(`${name}\n`), typed)).slice(0, KEY_ID_BYTES)
  if (!NAME.test(name) || toHex(id) !== hex) throw new NoteFault('is no verifier key')
  const raw = typed.slice(1)
  const type = typed[0] ?? 0
  const isMlDsa = type === kind.mlDsaCosignature
  if (!isMlDsa && type !== kind.note && type !== kind.cosignature) throw new NoteFault('is a key of an unknown kind')
  if (raw.length !== (isMlDsa ? ML_DSA_44_KEY_BYTES : ED25519_KEY_BYTES)) throw new NoteFault('is no verifier key')
  const der = joined([isMlDsa ? ML_DSA_44_SPKI : ED25519_SPKI, raw])
  return { text, name, id, kind: type, publicKey: readPublicKey(der) }
}

/** Takes a signed note whose text is a checkpoint; gives it read, and nothing of it verified. Throws NoteFault. */
export function readCheckpoint(note: string): Checkpoint {
  if (note.length > LARGEST_NOTE || hasControl(note)) throw new NoteFault('is no note')
  const end = note.lastIndexOf('\n\n')
  if (end < 0 || !note.endsWith('\n')) throw new NoteFault('is no note')
  const text = note.slice(0, end + 1)
  const [origin = '', size = '', root = '', ...more] = text.slice(0, -1).split('\n')
  const hash = base64(root)
  if (origin === '' || !/^(?:0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw new NoteFault('is no checkpoint')
  // Extension lines are signed by some of the keys and not by others: no log of this protocol writes any.
  if (hash.length !== HASH_BYTES || more.length > 0) throw new NoteFault('is no checkpoint')
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > MOST_SIGNATURES) throw new NoteFault('has too many signatures')
  return { note, text, origin, size: Number(size), root: hash, signatures: lines.map(readSignature) }
}

function readSignature(line: string): NoteSignature {
  const [, name = '', signature = ''] = /^— (\S+) (\S+)$/u.exec(line) ?? []
  const bytes = base64(signature)
  if (!NAME.test(name) || bytes.length <= KEY_ID_BYTES) throw new NoteFault('has no proper signature')
  return { name, id: bytes.slice(0, KEY_ID_BYTES), bytes: bytes.slice(KEY_ID_BYTES) }
}

// oxlint-disable-next-line no-control-regex -- these are what a note must not have
const hasControl = (note: string): boolean => /[\u0000-\u0009\u000b-\u001f]/.test(note)

/** `missing`: none by this key; `bad`: one that does not verify; else good, and when it was made where it says so. */
export type Verdict = 'missing' | 'bad' | { readonly at: Date | undefined }

/** Takes a checkpoint and a key; gives what the checkpoint has of it. All signatures of one key must verify. */
export async function judge(checkpoint: Checkpoint, key: VerifierKey, verify: Verify): Promise<Verdict> {
  const own = checkpoint.signatures.filter(({ name, id }) => name === key.name && isEqual(id, key.id))
  const verdicts = await Promise.all(own.map(({ bytes }) => judgeOne(checkpoint, key, bytes, verify)))
  return verdicts.includes('bad') ? 'bad' : (verdicts[0] ?? 'missing')
}

async function judgeOne(checkpoint: Checkpoint, key: VerifierKey, bytes: Bytes, verify: Verify): Promise<Verdict> {
  if (key.kind === kind.note) {
    return (await verify({}, key.publicKey, utf8(checkpoint.text), bytes)) ? { at: undefined } : 'bad'
  }
  if (bytes.length <= TIME_BYTES) return 'bad'
  const seconds = new DataView(bytes.buffer).getBigUint64(0)
  if (seconds > LATEST) return 'bad'
  const signed = key.kind === kind.cosignature ? timed(checkpoint, seconds) : cosigned(checkpoint, key.name, seconds)
  const isGood = signed !== undefined && (await verify({}, key.publicKey, signed, bytes.slice(TIME_BYTES)))
  return isGood ? { at: seconds === 0n ? undefined : new Date(Number(seconds) * 1000) } : 'bad'
}

const timed = ({ text }: Checkpoint, seconds: bigint): Bytes => utf8(`cosignature/v1\ntime ${seconds}\n${text}`)

/** struct cosigned_message of C2SP tlog-cosignature: of a checkpoint, so it starts at leaf 0. */
function cosigned({ origin, size, root }: Checkpoint, name: string, seconds: bigint): Bytes | undefined {
  const [cosigner, log] = [utf8(name), utf8(origin)]
  if (cosigner.length > 255 || log.length > 255) return undefined
  const label = utf8('subtree/v1\n\0')
  const [cosignerBytes, logBytes] = [Uint8Array.of(cosigner.length), Uint8Array.of(log.length)]
  return joined([
    label,
    cosignerBytes,
    cosigner,
    uint64(seconds),
    logBytes,
    log,
    uint64(0n),
    uint64(BigInt(size)),
    root,
  ])
}

function uint64(value: bigint): Bytes {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value)
  return bytes
}
