/** Finds the French that people read, in sources, JSON and pages, and what of it is not set as French is printed. */
import { parseSync, Visitor } from 'oxc-parser'

export type Piece = { readonly where: string; readonly text: string }

const FRENCH =
  /(?<![\p{L}’-])(?:le|la|les|des|du|de|une?|et|est|sont|aux?|en|pour|par|sur|pas|ne|qui|que|dans|il|elle|nous|vous)(?![\p{L}-])|(?<!\p{L})[ldnsc]’/giu
const ENGLISH =
  /(?<![\p{L}’-])(?:the|an?|of|and|is|are|to|in|for|by|not?|it|its|with|that|this|who|must|be|has|he|she|we|you)(?![\p{L}-])/giu
/** What is to be read letter by letter: `code`, addresses, the name of a hash before its value. */
const CODE = /`[^`]*`|https?:\/\/\S+|sha-256:/g
const FRENCH_KEYS = new Set(['fr', 'messageFr', 'x-titleFr', 'x-descriptionFr'])

/** Whether it has more of the small words of French than of those of English. */
export function looksFrench(text: string): boolean {
  const words = text.replaceAll(CODE, '')
  return (words.match(FRENCH)?.length ?? 0) > (words.match(ENGLISH)?.length ?? 0)
}

/**
 * Takes a file's path and TypeScript; gives each string of it that is French: by its key, or by its words. What is put into a
 * template is read as one letter.
 */
export function frenchOfSource(path: string, source: string): readonly Piece[] {
  const { program } = parseSync(path, source)
  const keyed: { readonly start: number; readonly end: number }[] = []
  const strings: { readonly start: number; readonly text: string }[] = []
  new Visitor({
    Property({ key, value }) {
      const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : ''
      if (FRENCH_KEYS.has(String(name))) keyed.push(value)
    },
    Literal({ start, value }) {
      if (typeof value === 'string') strings.push({ start, text: value })
    },
    TemplateLiteral({ start, quasis }) {
      strings.push({ start, text: quasis.map(({ value }) => value.cooked ?? '').join('x') })
    },
  }).visit(program)
  const isKeyed = (at: number) => keyed.some(({ start, end }) => start <= at && at < end)
  return strings
    .filter(({ start, text }) => isKeyed(start) || looksFrench(text))
    .map(({ start, text }) => ({ where: `${path}:${source.slice(0, start).split('\n').length}`, text }))
}

/** Takes JSON as parsed; gives what stands in it under a key of French, and each text whose language is French. */
export function frenchOfJson(path: string, value: unknown): readonly Piece[] {
  if (typeof value !== 'object' || value === null) return []
  const narrative = 'language' in value && value.language === 'fr'
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const where = `${path}/${key}`
    if (typeof inner !== 'string') return frenchOfJson(where, inner)
    return FRENCH_KEYS.has(key) || (narrative && key === 'text') ? [{ where, text: inner }] : []
  })
}

/** Takes Markdown; gives each sentence and each table's cell of it that is French. */
export function frenchOfPage(path: string, markdown: string): readonly Piece[] {
  return markdown
    .replaceAll(/^```[^]*?^```/gm, '')
    .split(/\n{2,}|\n(?=[-|#])|\|| · |(?<=[.!?]) (?=[A-ZÀ-Þ`*«])/)
    .map((text) => ({ where: path, text: text.replaceAll(/\s*\n\s*/g, ' ') }))
    .filter(({ text }) => looksFrench(text))
}

/** What French typography forbids, with what it wants instead. U+202F is the narrow no-break space, U+00A0 the wide one. */
const rules: readonly (readonly [wanted: string, broken: RegExp])[] = [
  ['U+202F before ; ! ?', /(?<!\u202F)[;!?]/],
  ['U+00A0 before :', /(?<!\u00A0):(?!\d|MM\b|\/\/)/],
  ['U+00A0 inside « »', /«(?!\u00A0)|(?<!\u00A0)»/],
  ['one space', /\s[\u202F\u00A0]|[\u202F\u00A0]\s/],
  ['« », no other quotation marks', /["“”„]/],
  ['the apostrophe ’', /['‘`´]/],
  ['the ellipsis …', /\.\.\./],
]

/** Takes a French text; gives what it breaks of the rules. Code and addresses are left alone. */
export function missetIn(text: string): readonly string[] {
  const read = text.replaceAll(CODE, 'x')
  return rules.flatMap(([wanted, broken]) => (broken.test(read) ? [wanted] : []))
}
