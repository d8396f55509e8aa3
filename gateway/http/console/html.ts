/** What may stand in markup: text, which is escaped, and markup, which is not; nothing where there is nothing. */
export type Piece = string | number | Html | readonly Piece[] | undefined | false
/** Markup. Nothing but `html` makes it. */
export type Html = Markup

class Markup {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Where in its markup a template's text ends: between tags, within one, or in an attribute's value with quotes around it. */
type Place = 'between' | 'tag' | '"' | "'"
const NEXT: Readonly<Record<Place, Readonly<Record<string, Place>>>> = {
  between: { '<': 'tag' },
  tag: { '>': 'between', '"': '"', "'": "'" },
  '"': { '"': 'tag' },
  "'": { "'": 'tag' },
}

/**
 * Makes markup of a template: every piece in it is escaped unless it is markup itself, so that no text can become an element or an
 * attribute (HTML, section 13.1).
 * @throws TypeError where text would stand within a tag without quotes around it
 */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let place: Place = 'between'
  let made = ''
  strings.forEach((string, at) => {
    for (const character of string) place = NEXT[place][character] ?? place
    const piece = pieces[at]
    if (place === 'tag' && !isMarkup(piece)) throw new TypeError('text within a tag, without quotes around it')
    made += string + written(piece)
  })
  return new Markup(made)
}

const isMarkup = (piece: Piece): boolean => piece === undefined || piece === false || piece instanceof Markup

function written(piece: Piece): string {
  if (piece === undefined || piece === false) return ''
  if (piece instanceof Markup) return piece.toString()
  if (typeof piece === 'string') return piece.replaceAll(/[&<>"']/g, (one) => ESCAPES[one] ?? '')
  return typeof piece === 'number' ? String(piece) : piece.map(written).join('')
}
