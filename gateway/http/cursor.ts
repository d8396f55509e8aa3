import { type Cipheriv, createCipheriv, createDecipheriv, createHmac, type Decipheriv } from 'node:crypto'
import { createRecent } from '../base/base.ts'
import { Problem } from '../protocol/protocol.ts'
import type { Place } from '../record/record.ts'

/** What a cursor is of: one of another list is none. */
export type Listed = 'receipts' | 'arrivals' | 'page' | 'messages' | 'acts' | 'events'

/** No agency's: operators share the cursors of what they search. */
export const OPERATORS = ''

/** The cursors of one agency. All but the start is good for that agency and that list alone. */
export type Cursors = {
  /** A place in the log as a cursor. */
  format(list: Listed, place: Place): string
  /**
   * The place of a cursor; nothing for an absent or empty one, which is the start.
   * @throws Problem `invalid-request` for what this gateway never gave to this agency for this list
   */
  parse(list: Listed, cursor: string | undefined): Place | undefined
}

/** Where an absent cursor stands in the log: before all of it. */
export const START = -1

const CIPHER = 'aes-256-ecb'
const BLOCK_BYTES = 16
const PLACE_BYTES = 9
/** One block of AES in base64url. */
const FORM = /^[A-Za-z0-9_-]{22}$/
/** One block of SHA-256 is a whole key. */
const FIRST_BLOCK = Buffer.of(1)
/** Agencies, times lists, whose ciphers are kept: some kilobytes each. */
const REMEMBERED = 1_000

/** What a list's cursor is asked for by. */
const PARAMETER: Readonly<Record<Listed, string>> = {
  receipts: 'after',
  arrivals: 'after',
  page: 'page',
  messages: 'before',
  acts: 'before',
  events: 'Last-Event-ID',
}

function noCursor(list: Listed): Problem {
  const name = `\`${PARAMETER[list]}\``
  return new Problem('invalid-request', {
    en: `${name} is no cursor that this gateway has given to you for this list, or one from before a restore: begin without it.`,
    fr: `${name} n’est pas un curseur que cette passerelle vous ait donné pour cette liste, ou date d’avant une restauration\u00a0: recommencez sans lui.`,
  })
}

type Seal = { readonly cipher: Cipheriv; readonly decipher: Decipheriv }

/**
 * Makes cursors that say nothing: a place in the log would tell how much everybody has written. A place is 9 bytes; with 7 bytes of
 * zeros behind it is one block, and what is enciphered is that block, under a key for each agency and list (the second step of
 * HKDF, RFC 5869, 2.3). No nonce and no tag: one block is a permutation (encode-then-encipher), one place has one cursor in every process and
 * for ever, and of 2^56 texts one is taken that was never given, which leads its sender to a place in its own list.
 * @param secret 32 bytes: the record's, whatever its data key
 */
export function openCursors(secret: Buffer): (agency: string) => Cursors {
  const seals = createRecent<Seal>(REMEMBERED)

  function sealOf(agency: string, list: Listed): Seal {
    const name = `cursor\n${list}\n${agency}`
    const known = seals.get(name)
    if (known !== undefined) return known
    const key = createHmac('sha256', secret).update(name).update(FIRST_BLOCK).digest()
    const cipher = createCipheriv(CIPHER, key, null).setAutoPadding(false)
    const decipher = createDecipheriv(CIPHER, key, null).setAutoPadding(false)
    const made = { cipher, decipher }
    seals.set(name, made)
    return made
  }

  return (agency) => ({
    format(list, { priority, leaf }) {
      const block = Buffer.alloc(BLOCK_BYTES)
      block.writeUInt8(priority)
      block.writeBigUInt64BE(BigInt(leaf), 1)
      return sealOf(agency, list).cipher.update(block).toString('base64url')
    },
    parse(list, cursor) {
      if (cursor === undefined || cursor === '') return undefined
      const sealed = Buffer.from(cursor, 'base64url')
      if (!FORM.test(cursor) || sealed.toString('base64url') !== cursor) throw noCursor(list)
      const block = sealOf(agency, list).decipher.update(sealed)
      if (block.subarray(PLACE_BYTES).some((byte) => byte !== 0)) throw noCursor(list)
      return { priority: block.readUInt8(), leaf: Number(block.readBigUInt64BE(1)) }
    },
  })
}

/**
 * What cursors are made from in a record that was restored: its log has gone back, and a cursor from before would skip what comes to
 * stand there since, so none of them is taken any more.
 * @param mark what is written down at a restore, another after each; empty where there was none
 */
export function sinceRestore(secret: Buffer, mark: Buffer): Buffer {
  return mark.length === 0 ? secret : createHmac('sha256', secret).update(mark).digest()
}
