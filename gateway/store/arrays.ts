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
