import type { Command } from '../command.ts'
import { exits } from '../exit.ts'
import { writePrivate } from '../messages.ts'

export const evidence: Command = {
  name: 'evidence',
  means: {
    en: 'Keeps the evidence bundle of a message that you sent, or received from FROM: what proves, for decades, who sent what to whom, and when.',
    fr: 'Conserve le dossier de preuve d’un message que vous avez envoyé, ou reçu de FROM\u00a0: ce qui prouve, pour des décennies, qui a envoyé quoi à qui, et quand.',
  },
  takes: '[FROM] ID',
  count: [1, 2],
  options: {
    out: {
      value: 'FILE',
      short: 'o',
      means: { en: 'that file (ID.evidence.json)', fr: 'ce fichier (ID.evidence.json)' },
    },
  },
  example: 'passerelle evidence 01a20ea6-f1d3-7208-81fb-96ee73443308 --out evidence.json',
  async run({ words: [first = '', second], ...call }) {
    const client = await call.client()
    const of = second === undefined ? first : { from: first, id: second }
    const path = call.value('out') ?? `${second ?? first}.evidence.json`
    await writePrivate(path, await client.evidence(of, { signal: call.signal }))
    call.terminal.say({
      en: `${path} is written. Next: passerelle verify ${path}`,
      fr: `${path} est écrit. Ensuite\u00a0: passerelle verify ${path}`,
    })
    call.terminal.json({ evidence: path })
    return exits.done
  },
}
