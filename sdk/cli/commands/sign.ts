import { signMessage } from '../../sign.ts'
import type { Command } from '../command.ts'
import { CommandFault, exits } from '../exit.ts'
import { readMessage, valid, writePrivate } from '../messages.ts'

export const sign: Command = {
  name: 'sign',
  means: {
    en: 'Signs a message that is valid; prints the signed bytes, or writes them. Nothing is sent.',
    fr: 'Signe un message valide\u202f; affiche les octets signés, ou les écrit. Rien n’est envoyé.',
  },
  takes: 'FILE',
  count: [1, 1],
  options: { out: { value: 'FILE', short: 'o', means: { en: 'writes them there', fr: 'les écrit dans ce fichier' } } },
  example: 'passerelle sign referral.json --out referral.jose',
  completes: 'files',
  async run(call) {
    const [path = ''] = call.words
    const { terminal } = call
    const { envelope, signed } = await readMessage(path)
    if (signed !== undefined)
      throw new CommandFault(exits.invalid, { en: `${path} is signed already`, fr: `${path} est déjà signé` })
    const { signer, agency } = await call.configuration()
    const message = valid(envelope, path)
    if (message.from !== agency)
      throw new CommandFault(exits.invalid, {
        en: `The message is from ${message.from}, and you are ${agency}.`,
        fr: `Le message est de ${message.from}, et vous êtes ${agency}.`,
      })
    const bytes = await signMessage(message, signer, call.surroundings.now())
    const out = call.value('out')
    if (out === undefined) terminal.say(bytes)
    else {
      await writePrivate(out, bytes)
      terminal.say({ en: `signed: ${out}`, fr: `signé\u00a0: ${out}` })
    }
    terminal.json({ messageId: message.id, message: bytes })
    return exits.done
  },
}
