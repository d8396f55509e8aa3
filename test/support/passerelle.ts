import { main } from '../../sdk/cli/main.ts'
import type { Surroundings } from '../../sdk/cli/terminal.ts'

export type Played = { readonly exit: number; readonly out: string; readonly err: string; readonly json: unknown }

/** Runs the command line in this process, with surroundings of its own; `answers` are what a person types. */
export async function passerelle(
  words: readonly string[],
  {
    answers,
    columns,
    ...more
  }: Partial<Surroundings> & { answers?: (question: string) => string; columns?: number } = {},
): Promise<Played> {
  const said = { out: '', err: '' }
  const exit = await main(words, {
    out: { write: (text) => void (said.out += text), columns },
    err: { write: (text) => void (said.err += text) },
    env: { LANG: 'en_GB.UTF-8' },
    signal: new AbortController().signal,
    now: () => new Date(),
    ...(answers !== undefined && { ask: async (question) => answers(question) }),
    ...more,
  })
  return {
    exit,
    ...said,
    get json() {
      return JSON.parse(said.out) as unknown
    },
  }
}
