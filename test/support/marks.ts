import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { Schemas } from '../../gateway/protocol/schemas.ts'

/** A word that occurs nowhere by chance. Letters alone: base64 and base64url then spell it alike. */
export function makeMark(): string {
  return `Q${randomBytes(16)
    .toString('hex')
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)))}`
}

/**
 * Every way in which the word may stand in bytes: raw, in hexadecimal (as bytea is printed), and in base64 at each of the
 * three alignments, less the characters that depend on what stands beside it.
 */
export function formsOf(mark: string): readonly Buffer[] {
  const aligned = [0, 1, 2].map((before) => {
    const whole = Math.floor(((before + mark.length) * 8) / 6)
    return Buffer.from(`${'\0'.repeat(before)}${mark}`)
      .toString('base64')
      .slice(Math.ceil((before * 8) / 6), whole)
  })
  const hex = Buffer.from(mark).toString('hex')
  return [mark, hex, hex.toUpperCase(), ...aligned].map((form) => Buffer.from(form))
}

/** Whether any form of the word stands in the bytes. */
export function occurs(mark: string, bytes: Uint8Array | string): boolean {
  const buffer = Buffer.from(bytes)
  return formsOf(mark).some((form) => buffer.includes(form))
}

/** The files below a folder in which the word stands in any form. */
export function filesWith(mark: string, folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => occurs(mark, readIfThere(file)))
}

/** PostgreSQL may remove a file meanwhile: what is gone holds nothing. */
function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}

type Mutable = { [name: string | number]: unknown }

/** Puts the word into every text of a body that its schema leaves free; gives the body and where it stands now. */
export function markTexts(schemas: Schemas, type: string, body: object, mark: string) {
  const marked = structuredClone(body) as Mutable
  const pointers: string[] = []
  const visit = (holder: Mutable, name: string | number, pointer: string): void => {
    const value = holder[name]
    if (typeof value === 'object' && value !== null) {
      for (const key of Object.keys(value)) visit(value as Mutable, key, `${pointer}/${key}`)
    } else if (typeof value === 'string') {
      holder[name] = mark
      if (schemas.accepts('1.0', type, marked as never)) pointers.push(pointer)
      else holder[name] = value
    }
  }
  for (const key of Object.keys(marked)) visit(marked, key, `/${key}`)
  return { body: marked, pointers }
}
