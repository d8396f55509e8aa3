import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { UsageFault } from './command.ts'

/** Reads a command's words: one path, and options. @throws UsageFault, with how it is used */
export function readWords<Options extends ParseArgsOptionsConfig>(
  words: readonly string[],
  options: Options,
  usage: string,
) {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true })
    const [path] = positionals
    if (positionals.length === 1 && path !== undefined && path !== '') return { values, path }
  } catch {
    // An option that there is not: what it was is seen by who wrote it.
  }
  throw new UsageFault(usage)
}
