import { parseArgs } from 'node:util'
import { type Client, openClient } from '../client.ts'
import { type Configuration, readConfiguration } from '../configuration.ts'
import type { Text } from '../problem.ts'
import { CommandFault, type Exit, exits } from './exit.ts'
import type { Surroundings, Terminal } from './terminal.ts'

/** An option: whether it takes a value (its name in the help) or is said alone. */
export type Option = {
  readonly means: Text
  readonly value?: string
  readonly short?: string
  readonly isRepeated?: true
}

/** What one command is; the help and the completion are made of it. To add one: a file, and its line in `commands.ts`. */
export type Command = {
  readonly name: string
  readonly means: Text
  /** What it takes besides options, such as `FILE…`. */
  readonly takes?: string
  /** How many of those: the least and the most. */
  readonly count: readonly [number, number]
  readonly options: { readonly [name: string]: Option }
  /** What somebody would type, and it works. */
  readonly example: string
  /** What the words that it takes may be, for completion in the shell: files, or these. */
  readonly completes?: 'files' | readonly string[]
  run(call: Call): Promise<Exit>
}

/** One call of a command. */
export type Call = {
  readonly words: readonly string[]
  readonly terminal: Terminal
  readonly surroundings: Surroundings
  readonly signal: AbortSignal
  /** An option's value, undefined where it was not given. */
  value(name: string): string | undefined
  values(name: string): readonly string[]
  is(name: string): boolean
  configurationPath(): string
  configuration(): Promise<Configuration>
  /** A client of the configured gateway; closed when the command ends. */
  client(): Promise<Client>
}

/** Options that every command has. */
export const commonOptions: Command['options'] = {
  config: {
    value: 'FILE',
    short: 'c',
    means: {
      en: 'the agency’s configuration (passerelle.json)',
      fr: 'la configuration de l’organisme (passerelle.json)',
    },
  },
  json: { means: { en: 'answers in JSON, for scripts', fr: 'répond en JSON, pour les scripts' } },
  lang: { value: 'en|fr', means: { en: 'the language', fr: 'la langue' } },
  help: { short: 'h', means: { en: 'says what the command does', fr: 'explique la commande' } },
}

/** An option's value, or each of those that were given. */
export type Values = { readonly [name: string]: string | boolean | readonly (string | boolean)[] | undefined }

/** Takes a command line; gives its words and options. Throws a CommandFault with exit 64 for what the command does not know. */
export function parse(command: Command, words: readonly string[]): { words: readonly string[]; values: Values } {
  const all = Object.entries({ ...command.options, ...commonOptions })
  const options = Object.fromEntries(
    all.map(([name, { value, short, isRepeated }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short !== undefined && { short }),
        ...(isRepeated === true && { multiple: true }),
      },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true })
    return { words: positionals, values }
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_PARSE_ARGS'))) throw cause
    const known = all.map(([name]) => `--${name}`).join(' ')
    throw new CommandFault(exits.usage, {
      en: `${command.name}: ${cause.message.split('. ', 1)[0]}. Options: ${known}`,
      fr: `${command.name}\u00a0: option inconnue ou sans sa valeur. Options\u00a0: ${known}`,
    })
  }
}

/** Refuses too few words, or too many. */
export function checkCount({ name, takes = '', count: [least, most] }: Command, words: readonly string[]): void {
  if (words.length >= least && words.length <= most) return
  throw new CommandFault(exits.usage, {
    en: `Usage: passerelle ${name} ${takes}`.trimEnd(),
    fr: `Utilisation\u00a0: passerelle ${name} ${takes}`.trimEnd(),
  })
}

/** Takes what was parsed; gives the call, and how to end what it has opened. */
export function openCall(
  parsed: { words: readonly string[]; values: Values },
  terminal: Terminal,
  surroundings: Surroundings,
): { call: Call; close: () => Promise<void> } {
  const opened: Client[] = []
  const { words, values } = parsed
  const value = (name: string): string | undefined => {
    const given = values[name]
    return typeof given === 'string' ? given : undefined
  }
  const configurationPath = () => value('config') ?? 'passerelle.json'
  const configuration = () => readConfiguration(configurationPath())
  const call: Call = {
    words,
    terminal,
    surroundings,
    signal: surroundings.signal,
    value,
    values: (name) => [values[name] ?? []].flat().map(String),
    is: (name) => values[name] === true,
    configurationPath,
    configuration,
    client: async () => {
      const client = openClient({
        ...(await configuration()),
        language: terminal.language,
        patience: PATIENCE,
        onExpiry: (notice) =>
          terminal.note({
            en: `A certificate of yours ends soon: ${notice}`,
            fr: `Un de vos certificats expire bientôt\u00a0: ${notice}`,
          }),
      })
      opened.push(client)
      return client
    },
  }
  const close = async () => void (await Promise.all(opened.map((client) => client.close())))
  return { call, close }
}

/** Somebody sits there: a minute, and not four. */
const PATIENCE = { giveUpAfterMs: 60_000 }
