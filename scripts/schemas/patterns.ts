/** White space as ECMA-262's `\s` has it, by escapes and as it is written out from release 1.2 on. */
const WHITE_SPACE = String.raw`\t\n\x0b\f\r ` + '\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'

/**
 * Gives a pattern in one spelling: white space written out, and characters that are written as escapes as themselves. Two patterns
 * that are alike then take the same texts.
 */
export function spelt(pattern: string): string {
  return pattern
    .replaceAll(String.raw`\S`, `[^${WHITE_SPACE}]`)
    .replaceAll(String.raw`\s`, WHITE_SPACE)
    .replaceAll(/\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})/g, (_, long: string, short: string) =>
      String.fromCodePoint(Number.parseInt(long ?? short, 16)),
    )
    .replaceAll(/\\([tnfr])/g, (_, letter: string) => ({ t: '\t', n: '\n', f: '\f', r: '\r' })[letter] ?? '')
}

/** What a pattern is made of: a class, an escaped character, or a character; the rest joins them. */
const ATOM = /\[(?:\\.|[^\]\\])+\]|\\.|[^\\[\](){}|?*+^$]/gsu
const COUNTS = /\{\d+(?:,\d*)?\}/g

/**
 * Whether no text of a form, `^…$`, has any of these characters: no part of it takes one. It is said of patterns without
 * assertions and back references alone; of any other it is false.
 */
export function excludes(pattern: string, characters: readonly string[]): boolean {
  if (!/^\^.*\$$/s.test(pattern)) return false
  const inner = pattern.slice(1, -1).replaceAll(COUNTS, '').replaceAll('(?:', '(')
  if (/\(\?|\\[bB\d]/.test(inner)) return false
  // alternatives at the top would each have only one of the anchors
  if (depthsOf(inner.replaceAll(ATOM, (atom) => (atom.length === 1 ? atom : 'x'))).some((depth) => depth === 0))
    return false
  const atoms = inner.match(ATOM) ?? []
  return atoms.every((atom) => {
    const form = new RegExp(`^(?:${atom})$`, 'su')
    return characters.every((character) => !form.test(character))
  })
}

/** How deep in groups each `|` stands. */
function depthsOf(text: string): readonly number[] {
  const depths: number[] = []
  let depth = 0
  for (const character of text) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (character === '|') depths.push(depth)
  }
  return depths
}

/** The characters of a class of single characters, such as `[\n\r]`; nothing where it is of another form. */
export function charactersOf(pattern: string): readonly string[] | undefined {
  const [, inner] = /^\[([^\]^-]+)\]$/s.exec(spelt(pattern)) ?? []
  return inner === undefined ? undefined : Array.from(inner)
}
