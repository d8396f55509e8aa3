import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The convention of fenced blocks on the site's own pages. Behind a block's language stand words that say what is done with it:
 *
 * - `sh road`: a command of the way to the first receipt, counted and run; with `prepared`, counted, and what it makes is there already
 * - `sh then`: run, behind the road
 * - any language with `file=NAME`: the reader puts it into that file
 * - `text output`: what the block before has printed; `…` stands for anything, and other lines may stand between
 * - `json message`: a whole message; `json registry`: a registry file
 */
export type Block = {
  readonly language: string
  readonly words: readonly string[]
  readonly file: string | undefined
  readonly text: string
}

export const SITE = join(import.meta.dirname, '../../docs/site')

/** The pages that are written for the site, by language and name. */
export const sitePages = (language: 'en' | 'fr'): readonly string[] =>
  readdirSync(join(SITE, language), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length))
    .toSorted()

export const readSitePage = (language: 'en' | 'fr', page: string): string =>
  readFileSync(join(SITE, language, `${page}.md`), 'utf8')

const FENCE = /^```(\S*) *(.*)\n([^]*?)^```$/gm

export const blocksOf = (markdown: string): readonly Block[] =>
  [...markdown.matchAll(FENCE)].map(([, language = '', info = '', text = '']) => {
    const words = info.split(' ').filter((word) => word !== '')
    const file = words.find((word) => word.startsWith('file='))?.slice('file='.length)
    return { language, words, file, text }
  })

/** Each simple command of a block: those joined by `&&` are several. */
export const commandsOf = ({ text }: Block): readonly string[] =>
  text
    .split(/\n|&&|;/)
    .map((command) => command.trim())
    .filter((command) => command !== '' && !command.startsWith('#'))

/** The way to the first receipt, as its reader types it. */
export const roadOf = (blocks: readonly Block[]): readonly string[] =>
  blocks.filter(({ language, words }) => language === 'sh' && words.includes('road')).flatMap(commandsOf)

/** Begins the output of a block; no command prints it. */
const MARK = '@@@ block '

/** A bash script that does what the page asks for, in order, and stops at the first command that fails. */
export function scriptOf(blocks: readonly Block[]): string {
  const parts = blocks.map(({ language, words, file, text }, at) => {
    const mark = `echo '${MARK}${at}'\n`
    if (file !== undefined) return `${mark}cat > '${file}' <<'END OF FILE'\n${text}END OF FILE\n`
    if (language !== 'sh') return ''
    // Whatever else it does is done: one enters the folder that it has made.
    if (words.includes('prepared')) return mark + (/^cd .*$/m.exec(text)?.[0] ?? '') + '\n'
    return mark + text
  })
  return `set -e -o pipefail\n${parts.join('')}`
}

/** What each block has printed. @param output of the script */
export const outputsOf = (output: string): ReadonlyMap<number, string> =>
  new Map(
    output
      .split(MARK)
      .slice(1)
      .map((part) => {
        const [number = '', ...lines] = part.split('\n')
        return [Number(number), lines.join('\n')] as const
      }),
  )

/** Whether an output shows what the page says it does; gives the first line that is not in it. */
export function missingLine(shown: string, printed: string): string | undefined {
  let from = 0
  for (const line of shown.split('\n').filter((one) => one.trim() !== '')) {
    const form = line
      .trim()
      .split('…')
      .map((part) => part.trim().replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
      .join('.*')
    const found = new RegExp(form).exec(printed.slice(from))
    if (found === null) return line
    from += found.index + found[0].length
  }
  return undefined
}
