import { stripVTControlCharacters, styleText } from 'node:util'
import type { Text } from '../problem.ts'

/** A stream that is written to; a terminal says so, and how wide it is. */
export type Output = {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** What a process gives a command: its streams and surroundings; a test gives others. */
export type Surroundings = {
  readonly out: Output
  readonly err: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly now: () => Date
  /** Asks a person a question; absent where nobody is there. */
  readonly ask?: ((question: string) => Promise<string>) | undefined
}

export type Language = 'en' | 'fr'
export type Paint = { readonly [Style in 'good' | 'bad' | 'warn' | 'faint' | 'strong']: (text: string) => string }

/** Where a command says things: in one language, as words or as JSON, in colours on a terminal alone. */
export type Terminal = {
  readonly language: Language
  readonly isJson: boolean
  readonly paint: Paint
  readonly columns: number
  /** The words of the terminal's language. */
  of(text: Text): string
  /** Says a line; nothing where JSON is wanted. */
  say(text: Text | string): void
  /** One document of JSON, where that is wanted. */
  json(value: unknown): void
  /** Says a line beside the output, where it disturbs no script. */
  note(text: Text | string): void
  /** Says how far something has come, in place, on a terminal alone. */
  progress(text: Text | string): void
}

/** The language of the terminal, by POSIX's variables; undefined where they say neither English nor French. */
export function languageOf(env: Surroundings['env']): Language | undefined {
  const named = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  const language = /^(en|fr)(?:[_.@-]|$)/i.exec(named)?.[1]?.toLowerCase()
  return language === 'en' || language === 'fr' ? language : undefined
}

/** Breaks a text at spaces, within so many columns; `lead` begins its first line, `indent` the others. */
export function wrap(text: string, columns: number, lead = '', indent = ''): readonly string[] {
  const lines: string[] = []
  let line = lead
  let isEmpty = true
  for (const word of text.split(/[ \n]+/)) {
    if (!isEmpty && widthOf(line) + widthOf(word) + 1 > columns) {
      lines.push(line)
      line = indent
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line]
}

/** Takes where to write, the language and whether JSON is wanted; gives the terminal. */
export function openTerminal({ out, err, env }: Surroundings, language: Language, isJson: boolean): Terminal {
  const isColoured = (stream: Output) =>
    stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  const styled = (style: Parameters<typeof styleText>[0]) => (text: string) =>
    isColoured(out) ? styleText(style, text, { validateStream: false }) : text
  const of = (text: Text | string): string => (typeof text === 'string' ? text : text[language])
  let hasProgress = false
  const clear = (): void => {
    if (hasProgress) err.write('\r\u001b[K')
    hasProgress = false
  }
  return {
    language,
    isJson,
    // Some pseudo-terminals say that they have none.
    columns: Math.min(out.columns || 100, 120),
    paint: {
      good: styled('green'),
      bad: styled('red'),
      warn: styled('yellow'),
      faint: styled('dim'),
      strong: styled('bold'),
    },
    of,
    say: (text) => {
      clear()
      if (!isJson) out.write(`${of(text)}\n`)
    },
    json: (value) => {
      clear()
      if (isJson) out.write(`${JSON.stringify(value)}\n`)
    },
    note: (text) => {
      clear()
      err.write(`${of(text)}\n`)
    },
    progress: (text) => {
      if (err.isTTY !== true || isJson) return
      err.write(`\r\u001b[K${of(text)}`)
      hasProgress = true
    },
  }
}

/** Sets rows in columns, as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ''))))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Without the codes of colours. */
function widthOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length
}
