/** Files that hold messages: envelopes in JSON, one or many, or signed ones. */
import { readFile, writeFile } from 'node:fs/promises'
import { openJws } from '../jws.ts'
import { envelope, type Envelope, type Message } from '../message.ts'
import type { Fault } from '../problem.ts'
import { anyObject, isObject, parseJson } from '../shape.ts'
import { validate } from '../validate/validate.ts'
import { CommandFault, exits } from './exit.ts'
import type { Terminal } from './terminal.ts'

/** What a file holds: an envelope each, and for a signed one the bytes that were signed. */
export type Held = { readonly envelope: unknown; readonly signed?: string }

const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/** Reads the envelopes in a file. Throws a CommandFault with exit 65 where it holds none. */
export async function readMessages(path: string): Promise<readonly Held[]> {
  const text = (await readFile(path, 'utf8')).trim()
  if (COMPACT.test(text))
    return [{ envelope: openJws(text, 'safeguarding-message+jws', anyObject).payload, signed: text }]
  try {
    const value = parseJson(new TextEncoder().encode(text))
    return (Array.isArray(value) ? (value as unknown[]) : [value]).map((each) => ({ envelope: each }))
  } catch (cause) {
    const said = `${path}: `
    const text = { en: `${said}neither JSON nor a signed message`, fr: `${path}\u00a0: ni JSON, ni message signé` }
    throw new CommandFault(exits.invalid, text, { cause })
  }
}

/** Reads the one envelope in a file. */
export async function readMessage(path: string): Promise<Held> {
  const [held, ...more] = await readMessages(path)
  if (held !== undefined && more.length === 0) return held
  throw new CommandFault(exits.invalid, {
    en: `${path}: one message was expected`,
    fr: `${path}\u00a0: un seul message attendu`,
  })
}

/** Gives an envelope that is valid, else throws a CommandFault with exit 65 and every fault. */
export function valid(value: unknown, path: string): Message {
  const faults = validate(value)
  if (faults.length === 0) return value as Message // the published schemas have said so
  const list = (language: 'message' | 'messageFr') =>
    faults.map((fault) => `\n  ${fault.pointer}  ${fault[language]}`).join('')
  throw new CommandFault(exits.invalid, {
    en: `${path} is not valid:${list('message')}`,
    fr: `${path} n’est pas valide\u00a0:${list('messageFr')}`,
  })
}

/** A fault in a line, in the terminal's language. */
export function lineOf({ pointer, message, messageFr }: Fault, { language, paint }: Terminal): string {
  return `  ${paint.strong(pointer === '' ? '/' : pointer)}  ${language === 'fr' ? messageFr : message}`
}

/** Writes what may be about a child: for nobody else to read. */
export async function writePrivate(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content, { mode: 0o600 })
}

/** An envelope whose form the schemas have not judged, such as a received one; undefined where it is none. */
export function envelopeOf(value: unknown): Envelope | undefined {
  if (!isObject(value)) return undefined
  try {
    return envelope(value, '')
  } catch {
    return undefined
  }
}
