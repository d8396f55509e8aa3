/** The command line `passerelle`: takes its words, gives its exit code. */
import { createInterface } from 'node:readline/promises'
import { readConfigurationFile } from '../configuration.ts'
import { type Command, checkCount, openCall, parse } from './command.ts'
import { commands } from './commands.ts'
import { CommandFault, type Exit, exits, faultOf } from './exit.ts'
import { helpOf, overview } from './help.ts'
import { type Language, languageOf, openTerminal, type Surroundings } from './terminal.ts'

/**
 * Takes the words after `passerelle` and, in a test, other surroundings than the process's; gives the exit code. Ctrl-C ends what is under way.
 */
export async function main(words: readonly string[], surroundings?: Surroundings): Promise<Exit> {
  if (surroundings !== undefined) return run(words, surroundings)
  const stop = new AbortController()
  const interrupt = (): void => stop.abort(new CommandFault(exits.interrupted, { en: '', fr: '' }))
  process.once('SIGINT', interrupt)
  // Whoever reads the output, such as head, may have enough of it.
  process.stdout.on('error', interrupt)
  const lines = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stderr }) : undefined
  lines?.once('SIGINT', interrupt)
  try {
    return await run(words, {
      out: process.stdout,
      err: process.stderr,
      env: process.env,
      signal: stop.signal,
      now: () => new Date(),
      ...(lines !== undefined && { ask: (question) => lines.question(question, { signal: stop.signal }) }),
    })
  } finally {
    lines?.close()
    process.removeListener('SIGINT', interrupt)
  }
}

async function run([name = 'help', ...words]: readonly string[], surroundings: Surroundings): Promise<Exit> {
  const plain = openTerminal(surroundings, spokenIn(words, surroundings), false)
  const isHelp = name === 'help' || name === '--help' || name === '-h'
  const named = isHelp ? words.find((word, at) => !word.startsWith('-') && words[at - 1] !== '--lang') : name
  const command = commands.find((one) => one.name === named)
  if (isHelp && named === undefined) {
    plain.say(overview(commands, plain))
    return exits.done
  }
  if (command === undefined) {
    plain.note({
      en: `No command ${named}. Commands: ${commands.map((one) => one.name).join(', ')}`,
      fr: `Commande inconnue\u00a0: ${named}. Commandes\u00a0: ${commands.map((one) => one.name).join(', ')}`,
    })
    return exits.usage
  }
  try {
    const parsed = isHelp ? { words: [], values: { help: true } } : parse(command, words)
    if (parsed.values['help'] === true) {
      plain.say(helpOf(command, plain))
      return exits.done
    }
    return await call(command, parsed, surroundings)
  } catch (error) {
    const fault = faultOf(surroundings.signal.aborted ? surroundings.signal.reason : error)
    if (words.includes('--json'))
      surroundings.out.write(`${JSON.stringify({ error: { exit: fault.exit, ...fault.text } })}\n`)
    else if (fault.text.en !== '') plain.note(plain.paint.bad(plain.of(fault.text)))
    return fault.exit
  }
}

async function call(command: Command, parsed: ReturnType<typeof parse>, surroundings: Surroundings): Promise<Exit> {
  checkCount(command, parsed.words)
  const { config, lang, json } = parsed.values
  const path = typeof config === 'string' ? config : 'passerelle.json'
  const configured = await readConfigurationFile(path).catch(() => undefined)
  const language = languageNamed(lang) ?? languageOf(surroundings.env) ?? configured?.language ?? 'en'
  const { call, close } = openCall(parsed, openTerminal(surroundings, language, json === true), surroundings)
  try {
    return await command.run(call)
  } finally {
    await close()
  }
}

function spokenIn(words: readonly string[], { env }: Surroundings): Language {
  const at = words.indexOf('--lang')
  const named = at === -1 ? words.find((word) => word.startsWith('--lang='))?.slice('--lang='.length) : words[at + 1]
  return named === 'fr' || named === 'en' ? named : (languageOf(env) ?? 'en')
}

function languageNamed(lang: unknown): Language | undefined {
  if (lang === undefined || lang === 'en' || lang === 'fr') return lang
  throw new CommandFault(exits.usage, { en: '--lang is en or fr', fr: '--lang vaut en ou fr' })
}
