/** Writing DER (X.690), as far as a PKCS#12 file needs it. */

/** An element of this tag, with what is in it one after the other. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content])
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => element(0x30, ...items)
export const set = (...items: readonly Uint8Array[]): Buffer => element(0x31, ...items)
export const octets = (bytes: Uint8Array): Buffer => element(0x04, bytes)
export const nothing = (): Buffer => element(0x05)
/** `[0]`, around what it tags explicitly; IMPLICIT where the content is a string's. */
export const explicit = (item: Uint8Array): Buffer => element(0xa0, item)
export const implicit = (bytes: Uint8Array): Buffer => element(0x80, bytes)
/** BMPString: two bytes each. */
export const bmp = (text: string): Buffer => element(0x1e, Buffer.from(text, 'utf16le').swap16())

/** A whole number from 0 on, below 2^31. */
export function integer(value: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt32BE(value, 1)
  const first = bytes.findIndex((byte) => byte !== 0)
  const begin = first === -1 ? 4 : first
  // The top bit is the sign.
  return element(0x02, bytes.subarray((bytes[begin] ?? 0) < 0x80 ? begin : begin - 1))
}

/** An object identifier, written with dots. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  const digits = bytes.subarray(bytes.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.of(0x80 + digits.length), digits])
}
