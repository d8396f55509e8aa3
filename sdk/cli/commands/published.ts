import { writeFile } from 'node:fs/promises'
import type { Command } from '../command.ts'
import { exits } from '../exit.ts'

export const published: Command = {
  name: 'published',
  means: {
    en: 'Keeps the certificates that the gateway publishes, its own and those of agencies, in a file: verify needs no more, off line.',
    fr: 'Conserve dans un fichier les certificats que publie la passerelle, les siens et ceux des organismes\u00a0: verify n’a besoin de rien d’autre, hors ligne.',
  },
  count: [0, 0],
  options: {
    out: { value: 'FILE', short: 'o', means: { en: 'that file (published.json)', fr: 'ce fichier (published.json)' } },
  },
  example: 'passerelle published --out published.json',
  async run(call) {
    const client = await call.client()
    const [own, agencies] = await Promise.all([client.wellKnown(), client.directory()])
    const path = call.value('out') ?? 'published.json'
    await writeFile(path, `${JSON.stringify({ wellKnown: own, directory: agencies }, undefined, 2)}\n`)
    call.terminal.say({
      en: `${path}: ${own.id} and ${agencies.agencies.length} agencies, as published now`,
      fr: `${path}\u00a0: ${own.id} et ${agencies.agencies.length} organismes, tels que publiés à présent`,
    })
    call.terminal.json({ published: path })
    return exits.done
  },
}
