import { ConfigurationFault, host, path, readSettings, type Setting, type Values, whole } from '../gateway/base/base.ts'
import { isName } from '../tlog/note.ts'

/** What a witness is told by its environment; docs/operating.md has the same rows, and a test compares them. */
const table = {
  name: {
    name: 'WITNESS_NAME',
    parse: keyName,
    meaning: {
      en: 'Its name in cosignatures, such as witness.example.org/fr: for ever its own, without spaces and without +.',
      fr: 'Son nom dans les cosignatures, par exemple witness.example.org/fr : le sien pour toujours, sans espace ni +.',
    },
  },
  host: {
    name: 'WITNESS_HOST',
    default: '127.0.0.1',
    parse: host,
    meaning: {
      en: 'Address that it listens on; one that others can reach needs a certificate.',
      fr: 'Adresse d’écoute ; une adresse que d’autres peuvent atteindre exige un certificat.',
    },
  },
  port: {
    name: 'WITNESS_PORT',
    default: '8444',
    parse: whole(0, 65_535),
    meaning: { en: 'Port; 0 takes any free one.', fr: 'Port ; 0 prend un port libre.' },
  },
  folder: {
    name: 'WITNESS_DATA',
    default: 'witness-data',
    parse: path,
    meaning: {
      en: 'Folder of its keys and of what it has seen. Nothing of it may be lost or put back from a backup.',
      fr: 'Dossier de ses clés et de ce qu’il a vu. Rien ne doit en être perdu ni restauré d’une sauvegarde.',
    },
  },
  logsFile: {
    name: 'WITNESS_LOGS',
    default: 'witness-logs.json',
    parse: path,
    meaning: {
      en: 'The logs that it watches: `{"logs": [{"origin", "verifierKeys"}]}`, as the well-known document of a gateway names them. Read again on SIGHUP.',
      fr: 'Les journaux qu’il surveille : `{"logs": [{"origin", "verifierKeys"}]}`, tels que le document well-known d’une passerelle les nomme. Relu à la réception de SIGHUP.',
    },
  },
  tlsCert: {
    name: 'WITNESS_TLS_CERT',
    parse: path,
    meaning: {
      en: 'Its TLS certificate, PEM, leaf first; unset: plain HTTP, on this machine alone.',
      fr: 'Son certificat TLS, PEM, le sien d’abord ; non défini : HTTP simple, sur cette machine seulement.',
    },
  },
  tlsKey: {
    name: 'WITNESS_TLS_KEY',
    parse: path,
    meaning: { en: 'The key of that certificate, mode 0600.', fr: 'La clé de ce certificat, mode 0600.' },
  },
} as const satisfies Readonly<Record<string, Setting<unknown>>>

/** Each setting, in the order of the documents. */
export const settings: readonly Setting<unknown>[] = Object.values(table)

export type Settings = Values<typeof table> & { readonly name: string }

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|::1)$/

/** @throws ConfigurationFault */
export function readWitnessSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const known = new Set(settings.map(({ name }) => name))
  for (const name of Object.keys(env))
    if (name.startsWith('WITNESS_') && !known.has(name)) throw new ConfigurationFault(`${name} is no setting`)
  const values = readSettings(table, env)
  if (values.name === undefined) throw new ConfigurationFault('WITNESS_NAME must be set')
  if ((values.tlsCert === undefined) !== (values.tlsKey === undefined))
    throw new ConfigurationFault('WITNESS_TLS_CERT and WITNESS_TLS_KEY go together')
  if (values.tlsCert === undefined && !LOOPBACK.test(values.host))
    throw new ConfigurationFault('WITNESS_HOST: without WITNESS_TLS_CERT a witness listens on this machine alone')
  return { ...values, name: values.name }
}

function keyName(text: string, name: string): string {
  if (!isName(text)) throw new ConfigurationFault(`${name} must be a name without spaces and without +`)
  return text
}
