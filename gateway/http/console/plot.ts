import { html, type Html } from './html.ts'

/** A bar: what it stands for, its length (none where the number is not told), and the words beside it. */
export type Bar = { readonly label: string; readonly value: number | undefined; readonly words: string }

/** In units of the picture, which grows and shrinks with the page. */
const WIDTH = 360
const LONGEST = 260
const LINE = 18
const BAR = 16
const GAP = 10
const FONT = 14
/** Letters that fit into a line, of a font of 14. */
const LETTERS = 46
/** What is not told has an outline of one length, whatever the number is. */
const UNTOLD = 24
/** On white, 5.0:1 and 6.9:1 and 19:1 (WCAG 2.2, 1.4.3 and 1.4.11). */
const FILL = '#1d70b8'
const OUTLINE = '#505a5f'
const INK = '#0b0c0c'

/**
 * Draws horizontal bars as SVG: each with its label above it and its number beside it as text, so that nothing is told by colour or
 * length alone. A number that is not told is an empty outline with its words.
 * @param id unlike any other on the page; @param title what a screen reader says first; @param summary what it says then
 */
export function plotBars(id: string, title: string, summary: string, bars: readonly Bar[]): Html {
  const most = Math.max(1, ...bars.map(({ value = 0 }) => value))
  let top = 0
  const rows = bars.map(({ label, value, words }) => {
    const lines = wrap(label)
    const start = top
    const barTop = start + lines.length * LINE
    top = barTop + BAR + GAP
    const length = value === undefined ? UNTOLD : Math.round((value / most) * LONGEST)
    const shape =
      value === undefined
        ? html`<rect x="1" y="${barTop + 1}" width="${UNTOLD}" height="${BAR - 2}" fill="none" stroke="${OUTLINE}" stroke-width="1.5" stroke-dasharray="4 3"/>`
        : html`<rect x="0" y="${barTop}" width="${length}" height="${BAR}" fill="${FILL}"/>`
    return html`<g>${lines.map((line, at) => html`<text x="0" y="${start + (at + 1) * LINE - 5}">${line}</text>`)}${shape}<text x="${length + 8}" y="${barTop + BAR - 3}">${words}</text></g>\n`
  })
  return html`<svg class="console-plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${Math.max(top, 1)}" role="img" aria-labelledby="${id}-title ${id}-summary" font-family="arial, sans-serif" font-size="${FONT}" fill="${INK}">
<title id="${id}-title">${title}</title>
<desc id="${id}-summary">${summary}</desc>
${rows}</svg>`
}

/** A label in lines, broken between words. */
function wrap(label: string): readonly string[] {
  const lines: string[] = []
  for (const word of label.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > LETTERS) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
