import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import {
  type Checkpoint,
  checkpointText,
  formatNote,
  isKeyName,
  keyIdOf,
  type Note,
  NoteFault,
  type NoteSignature,
  parseBase64,
  parseCheckpoint,
  parseNote,
  signatureLine,
} from './note.ts'

/** A type of signature: C2SP signed-note names the bytes, tlog-cosignature says what the last two sign. */
type Kind = {
  readonly type: number
  readonly asymmetricKeyType: 'ed25519' | 'ml-dsa-44'
  /** What stands before the raw key in its SubjectPublicKeyInfo: RFC 8410 section 4, RFC 9881 section 4. */
  readonly spki: Buffer
  readonly keyBytes: number
  readonly signatureBytes: number
  /** Whether its time stands before the signature, and is signed. */
  readonly timed: boolean
}

const ED25519 = {
  asymmetricKeyType: 'ed25519',
  spki: Buffer.from('302a300506032b6570032100', 'hex'),
  keyBytes: 32,
  signatureBytes: 64,
} as const
const KINDS: Readonly<Record<NoteKind, Kind>> = {
  ed25519: { type: 0x01, timed: false, ...ED25519 },
  'ed25519-cosignature': { type: 0x04, timed: true, ...ED25519 },
  'ml-dsa-44': {
    type: 0x06,
    asymmetricKeyType: 'ml-dsa-44',
    spki: Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
    keyBytes: 1312,
    signatureBytes: 2420,
    timed: true,
  },
}
const TIME_BYTES = 8

/** Ed25519 over the text (0x01), Ed25519 over text and time (0x04), ML-DSA-44 over checkpoint, names and time (0x06). */
export type NoteKind = 'ed25519' | 'ed25519-cosignature' | 'ml-dsa-44'

/** A public key of a log or a witness, with its name. */
export type VerifierKey = {
  readonly name: string
  /** 8 hexadecimal digits. */
  readonly keyId: string
  readonly kind: NoteKind
  readonly key: KeyObject
  /** The key itself as C2SP writes it, a vkey. */
  readonly vkey: string
}

/** A private key of a log or a witness, and the name it signs under. */
export type NoteSigner = VerifierKey & { readonly privateKey: KeyObject }

/**
 * Reads a vkey: `<name>+<key id>+<base64 of type and key>` (C2SP signed-note).
 * @throws NoteFault where it is none, or of a type that nobody here signs with
 */
export function parseVerifierKey(vkey: string): VerifierKey {
  const [name = '', keyId = '', base64 = ''] = vkey.split(/\+(.*?)\+(.*)/s)
  const typed = parseBase64(base64)
  const kind = kindNames.find((one) => KINDS[one].type === typed?.[0])
  if (!isKeyName(name) || typed === undefined || kind === undefined) throw new NoteFault('the text is no verifier key')
  const raw = typed.subarray(1)
  if (raw.length !== KINDS[kind].keyBytes || keyId !== keyIdOf(name, KINDS[kind].type, raw))
    throw new NoteFault('the text is no verifier key')
  const key = createPublicKey({ key: Buffer.concat([KINDS[kind].spki, raw]), format: 'der', type: 'spki' })
  return { name, keyId, kind, key, vkey }
}

const kindNames = Object.keys(KINDS) as readonly NoteKind[]

/** A signer of notes. @throws NoteFault where the key does not fit the kind, or the name is none */
export function noteSigner(name: string, kind: NoteKind, privateKey: KeyObject): NoteSigner {
  const { type, asymmetricKeyType, keyBytes } = KINDS[kind]
  if (privateKey.asymmetricKeyType !== asymmetricKeyType || !isKeyName(name))
    throw new NoteFault('key and name do not fit the kind of signature')
  const key = createPublicKey(privateKey)
  const raw = key.export({ type: 'spki', format: 'der' }).subarray(-keyBytes)
  const keyId = keyIdOf(name, type, raw)
  const vkey = `${name}+${keyId}+${Buffer.concat([Buffer.of(type), raw]).toString('base64')}`
  return { name, keyId, kind, key, vkey, privateKey }
}

/**
 * The line by which a key signs the text of a checkpoint.
 * @param at the time that a cosignature bears, to the second
 */
export function signCheckpoint(signer: NoteSigner, text: string, at: Date): string {
  const { timed } = KINDS[signer.kind]
  const seconds = timed ? Math.floor(at.getTime() / 1_000) : 0
  const signature = sign(null, messageOf(signer, text, seconds), signer.privateKey)
  return signatureLine(signer.name, signer.keyId, timed ? Buffer.concat([bytesOf(seconds), signature]) : signature)
}

/** A checkpoint as its log publishes it: the text, and a line of each of its keys. */
export function signedCheckpoint(checkpoint: Checkpoint, signers: readonly NoteSigner[], at: Date): string {
  const text = checkpointText(checkpoint)
  return formatNote(
    text,
    signers.map((signer) => signCheckpoint(signer, text, at)),
  )
}

/** What a signature has proved: whose it is, and its time where it bears one. */
export type Verified = { readonly key: VerifierKey; readonly at?: Date; readonly line: string }

/**
 * Verifies a line below a text by a key.
 * @returns undefined where it is another key's; @throws NoteFault where it is this key's and does not verify
 */
export function verifyLine(
  key: VerifierKey,
  text: string,
  { name, keyId, signature, line }: NoteSignature,
): Verified | undefined {
  if (name !== key.name || keyId !== key.keyId) return undefined
  const { timed, signatureBytes } = KINDS[key.kind]
  const head = timed ? TIME_BYTES : 0
  if (signature.length !== head + signatureBytes) throw new NoteFault('a signature does not verify')
  const seconds = timed ? Number(signature.readBigUInt64BE()) : 0
  if (!Number.isSafeInteger(seconds * 1_000)) throw new NoteFault('a signature does not verify')
  if (!verify(null, messageOf(key, text, seconds), key.key, signature.subarray(head)))
    throw new NoteFault('a signature does not verify')
  return { key, line, ...(timed && { at: new Date(seconds * 1_000) }) }
}

/**
 * Verifies a note by the keys that are known: signatures of others count for nothing.
 * @throws NoteFault where none is known, or one of them does not verify (C2SP signed-note)
 */
export function verifyNote(note: Note, keys: readonly VerifierKey[]): readonly Verified[] {
  const verified = note.signatures.flatMap((line) =>
    keys.flatMap((key) => {
      const one = verifyLine(key, note.text, line)
      return one === undefined ? [] : [one]
    }),
  )
  if (verified.length === 0) throw new NoteFault('no key that is known has signed the note')
  return verified
}

/**
 * Reads a checkpoint and verifies it by all of its log's keys.
 * @throws NoteFault where it is none, of another origin, or one of the keys has not signed it
 */
export function openCheckpoint(
  source: string | Uint8Array,
  origin: string,
  keys: readonly VerifierKey[],
): Checkpoint & { readonly note: Note } {
  const note = parseNote(source)
  const checkpoint = parseCheckpoint(note.text)
  if (checkpoint.origin !== origin) throw new NoteFault('the checkpoint is of another log')
  const signed = new Set(verifyNote(note, keys).map(({ key }) => key.vkey))
  if (!keys.every(({ vkey }) => signed.has(vkey))) throw new NoteFault('a key of the log has not signed the checkpoint')
  return { ...checkpoint, note }
}

/** The bytes that a key signs. C2SP signed-note, «Ed25519 signatures»; tlog-cosignature, both «signed message». */
function messageOf({ kind, name }: Pick<VerifierKey, 'kind' | 'name'>, text: string, seconds: number): Buffer {
  if (kind === 'ed25519') return Buffer.from(text)
  if (kind === 'ed25519-cosignature') return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)
  const { origin, size, root } = parseCheckpoint(text)
  const label = Buffer.from('subtree/v1\n\0')
  return Buffer.concat([label, vectorOf(name), bytesOf(seconds), vectorOf(origin), bytesOf(0), bytesOf(size), root])
}

/** `opaque <1..2^8-1>` of RFC 8446, section 3.4. */
function vectorOf(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > 255) throw new NoteFault('a name is too long')
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}

function bytesOf(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
