/**
 * What changes how a text reads without being seen itself: the embeddings, overrides and isolates of the bidirectional algorithm (Unicode Standard Annex 9), controls,
 * and tags. Marks of direction and joiners stay: Arabic, Persian and Urdu need them.
 */
const HIDDEN = /[\u202a-\u202e\u2066-\u2069]|\p{Cc}|[\u{e0000}-\u{e007f}]/gu
const KEPT = '\n\t'

/** A piece of somebody's text: as it is, or a character that is shown by its name. */
export type Piece = { readonly text: string } | { readonly hidden: string }

/** Takes a text that somebody wrote; gives it with what is hidden in it made visible. */
export function visible(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let from = 0
  const plain = text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')
  for (const { 0: character, index } of plain.matchAll(HIDDEN)) {
    if (KEPT.includes(character)) continue
    if (index > from) pieces.push({ text: plain.slice(from, index) })
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    pieces.push({ hidden: `U+${code}` })
    from = index + character.length
  }
  if (from < plain.length) pieces.push({ text: plain.slice(from) })
  return pieces
}
