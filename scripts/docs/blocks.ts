import { createHash } from 'node:crypto'
import { ANCHOR, anchorOf } from './markdown.ts'

/** A piece of a Markdown document that is translated, or left out, by itself: a paragraph, an item of a list, a row of a table, a heading. */
export type Block = {
  readonly text: string
  /** The heading of the second level that it stands under. */
  readonly section: string
  /** What follows it: the end of a line within a list or table, else an empty line. */
  readonly after: '\n' | '\n\n'
  /** Code, which no language changes. */
  readonly isCode: boolean
}

const FENCE = /^```/
const ITEM = /^- /
const ROW = /^\|/
const RULE = /^\|(?: ?:?-+:? ?\|)+$/

/** Takes a document to pieces; `joinBlocks` puts them together again. */
export function splitBlocks(markdown: string): readonly Block[] {
  const blocks: Block[] = []
  let lines: string[] = []
  let section = ''
  let isFenced = false
  const end = (after: Block['after']): void => {
    const text = lines.join('\n')
    lines = []
    if (text === '') return
    section = /^## (.*)$/.exec(text)?.[1] ?? section
    blocks.push({ text, section, after, isCode: FENCE.test(text) || RULE.test(text) || text.startsWith('    ') })
  }
  const all = markdown.split('\n')
  all.forEach((line, at) => {
    if (FENCE.test(line)) isFenced = !isFenced
    if (!isFenced && line === '') return
    if (lines.length > 0 && !isFenced && !FENCE.test(line) && (ITEM.test(line) || ROW.test(line))) end('\n')
    lines.push(line)
    if (!isFenced && (all[at + 1] ?? '') === '') end('\n\n')
  })
  end('\n\n')
  return blocks
}

export const joinBlocks = (blocks: readonly Pick<Block, 'text' | 'after'>[]): string =>
  blocks.map(({ text, after }) => text + after).join('')

/** What a block is known by, however its lines are broken. */
export const markOf = (text: string): string =>
  createHash('sha256').update(text.replaceAll(/\s+/g, ' ')).digest('hex').slice(0, 10)

const MARK = /^<!-- ([0-9a-f]{10}) -->\n/gm

/** Reads a translation: before each piece stands the mark of the block that it translates. */
export function readTranslation(text: string): ReadonlyMap<string, string> {
  const [, ...parts] = text.split(MARK)
  const pairs = new Map<string, string>()
  for (let at = 0; at < parts.length; at += 2) pairs.set(parts[at] ?? '', (parts[at + 1] ?? '').trimEnd())
  return pairs
}

/** Begins a text that stands in English on a French page; no other text has it. */
export const ENGLISH = '\uE000'

/**
 * Puts a translation in the place of each block that has one. What has none stays in English and is marked so: a page is never silently in
 * another language.
 * @param translation as `readTranslation` gives it
 */
export function translate(
  blocks: readonly Block[],
  translation: ReadonlyMap<string, string>,
): { readonly blocks: readonly Block[]; readonly missing: readonly string[] } {
  const missing: string[] = []
  const translated = blocks.map((block) => {
    if (block.isCode) return block
    const text = translation.get(markOf(block.text))
    if (text !== undefined) return { ...block, text: anchored(block.text, text) }
    missing.push(block.text)
    return { ...block, text: markEnglish(block.text) }
  })
  return { blocks: translated, missing }
}

/** A heading keeps the anchor that it has in English, so that a link holds in both languages. */
const anchored = (english: string, text: string): string => {
  const [, heading] = /^#+ (.*)$/.exec(english) ?? []
  return heading === undefined ? text : `${text}${ANCHOR}${anchorOf(heading)}`
}

const markEnglish = (text: string): string =>
  ROW.test(text)
    ? text.replaceAll(/(?<!\\)\| (?=\S)/g, `| ${ENGLISH}`)
    : text.replace(/^(?:#+ |- )?/, (start) => start + ENGLISH)

const MARKED = new RegExp(`<(\\w+)([^>]*)>${ENGLISH}`, 'g')

/** Says in HTML what `translate` has marked, so that a screen reader changes its voice. */
export const sayEnglish = (content: string): string =>
  content.replaceAll(MARKED, '<$1$2 lang="en" data-untranslated>').replaceAll(ENGLISH, '')
