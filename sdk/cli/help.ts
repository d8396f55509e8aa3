import type { Text } from '../problem.ts'
import { type Command, commonOptions, type Option } from './command.ts'
import { meanings } from './exit.ts'
import { table, type Terminal, wrap } from './terminal.ts'

const words = {
  usage: { en: 'Usage', fr: 'Utilisation' },
  options: { en: 'Options', fr: 'Options' },
  example: { en: 'Example', fr: 'Exemple' },
  commands: { en: 'Commands', fr: 'Commandes' },
  exits: { en: 'Exit codes', fr: 'Codes de retour' },
  command: { en: 'COMMAND', fr: 'COMMANDE' },
  more: {
    en: 'passerelle help COMMAND says more of one. Start with: configure, doctor, new, send.',
    fr: 'passerelle help COMMANDE en dit plus. Commencer par configure, doctor, new, send.',
  },
} as const satisfies Record<string, Text>

/** All commands, and the exit codes. */
export function overview(commands: readonly Command[], terminal: Terminal): string {
  const { of, paint } = terminal
  return [
    `${of(words.usage)}${colon(terminal)} passerelle ${of(words.command)} […]`,
    '',
    paint.strong(of(words.commands)),
    table(commands.map(({ name, means }) => [`  ${name}`, firstOf(of(means))])),
    '',
    of(words.more),
    '',
    paint.strong(of(words.exits)),
    table(meanings.map(([code, means]) => [`  ${code}`, of(means)])),
  ].join('\n')
}

/** One command: what it does, takes and may be told, and an example. */
export function helpOf({ name, means, takes, options, example }: Command, terminal: Terminal): string {
  const { of, paint } = terminal
  const rows = Object.entries({ ...options, ...commonOptions }).map(([option, about]) => [
    `  ${spelled(option, about)}`,
    of(about.means),
  ])
  const usage = `passerelle ${name}${takes === undefined ? '' : ` ${takes}`}`
  return [
    `${of(words.usage)}${colon(terminal)} ${usage} [${of(words.options).toLowerCase()}]`,
    '',
    ...wrap(of(means), terminal.columns),
    '',
    paint.strong(of(words.options)),
    table(rows),
    '',
    paint.strong(of(words.example)),
    `  ${example}`,
  ].join('\n')
}

/** What comes before the first stop: the rest is for who asks for more. */
function firstOf(text: string): string {
  return text.split(/\s?[.:;]/, 1)[0] ?? text
}

function spelled(name: string, { short, value }: Option): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
}

function colon({ language }: Terminal): string {
  return language === 'fr' ? '\u00a0:' : ':'
}
