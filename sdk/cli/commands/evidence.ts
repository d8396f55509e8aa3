import type { Command } from '../command.ts'
import { CommandFault, exits } from '../exit.ts'
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
      means: {
        en: 'that file (ID.evidence.json, ID.asice)',
        fr: 'ce fichier (ID.evidence.json, ID.asice)',
      },
    },
    form: {
      value: 'FORM',
      means: {
        en: 'json, or asic: a signed ZIP for those whose law knows ETSI’s ASiC-E (json)',
        fr: 'json, ou asic\u00a0: un ZIP signé pour qui relève du format ASiC-E de l’ETSI (json)',
      },
    },
  },
  example: 'passerelle evidence 01a20ea6-f1d3-7208-81fb-96ee73443308 --out evidence.json',
  async run({ words: [first = '', second], ...call }) {
    const client = await call.client()
    const of = second === undefined ? first : { from: first, id: second }
    const form = formOf(call.value('form'))
    const path = call.value('out') ?? `${second ?? first}.${form === 'asic' ? 'asice' : 'evidence.json'}`
    await writePrivate(path, await client.evidence(of, { form, signal: call.signal }))
    call.terminal.say(
      form === 'asic'
        ? {
            en: `${path} is written, a ZIP. Next: unpack it, and passerelle verify bundle.json`,
            fr: `${path} est écrit, au format ZIP. Ensuite\u00a0: décompressez-le, puis passerelle verify bundle.json`,
          }
        : {
            en: `${path} is written. Next: passerelle verify ${path}`,
            fr: `${path} est écrit. Ensuite\u00a0: passerelle verify ${path}`,
          },
    )
    call.terminal.json({ evidence: path })
    return exits.done
  },
}

function formOf(text = 'json'): 'json' | 'asic' {
  if (text === 'json' || text === 'asic') return text
  throw new CommandFault(exits.usage, {
    en: '--form is json or asic',
    fr: '--form vaut json ou asic',
  })
}
