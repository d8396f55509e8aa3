// C2SP signed notes, checkpoints and cosignatures (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature), read and made by whoever
// watches a log. It shares nothing with the gateway: what the one gets wrong, the other does not.
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { HASH_BYTES } from './tree.ts'

/** Not a note, not a checkpoint, not a vkey; says what is wrong and quotes nothing. */
export class NoteFault extends Error {
  override readonly name = 'NoteFault'
}

/** Signature types of signed-note and tlog-cosignature. */
export const ED25519 = 0x01
export const ED25519_COSIGNATURE = 0x04
export const ML_DSA_44_COSIGNATURE = 0x06

/** Each type's raw public key in bytes, the DER before it in a SubjectPublicKeyInfo (RFC 8410, RFC 9881), and its signature in bytes. */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')
const ML_DSA_44_SPKI = Buffer.from('30820532300b06096086480165030403110382052100', 'hex')
const types: ReadonlyMap<number, { readonly keyBytes: number; readonly spki: Buffer; readonly bytes: number }> =
  new Map([
    [ED25519, { keyBytes: 32, spki: ED25519_SPKI, bytes: 64 }],
    [ED25519_COSIGNATURE, { keyBytes: 32, spki: ED25519_SPKI, bytes: 8 + 64 }],
    [ML_DSA_44_COSIGNATURE, { keyBytes: 1312, spki: ML_DSA_44_SPKI, bytes: 8 + 2420 }],
  ])

/** A key by which a note may be verified, as its vkey says. */
export type VerifierKey = {
  readonly name: string
  /** 8 hexadecimal digits */
  readonly id: string
  readonly type: number
  readonly key: KeyObject
  /** The vkey itself. */
  readonly text: string
}

/** signed-note: no Unicode spaces and no plus. A name also stands in a `cosigned_message`, with one byte for its length. */
const NAME = /^[^\s\p{Cc}\p{Z}+]+$/u
export const isName = (text: string): boolean => NAME.test(text) && Buffer.byteLength(text) < 256

/** @throws NoteFault where it is no vkey of a type that is known here, or its key id is not that of its key */
export function parseVerifierKey(text: string): VerifierKey {
  const [name = '', id = '', ...rest] = text.split('+')
  const typed = unbase64(rest.join('+'))
  const type = typed?.[0]
  const kind = types.get(type ?? -1)
  if (!isName(name) || typed === undefined || type === undefined) throw new NoteFault('is no vkey')
  if (kind === undefined) throw new NoteFault('is a vkey of a type that is not known here')
  if (typed.length !== 1 + kind.keyBytes) throw new NoteFault('is a vkey whose key has not the length of its type')
  if (keyId(name, type, typed.subarray(1)) !== id) throw new NoteFault('is a vkey whose id is not that of its key')
  const der = Buffer.concat([kind.spki, typed.subarray(1)])
  return { name, id, type, key: createPublicKey({ key: der, format: 'der', type: 'spki' }), text }
}

/** The vkey of a key, private or public. */
export function verifierKeyOf(name: string, type: number, key: KeyObject): VerifierKey {
  const kind = types.get(type)
  if (kind === undefined) throw new NoteFault('is a type of signature that is not known here')
  const raw = (key.type === 'private' ? createPublicKey(key) : key)
    .export({ type: 'spki', format: 'der' })
    .subarray(-kind.keyBytes)
  const typed = Buffer.concat([Buffer.of(type), raw]).toString('base64')
  return parseVerifierKey(`${name}+${keyId(name, type, raw)}+${typed}`)
}

function keyId(name: string, type: number, key: Uint8Array): string {
  return createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(key).digest('hex').slice(0, 8)
}

/** A line behind a note's text. */
export type Signature = { readonly name: string; readonly id: string; readonly bytes: Buffer; readonly line: string }

/** A signed note, of which nothing has been verified yet. */
export type Note = { readonly text: string; readonly signatures: readonly Signature[] }

/** A checkpoint: the note's text, read. */
export type Checkpoint = Note & { readonly origin: string; readonly size: number; readonly root: Buffer }

/** signed-note asks for 16 at least. Fifty witnesses with two keys each, and some. */
const MOST_SIGNATURES = 128
const LINE = /^\u2014 ([^ ]+) ([A-Za-z0-9+/]+={0,2})$/u
const KEY_ID_BYTES = 4

/** @throws NoteFault */
export function parseNote(source: string): Note {
  const end = source.lastIndexOf('\n\n')
  if (end < 1 || !source.endsWith('\n') || /(?!\n)\p{Cc}/u.test(source)) throw new NoteFault('is no signed note')
  return { text: source.slice(0, end + 1), signatures: parseSignatures(source.slice(end + 2)) }
}

/** Signature lines, each with its line end. @throws NoteFault where there is none, or one has another form */
export function parseSignatures(source: string): readonly Signature[] {
  const lines = source.split('\n')
  if (lines.pop() !== '' || lines.length === 0) throw new NoteFault('has no signature line')
  if (lines.length > MOST_SIGNATURES) throw new NoteFault(`has more than ${MOST_SIGNATURES} signature lines`)
  return lines.map((line) => {
    const [, name = '', base64 = ''] = LINE.exec(line) ?? []
    const bytes = unbase64(base64)
    if (!isName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES)
      throw new NoteFault('has a malformed signature line')
    return { name, id: bytes.toString('hex', 0, KEY_ID_BYTES), bytes: bytes.subarray(KEY_ID_BYTES), line }
  })
}

/** tlog-checkpoint: origin, size and root, each on a line; lines behind them mean nothing here. @throws NoteFault */
export function parseCheckpoint(source: string): Checkpoint {
  const note = parseNote(source)
  const [origin = '', digits = '', base64 = '', ...more] = note.text.slice(0, -1).split('\n')
  const root = unbase64(base64)
  const size = /^(?:0|[1-9][0-9]{0,15})$/.test(digits) ? Number(digits) : Number.NaN
  if (origin === '' || Buffer.byteLength(origin) > 255) throw new NoteFault('is a checkpoint without a usable origin')
  if (!Number.isSafeInteger(size)) throw new NoteFault('is a checkpoint without a usable size')
  if (root?.length !== HASH_BYTES || more.includes('')) throw new NoteFault('is no checkpoint')
  return { ...note, origin, size, root }
}

/** What a key says of a checkpoint: nothing, that it signed it (and when, where its type tells), or that somebody forged it. */
export type Verdict =
  | { readonly is: 'absent' | 'forged' }
  | { readonly is: 'good'; readonly line: string; readonly at?: number }

/** The newest good signature of a key; one that is forged spoils all (signed-note, Signatures). */
export function judge(checkpoint: Checkpoint, key: VerifierKey): Verdict {
  let found: Verdict = { is: 'absent' }
  for (const signature of checkpoint.signatures) {
    if (signature.name !== key.name || signature.id !== key.id) continue
    const at = verifyOne(checkpoint, key, signature.bytes)
    if (at === undefined) return { is: 'forged' }
    if (found.is !== 'good' || at >= (found.at ?? 0))
      found = { is: 'good', line: signature.line, ...(key.type !== ED25519 && { at }) }
  }
  return found
}

/** The time of a good signature in seconds, 0 where its type has none; nothing for a bad one. */
function verifyOne(checkpoint: Checkpoint, { name, type, key }: VerifierKey, bytes: Buffer): number | undefined {
  if (bytes.length !== types.get(type)?.bytes) return undefined
  if (type === ED25519) return verify(null, Buffer.from(checkpoint.text), key, bytes) ? 0 : undefined
  const at = Number(bytes.readBigUInt64BE())
  // Zero is no statement that this is the largest tree (tlog-cosignature).
  if (at === 0 || !Number.isSafeInteger(at)) return undefined
  return verify(null, cosigned(checkpoint, { name, type }, at), key, bytes.subarray(8)) ? at : undefined
}

/** The signature line, without its line end, by which a key cosigns a checkpoint. @param at seconds since 1970 */
export function cosign(checkpoint: Checkpoint, verifier: VerifierKey, key: KeyObject, at: number): string {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(at))
  const signature = sign(null, cosigned(checkpoint, verifier, at), key)
  const line = Buffer.concat([Buffer.from(verifier.id, 'hex'), time, signature]).toString('base64')
  return `\u2014 ${verifier.name} ${line}`
}

/** What a cosignature is made over: tlog-cosignature, «Ed25519 signed message» and «ML-DSA-44 signed message». */
function cosigned(checkpoint: Checkpoint, { name, type }: Pick<VerifierKey, 'name' | 'type'>, at: number): Buffer {
  if (type === ED25519_COSIGNATURE) return Buffer.from(`cosignature/v1\ntime ${at}\n${checkpoint.text}`)
  return Buffer.concat([
    Buffer.from('subtree/v1\n\0', 'latin1'),
    counted(name),
    wide(at),
    counted(checkpoint.origin),
    wide(0),
    wide(checkpoint.size),
    checkpoint.root,
  ])
}

const counted = (text: string): Buffer => Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)])

function wide(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

/** RFC 4648, section 4, in its one canonical form. */
export function unbase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined
}
