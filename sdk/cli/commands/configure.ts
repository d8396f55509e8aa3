import { access } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { readConfiguration } from '../../configuration.ts'
import type { Call, Command } from '../command.ts'
import { CommandFault, exits } from '../exit.ts'
import { writePrivate } from '../messages.ts'

const AGENCY = /^(?=.{1,64}$)(?:fr|gb)(?:-[a-z0-9]+)+$/

export const configure: Command = {
  name: 'configure',
  means: {
    en: 'Writes the agency’s configuration: where the gateway is, and the files with your certificates and keys.',
    fr: 'Écrit la configuration de l’organisme\u00a0: l’adresse de la passerelle, et les fichiers de vos certificats et clés.',
  },
  count: [0, 0],
  options: {
    gateway: { value: 'URL', means: { en: 'the gateway’s address', fr: 'l’adresse de la passerelle' } },
    anchors: {
      value: 'FILE',
      means: {
        en: 'the trust anchor that came with your certificates',
        fr: 'l’ancre de confiance reçue avec vos certificats',
      },
    },
    identity: {
      value: 'DIR',
      means: {
        en: 'the folder with tls.crt, tls.key, signing.crt, signing.key',
        fr: 'le dossier de tls.crt, tls.key, signing.crt, signing.key',
      },
    },
    agency: {
      value: 'ID',
      means: {
        en: 'your agency’s id; the folder’s name where it is one',
        fr: 'l’identifiant de votre organisme\u202f; à défaut, le nom du dossier',
      },
    },
  },
  example:
    'passerelle configure --gateway https://localhost:8443 --anchors certs-dev/out/trust/ca.crt --identity certs-dev/out/agencies/fr-rys',
  async run(call) {
    const { terminal } = call
    const path = call.configurationPath()
    const [gateway, anchors, identity] = ['gateway', 'anchors', 'identity'].map((name) => needed(call, name))
    const agency = call.value('agency') ?? basename(resolve(identity ?? ''))
    if (!AGENCY.test(agency))
      throw new CommandFault(exits.usage, {
        en: 'Say --agency, such as fr-rys.',
        fr: 'Indiquer --agency, par exemple fr-rys.',
      })
    const from = (file: string) => relative(dirname(resolve(path)), resolve(file))
    const pair = (use: string) => ({
      certificate: from(join(identity ?? '', `${use}.crt`)),
      key: from(join(identity ?? '', `${use}.key`)),
    })
    const file = {
      gateway,
      agency,
      anchors: from(anchors ?? ''),
      tls: pair('tls'),
      signing: pair('signing'),
      ...(call.value('lang') !== undefined && { language: terminal.language }),
    }
    await access(anchors ?? '')
    await writePrivate(path, `${JSON.stringify(file, undefined, 2)}\n`)
    await readConfiguration(path)
    terminal.say({
      en: `${path} is written, for ${agency}. Next: passerelle doctor`,
      fr: `${path} est écrit, pour ${agency}. Ensuite\u00a0: passerelle doctor`,
    })
    terminal.json({ configuration: path, agency })
    return exits.done
  },
}

function needed(call: Call, name: string): string {
  const given = call.value(name)
  if (given !== undefined) return given
  throw new CommandFault(exits.usage, { en: `--${name} is needed`, fr: `--${name} est nécessaire` })
}
