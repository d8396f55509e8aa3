/**
 * Many byte strings as one parameter: node-postgres sends a Buffer as it is, but the elements of an array as hexadecimal
 * text, twice the size and escaped. SQL cuts the pieces out again with `substring(bytes from at for length)`.
 */
export type Packed = { readonly bytes: Buffer; readonly starts: readonly number[]; readonly lengths: readonly number[] }

/** Packs pieces; `starts` count from 1, as SQL's substring does. */
export function pack(pieces: readonly Uint8Array[]): Packed {
  const starts: number[] = []
  let next = 1
  for (const piece of pieces) {
    starts.push(next)
    next += piece.length
  }
  return { bytes: Buffer.concat(pieces), starts, lengths: pieces.map(({ length }) => length) }
}

/** Packs what is only ASCII, as a compact JWS is. */
export function packTexts(texts: readonly string[]): Packed {
  return pack(texts.map((text) => Buffer.from(text, 'latin1')))
}

/**
 * An array as PostgreSQL reads it, of values that hold nothing to escape: ids, numbers, times, words of this gateway.
 * node-postgres looks for what to escape in each element, which in a large batch takes longer than all else it does.
 * Throws RangeError for a text with a quote, a backslash or a control character.
 */
export function list(values: readonly (string | number | boolean | Date | null)[]): string {
  const text = JSON.stringify(values)
  // JSON writes all of those with a backslash
  if (text.includes('\\')) throw new RangeError('not a plain value')
  return `{${text.slice(1, -1)}}`
}
