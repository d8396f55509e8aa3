/** Bytes and their texts, without Node. */
import { base64url } from 'jose'

export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()

/** A text in UTF-8. */
export const utf8 = (text: string): Bytes => encoder.encode(text)

/** A text of one byte a character. */
export const latin1 = (text: string): Bytes => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** What bytes are as text, one character a byte. */
export const fromLatin1 = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** Padded base64 (RFC 4648, 4). */
export const toBase64 = (bytes: Uint8Array): string => btoa(fromLatin1(bytes))

/** Takes padded base64 in its one spelling; gives its bytes, or undefined for anything else. */
export function ofBase64(text: string): Bytes | undefined {
  try {
    const bytes = latin1(atob(text))
    return toBase64(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}

/** Takes base64url in its one spelling; gives its bytes, or undefined for anything else. */
export function ofBase64url(text: string): Bytes | undefined {
  try {
    const bytes = Uint8Array.from(base64url.decode(text))
    return base64url.encode(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

export const ofHex = (hex: string): Bytes =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

export const isEqual = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at])
