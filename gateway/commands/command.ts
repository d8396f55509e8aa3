import { type Config, ConfigurationFault, readConfig } from '../base/base.ts'

/** What was asked for is not what the command takes. */
export class UsageFault extends Error {}

/** Nothing was done for now: it works when what it says is seen to. */
export class TryAgainFault extends Error {}

/** sysexits.h */
const EXIT_USAGE = 64
const EXIT_TRY_AGAIN = 75
const EXIT_CONFIGURATION = 78
/** A shell's number for a command that a signal has ended. */
const EXIT_SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/**
 * Runs a command of an operator: reads the configuration as the gateway does, prints what it gives, and exits. 0: done; 64: not used
 * so; 75: to be tried again; 78: it cannot work as it is configured, and nothing was changed; 1: it failed. Why is one line on standard error.
 */
export async function runCommand(work: (config: Config, words: readonly string[]) => Promise<string>): Promise<never> {
  for (const [signal, code] of Object.entries(EXIT_SIGNALS)) process.once(signal, () => process.exit(code))
  try {
    const text = await work(readConfig(process.env), process.argv.slice(2))
    process.stdout.write(`${text}\n`)
    process.exit(0)
  } catch (error) {
    process.stderr.write(`passerelle: ${onOneLine(error instanceof Error ? error.message : String(error))}\n`)
    process.exit(codeOf(error))
  }
}

function codeOf(error: unknown): number {
  if (error instanceof UsageFault) return EXIT_USAGE
  if (error instanceof TryAgainFault) return EXIT_TRY_AGAIN
  return error instanceof ConfigurationFault ? EXIT_CONFIGURATION : 1
}

/** Names of files may have line ends in them, or worse: what moves a terminal's cursor. */
function onOneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
