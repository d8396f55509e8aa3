import { PasserelleProblem, SdkFault, type Text } from '../problem.ts'

/** Exit codes by kind (BSD's sysexits.h), so that a script knows what to do next without reading words. */
export const exits = {
  done: 0,
  unforeseen: 1,
  usage: 64,
  invalid: 65,
  noInput: 66,
  unreachable: 69,
  later: 75,
  refused: 77,
  configuration: 78,
  interrupted: 130,
} as const
export type Exit = (typeof exits)[keyof typeof exits]

/** What each code means, for the help. */
export const meanings: readonly (readonly [Exit, Text])[] = [
  [exits.done, { en: 'done', fr: 'fait' }],
  [exits.unforeseen, { en: 'something that was not foreseen', fr: 'erreur imprévue' }],
  [exits.usage, { en: 'the command line is wrong', fr: 'la ligne de commande est incorrecte' }],
  [
    exits.invalid,
    {
      en: 'a message is not valid, or something does not verify',
      fr: 'un message n’est pas valide, ou une vérification échoue',
    },
  ],
  [exits.noInput, { en: 'a file cannot be read or written', fr: 'un fichier ne peut être lu ou écrit' }],
  [exits.unreachable, { en: 'the gateway cannot be reached', fr: 'la passerelle est injoignable' }],
  [exits.later, { en: 'the gateway asks to come again later', fr: 'la passerelle demande de réessayer plus tard' }],
  [exits.refused, { en: 'the gateway has refused', fr: 'la passerelle a refusé' }],
  [exits.configuration, { en: 'the configuration cannot be used', fr: 'la configuration est inutilisable' }],
  [exits.interrupted, { en: 'interrupted', fr: 'interrompu' }],
]

/** What ends a command: said in the terminal's language, without a stack. */
export class CommandFault extends Error {
  readonly exit: Exit
  readonly text: Text
  constructor(exit: Exit, text: Text, options?: { cause?: unknown }) {
    super(text.en, options)
    this.name = 'CommandFault'
    this.exit = exit
    this.text = text
  }
}

const CONFIGURATION = new Set([
  'configuration-not-usable',
  'key-not-of-certificate',
  'key-not-supported',
  'ml-dsa-not-supported',
])

/** Takes what a command threw; gives it as what to say and how to exit. What nobody foresaw is thrown on. */
export function faultOf(error: unknown): CommandFault {
  if (error instanceof CommandFault) return error
  if (error instanceof PasserelleProblem) {
    const { status, problem, requestId } = error
    const said = `${problem.code}: ${problem.detail ?? problem.title}`
    const faults = (problem.errors ?? []).map(({ pointer, ...words }) => ({ pointer, ...words }))
    const quote = requestId === undefined ? '' : `\n  (${requestId})`
    return new CommandFault(status === 429 || status >= 500 ? exits.later : exits.refused, {
      en: said + faults.map(({ pointer, message }) => `\n  ${pointer}  ${message}`).join('') + quote,
      fr: said + faults.map(({ pointer, messageFr }) => `\n  ${pointer}  ${messageFr}`).join('') + quote,
    })
  }
  if (error instanceof SdkFault) {
    const detail = error.message.slice(error.text.en.length)
    const french = error.errors.map(({ pointer, messageFr }) => `\n  ${pointer}  ${messageFr}`).join('')
    const text = { en: error.message, fr: error.errors.length > 0 ? error.text.fr + french : error.text.fr + detail }
    return new CommandFault(exitOf(error), text, { cause: error })
  }
  if (error instanceof Error && 'code' in error && 'path' in error) {
    const said = `${String(error.path)}: ${String(error.code)}`
    return new CommandFault(exits.noInput, { en: said, fr: said }, { cause: error })
  }
  throw error
}

function exitOf({ code }: SdkFault): Exit {
  if (code === 'unreachable') return exits.unreachable
  return CONFIGURATION.has(code) ? exits.configuration : exits.invalid
}
