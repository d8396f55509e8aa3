import { watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Fault } from '../../problem.ts'
import { validate as judge } from '../../validate/validate.ts'
import { type Warning, warnings } from '../../warnings.ts'
import type { Call, Command } from '../command.ts'
import { CommandFault, type Exit, exits } from '../exit.ts'
import { envelopeOf, lineOf, readMessages } from '../messages.ts'

const ENDS = new Set(['.json', '.jose', '.jws'])
/** An editor writes in several steps. */
const SETTLE_MS = 100

type Verdict = { readonly file: string; readonly faults: readonly Fault[]; readonly warnings: readonly Warning[] }

export const validate: Command = {
  name: 'validate',
  means: {
    en: 'Says, off line, what in a message the gateway would refuse, and what is probably a slip. Takes files and folders.',
    fr: 'Dit, hors ligne, ce que la passerelle refuserait dans un message, et ce qui est sans doute une erreur. Prend des fichiers et des dossiers.',
  },
  takes: 'FILE…',
  count: [1, Infinity],
  options: {
    watch: { short: 'w', means: { en: 'again whenever a file changes', fr: 'recommence dès qu’un fichier change' } },
  },
  example: 'passerelle validate referral.json',
  completes: 'files',
  async run(call) {
    const exit = await look(call)
    return call.is('watch') ? await again(call) : exit
  },
}

async function look(call: Call): Promise<Exit> {
  const { terminal, surroundings } = call
  const { paint, of } = terminal
  const files = (await Promise.all(call.words.map(filesIn))).flat()
  if (files.length === 0)
    throw new CommandFault(exits.noInput, { en: 'no message there', fr: 'aucun message à cet endroit' })
  const verdicts: Verdict[] = []
  for (const [at, file] of files.entries()) {
    terminal.progress(`${at + 1}/${files.length}`)
    for (const { envelope } of await readMessages(file)) {
      const read = envelopeOf(envelope)
      const found = read === undefined ? [] : warnings(read, { today: surroundings.now() })
      const verdict = { file, faults: judge(envelope), warnings: found }
      verdicts.push(verdict)
      terminal.say(`${verdict.faults.length === 0 ? paint.good('✓') : paint.bad('✗')} ${file}`)
      for (const fault of verdict.faults) terminal.say(lineOf(fault, terminal))
      for (const { pointer, text } of found) terminal.say(`  ${paint.warn('!')} ${pointer}  ${of(text)}`)
    }
  }
  const wrong = verdicts.filter(({ faults }) => faults.length > 0).length
  if (verdicts.length > 1)
    terminal.say({
      en: `${verdicts.length} messages, ${wrong} not valid`,
      fr: `${verdicts.length} messages, dont ${wrong} non valides`,
    })
  terminal.json({ messages: verdicts })
  return wrong === 0 ? exits.done : exits.invalid
}

/** Until it is interrupted. */
async function again(call: Call): Promise<Exit> {
  const { signal, terminal } = call
  let timer: NodeJS.Timeout | undefined
  const watchers = call.words.map((word) =>
    watch(word, { recursive: true }, () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        // A file that is just being written is looked at again when it has been.
        look(call).catch((fault: unknown) => terminal.note(fault instanceof CommandFault ? fault.text : String(fault)))
      }, SETTLE_MS)
    }),
  )
  terminal.note({ en: 'watching; Ctrl-C ends it', fr: 'surveillance en cours\u202f; Ctrl-C y met fin' })
  try {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  } finally {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
  return exits.done
}

/** The file itself, or the messages in a folder, however deep; what is named as no message is passed over there. */
async function filesIn(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const inside = await readdir(path, { recursive: true, withFileTypes: true })
  return inside
    .filter(
      (entry) =>
        entry.isFile() && ENDS.has(extname(entry.name)) && !/\.schema\.json$|\.receipt\.jose$/.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}
