import { hash } from 'node:crypto'

/** A line of a note: who signed it, and what. */
export type NoteSignature = {
  readonly name: string
  /** 8 hexadecimal digits. */
  readonly keyId: string
  /** What follows the key's id. */
  readonly signature: Buffer
  /** The line itself, without its end. */
  readonly line: string
}

/** A C2SP signed note: its text, which ends with a line feed, and what stands below it. Nothing of it has been verified. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] }

/** Why a text is no signed note, checkpoint or verifier key. It repeats nothing of the text. */
export class NoteFault extends Error {}

/** A checkpoint's text and sixteen ML-DSA-44 signatures come to less. */
export const MAX_NOTE_BYTES = 128 * 1024
/** Verifiers must take sixteen at least (C2SP signed-note). */
const MOST_SIGNATURES = 32
const KEY_ID_BYTES = 4
/** «Any Unicode space» and «+» have no place in a key's name. */
const NAME = /^[^\s\p{Z}\p{Cc}+]{1,255}$/u
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const DASH = '— '
const SPACE = 0x20
const LINE_FEED = 0x0a

/**
 * Takes a note apart, strictly.
 * @throws NoteFault where it is not as C2SP signed-note has it, or longer than MAX_NOTE_BYTES
 */
export function parseNote(source: string | Uint8Array): Note {
  const whole = typeof source === 'string' ? source : decode(source)
  const bytes = Buffer.from(whole)
  if (bytes.length > MAX_NOTE_BYTES) throw new NoteFault('the note is too long')
  if (!whole.isWellFormed() || bytes.some((byte) => byte < SPACE && byte !== LINE_FEED))
    throw new NoteFault('the note is not text')
  const end = whole.lastIndexOf('\n\n')
  if (end < 1 || !whole.endsWith('\n')) throw new NoteFault('the note has no signatures')
  const lines = whole.slice(end + 2, -1).split('\n')
  if (lines.length > MOST_SIGNATURES) throw new NoteFault('the note has too many signatures')
  return { text: whole.slice(0, end + 1), signatures: lines.map(parseSignature) }
}

/** Reads a line of a note: `— <name> <base64 of key id and signature>`. @throws NoteFault */
export function parseSignature(line: string): NoteSignature {
  const [name = '', base64 = '', ...others] = line.startsWith(DASH) ? line.slice(DASH.length).split(' ') : []
  const bytes = parseBase64(base64)
  if (!NAME.test(name) || others.length > 0 || bytes === undefined || bytes.length <= KEY_ID_BYTES)
    throw new NoteFault('a line of the note is no signature')
  const keyId = bytes.subarray(0, KEY_ID_BYTES).toString('hex')
  return { name, keyId, signature: bytes.subarray(KEY_ID_BYTES), line }
}

/** A line of a note. @param keyId 8 hexadecimal digits */
export const signatureLine = (name: string, keyId: string, signature: Uint8Array): string =>
  `${DASH}${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), signature]).toString('base64')}`

/** A note: its text, which ends with a line feed, and its lines of signatures. */
export const formatNote = (text: string, lines: readonly string[]): string =>
  `${text}\n${lines.map((line) => `${line}\n`).join('')}`

/** Whether a name may stand before a key. */
export const isKeyName = (name: string): boolean => NAME.test(name) && Buffer.byteLength(name) <= 255

/** The id of a key: the first 4 bytes, in hexadecimal, of SHA-256(name ‖ LF ‖ type ‖ public key). */
export const keyIdOf = (name: string, type: number, publicKey: Uint8Array): string =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]), 'hex').slice(
    0,
    KEY_ID_BYTES * 2,
  )

/** What a checkpoint says (C2SP tlog-checkpoint). */
export type Checkpoint = {
  readonly origin: string
  /** How many leaves. */
  readonly size: number
  readonly root: Buffer
}

/** The text of a checkpoint, as it is signed. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`

const SIZE = /^(?:0|[1-9]\d{0,15})$/
const ROOT_BYTES = 32

/**
 * Reads the text of a checkpoint. Lines behind the third are allowed, and not looked at.
 * @throws NoteFault where it is not as C2SP tlog-checkpoint has it
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', digits = '', base64 = '', ...others] = text.split('\n')
  const size = Number(digits)
  const root = parseBase64(base64)
  const isWhole = others.at(-1) === '' && others.slice(0, -1).every((line) => line !== '')
  if (origin === '' || !SIZE.test(digits) || !Number.isSafeInteger(size) || root?.length !== ROOT_BYTES || !isWhole)
    throw new NoteFault('the note is no checkpoint')
  return { origin, size, root }
}

/** Canonical, padded base64 (RFC 4648, section 4). */
export function parseBase64(text: string): Buffer | undefined {
  if (!BASE64.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new NoteFault('the note is not UTF-8')
  }
}
