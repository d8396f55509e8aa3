import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Call } from '../cli/command.ts'
import { CommandFault, exits } from '../cli/exit.ts'
import type { Text } from '../problem.ts'
import type { Answer, Command, OpenAdapter, Setup } from './adapter.ts'

/** A client without an adapter: a person is told what to do, in words, and asked what happened. */
export function byHand({ terminal, surroundings }: Call): OpenAdapter {
  const ask = surroundings.ask
  if (ask === undefined)
    throw new CommandFault(exits.usage, {
      en: 'conformance: --by-hand needs a terminal, where somebody answers',
      fr: 'conformance\u00a0: --by-hand demande un terminal, où quelqu’un réponde',
    })
  const question = async (text: Text): Promise<string> => (await ask(`${terminal.of(text)}\n> `)).trim()
  return async (setup) => {
    await question({
      en: `Set your client up as ${setup.agency} at ${setup.gateway}, with the keys in ${setup.folder}. Enter when it runs.`,
      fr: `Configurez votre client en tant que ${setup.agency}, à ${setup.gateway}, avec les clés de ${setup.folder}. Entrée quand il fonctionne.`,
    })
    return {
      do: (command) => obey(command, setup, question),
      kill: async () =>
        void (await question({
          en: 'End your client now, as a power cut would. Enter when it has ended.',
          fr: 'Arrêtez maintenant votre client, comme le ferait une coupure de courant. Entrée quand c’est fait.',
        })),
    }
  }
}

/** What was typed: nothing or an id for done, `no CODE` for refused. */
function answerOf(typed: string): Answer {
  const [, code] = /^(?:no|non)\b\s*(.*)$/i.exec(typed) ?? []
  return code === undefined ? { done: typed === '' ? {} : { id: typed } } : { refused: code === '' ? 'refused' : code }
}

async function obey(command: Command, { folder }: Setup, question: (text: Text) => Promise<string>): Promise<Answer> {
  switch (command.do) {
    case 'send':
    case 'reply': {
      const file = join(folder, 'draft.json')
      await writeFile(file, `${JSON.stringify(command.draft, null, 2)}\n`)
      const answered = command.do === 'reply' ? command : undefined
      return answerOf(
        await question({
          en: `Send what ${file} says${answered === undefined ? '' : `, in answer to ${answered.id} of ${answered.from}`}. Then type its id where it was accepted, or “no” and the code.`,
          fr: `Envoyez ce que dit ${file}${answered === undefined ? '' : `, en réponse à ${answered.id} de ${answered.from}`}. Tapez ensuite son identifiant s’il a été accepté, ou «\u00a0non\u00a0» et le code.`,
        }),
      )
    }
    case 'receive': {
      const typed = await question({
        en: `Let your client take what waits, and ${command.acknowledge === 'now' ? 'acknowledge it' : 'acknowledge nothing yet'}. Then type the ids that it showed for the first time, in their order.`,
        fr: `Faites prendre à votre client ce qui attend, et ${command.acknowledge === 'now' ? 'acquitter' : 'n’acquittez rien encore'}. Tapez ensuite les identifiants qu’il a montrés pour la première fois, dans leur ordre.`,
      })
      return {
        done: {
          messages: typed
            .split(/[\s,]+/)
            .filter(Boolean)
            .map((id) => ({ envelope: { id } })),
        },
      }
    }
    case 'acknowledge':
      return answerOf(
        await question({
          en: `Acknowledge ${command.id} of ${command.from} as ${command.outcome}${command.reason === undefined ? '' : ` (${command.reason})`}. Enter where it was done, or “no” and the code.`,
          fr: `Acquittez ${command.id} de ${command.from} comme ${command.outcome}${command.reason === undefined ? '' : ` (${command.reason})`}. Entrée si c’est fait, ou «\u00a0non\u00a0» et le code.`,
        }),
      )
    case 'receipts': {
      const typed = await question({
        en: 'Let your client read the receipts. Then type, for each that it showed for the first time, the event and the message’s id, in their order.',
        fr: 'Faites lire les récépissés à votre client. Tapez ensuite, pour chacun montré pour la première fois, l’événement et l’identifiant du message, dans leur ordre.',
      })
      const parts = typed.split(/[\s,]+/).filter(Boolean)
      const receipts = parts.flatMap((event, at) => (at % 2 === 0 ? [{ event, messageId: parts[at + 1] ?? '' }] : []))
      return { done: { receipts } }
    }
    default:
      return { unknown: true }
  }
}
