import { basename } from 'node:path'
import type { Command } from '../command.ts'
import { CommandFault, exits } from '../exit.ts'
import { openFile } from '../../files.ts'
import { isObject } from '../../shape.ts'
import { readMessage, writePrivate } from '../messages.ts'

export const attach: Command = {
  name: 'attach',
  means: {
    en: 'Puts a file on the gateway, and prints what a message says of it; or adds that to a message. The name that the recipient sees says nothing about a child.',
    fr: 'Dépose un fichier sur la passerelle et affiche ce qu’un message en dit, ou l’ajoute à un message. Le nom que voit le destinataire ne dit rien d’un enfant.',
  },
  takes: 'FILE',
  count: [1, 1],
  options: {
    description: {
      value: 'TEXT',
      short: 'd',
      means: { en: 'what it shows, in a few words', fr: 'ce qu’il montre, en quelques mots' },
    },
    message: {
      value: 'FILE',
      short: 'm',
      means: { en: 'the message, in JSON, to add it to', fr: 'le message, en JSON, auquel l’ajouter' },
    },
  },
  example: 'passerelle attach scan.pdf --description "Hospital letter" --message referral.json',
  completes: 'files',
  async run(call) {
    const [path = ''] = call.words
    const { terminal } = call
    const description = call.value('description')
    if (description === undefined)
      throw new CommandFault(exits.usage, { en: '--description is needed', fr: '--description est nécessaire' })
    const { size } = await openFile(path).catch((cause: unknown) => {
      if (!(cause instanceof RangeError)) throw cause
      const said = `${basename(path)}: .pdf .jpg .png .heic .txt .docx`
      throw new CommandFault(exits.invalid, { en: said, fr: said }, { cause })
    })
    const client = await call.client()
    const onProgress = (bytes: number) => terminal.progress(`${Math.floor((100 * bytes) / size)} %`)
    const attachment = await client.attachFile(path, { description, signal: call.signal, onProgress })
    const into = call.value('message')
    if (into !== undefined) {
      const { envelope } = await readMessage(into)
      const before =
        isObject(envelope) && Array.isArray(envelope['attachments']) ? (envelope['attachments'] as unknown[]) : []
      const changed = { ...(envelope as object), attachments: [...before, attachment] }
      await writePrivate(into, `${JSON.stringify(changed, undefined, 2)}\n`)
      terminal.say({ en: `put, and named in ${into}`, fr: `déposé, et désigné dans ${into}` })
    } else terminal.say(JSON.stringify(attachment, undefined, 2))
    terminal.json(attachment)
    return exits.done
  },
}
