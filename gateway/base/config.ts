import {
  ConfigurationFault,
  duration,
  host,
  oneOf,
  path,
  readSettings,
  type Setting,
  someOf,
  strangeSetting,
  type Values,
  whole,
} from './setting.ts'
import { limits } from './limits.ts'
import { outward } from './outward.ts'
import { databaseUrl, redisUrl, serverAddress, storeUrl } from './setting-url.ts'

export { ConfigurationFault } from './setting.ts'

const ENVIRONMENTS = ['production', 'test', 'development'] as const
const ROLES = ['api', 'worker', 'operations'] as const

/** Protocol section 13, row by row; docs/operating.md has the same rows, and a test compares them. */
const table = {
  host: {
    name: 'PASSERELLE_HOST',
    default: '127.0.0.1',
    parse: host,
    meaning: { en: 'Address of the agency listener.', fr: 'Adresse d’écoute pour les organismes.' },
  },
  port: {
    name: 'PASSERELLE_PORT',
    default: '8443',
    parse: whole(0, 65_535),
    meaning: {
      en: 'Port of the agency listener; 0 takes any free one.',
      fr: 'Port d’écoute pour les organismes ; 0 prend un port libre.',
    },
  },
  operationsHost: {
    name: 'PASSERELLE_OPERATIONS_HOST',
    default: '127.0.0.1',
    parse: host,
    meaning: { en: 'Address of the operations listener.', fr: 'Adresse d’écoute de l’exploitation.' },
  },
  operationsPort: {
    name: 'PASSERELLE_OPERATIONS_PORT',
    default: '9443',
    parse: whole(0, 65_535),
    meaning: {
      en: 'Port of the operations listener; 0 takes any free one.',
      fr: 'Port d’écoute de l’exploitation ; 0 prend un port libre.',
    },
  },
  agenciesFile: {
    name: 'PASSERELLE_AGENCIES',
    default: 'certs-dev/out/agencies.json',
    parse: path,
    meaning: {
      en: 'The registry file: who may exchange, with which certificates. Read again on SIGHUP.',
      fr: 'Le fichier du registre des organismes : qui peut échanger, avec quels certificats. Relu à la réception de SIGHUP.',
    },
  },
  trustFolder: {
    name: 'PASSERELLE_TRUST',
    default: 'certs-dev/out/trust',
    parse: path,
    meaning: {
      en: 'Folder of trust anchors (*.crt) and revocation lists (*.crl), watched.',
      fr: 'Dossier des ancres de confiance (*.crt) et des listes de révocation (*.crl), surveillé.',
    },
  },
  tlsCert: {
    name: 'PASSERELLE_TLS_CERT',
    default: 'certs-dev/out/gateway/tls.crt',
    parse: path,
    meaning: {
      en: 'The gateway’s TLS certificate (PEM, leaf first).',
      fr: 'Le certificat TLS de la passerelle (PEM, feuille en tête).',
    },
  },
  tlsKey: {
    name: 'PASSERELLE_TLS_KEY',
    default: 'certs-dev/out/gateway/tls.key',
    parse: path,
    meaning: { en: 'Its private key (PKCS#8 PEM).', fr: 'Sa clé privée (PEM PKCS#8).' },
  },
  signingCert: {
    name: 'PASSERELLE_SIGNING_CERT',
    default: 'certs-dev/out/gateway/signing.crt',
    parse: path,
    meaning: {
      en: 'The certificate whose key signs receipts (PEM, leaf first).',
      fr: 'Le certificat dont la clé signe les récépissés (PEM, feuille en tête).',
    },
  },
  signingKey: {
    name: 'PASSERELLE_SIGNING_KEY',
    default: 'certs-dev/out/gateway/signing.key',
    parse: path,
    meaning: { en: 'Its private key (PKCS#8 PEM).', fr: 'Sa clé privée (PEM PKCS#8).' },
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    parse: databaseUrl,
    meaning: {
      en: 'PostgreSQL, the durable record; of several hosts, the one that takes writes. Unset: an embedded one is started under PASSERELLE_DATA.',
      fr: 'PostgreSQL, le registre durable ; de plusieurs hôtes, celui qui accepte les écritures. Absent : une base embarquée démarre sous PASSERELLE_DATA.',
    },
  },
  dataFolder: {
    name: 'PASSERELLE_DATA',
    default: 'data',
    parse: path,
    meaning: {
      en: 'Folder of the embedded PostgreSQL and of keys that the gateway makes for itself.',
      fr: 'Dossier de la base PostgreSQL embarquée et des clés que la passerelle crée elle-même.',
    },
  },
  redisUrl: {
    name: 'REDIS_URL',
    parse: redisUrl,
    meaning: {
      en: 'Redis for the queues: one server, the hosts of a cluster, or redis+sentinel://. Unset: they are kept in the same PostgreSQL.',
      fr: 'Redis pour les files d’attente : un serveur, les hôtes d’une grappe, ou redis+sentinel://. Absent : elles sont tenues dans la même base PostgreSQL.',
    },
  },
  redisPasswordFile: {
    name: 'PASSERELLE_REDIS_PASSWORD',
    parse: path,
    meaning: {
      en: 'File with the password of Redis, which then stands in no URL. Unset: the one in REDIS_URL, if any.',
      fr: 'Fichier du mot de passe de Redis, qui ne figure alors dans aucune URL. Absent : celui de REDIS_URL, le cas échéant.',
    },
  },
  dataKeyFile: {
    name: 'PASSERELLE_DATA_KEY',
    parse: path,
    meaning: {
      en: 'File with the data key: 32 bytes in base64, a line each while one takes the place of another, the next one first. Unset: one is made under PASSERELLE_DATA.',
      fr: 'Fichier de la clé de données : 32 octets en base64, une ligne par clé le temps d’un remplacement, la nouvelle en tête. Absent : elle est créée sous PASSERELLE_DATA.',
    },
  },
  logKeyFile: {
    name: 'PASSERELLE_LOG_KEY',
    parse: path,
    meaning: {
      en: 'PEM file with the evidence log’s two keys. Unset: they are made under PASSERELLE_DATA.',
      fr: 'Fichier PEM des deux clés du journal de preuves. Absent : elles sont créées sous PASSERELLE_DATA.',
    },
  },
  environment: {
    name: 'PASSERELLE_ENVIRONMENT',
    default: 'development',
    parse: oneOf(ENVIRONMENTS),
    meaning: {
      en: 'What this gateway is for: production, test or development.',
      fr: 'Usage de cette passerelle : production, test ou development (développement).',
    },
  },
  ...limits,
  attachmentsUrl: {
    name: 'PASSERELLE_ATTACHMENTS_URL',
    parse: storeUrl,
    meaning: {
      en: 'An S3-compatible store for attachments: https://host/bucket/prefix?region=…. Unset: they are kept in the record.',
      fr: 'Un espace de stockage compatible S3 pour les pièces jointes : https://hôte/compartiment/préfixe?region=…. Absent : elles sont conservées dans le registre.',
    },
  },
  attachmentsCredentialsFile: {
    name: 'PASSERELLE_ATTACHMENTS_CREDENTIALS',
    parse: path,
    meaning: {
      en: 'File with the credentials of that store: the access key’s id in its first line, its secret in the second. Read again within a minute of a change.',
      fr: 'Fichier des identifiants de ce stockage : l’identifiant de la clé d’accès en première ligne, son secret en seconde. Relu dans la minute qui suit un changement.',
    },
  },
  clamd: {
    name: 'PASSERELLE_CLAMD',
    parse: serverAddress,
    meaning: {
      en: 'clamd, which scans each attachment before it is kept: host:port, or the path of its socket. Unset: none is scanned.',
      fr: 'clamd, qui analyse chaque pièce jointe avant qu’elle soit conservée : hôte et port séparés par deux-points, ou le chemin de son socket. Absent : aucune n’est analysée.',
    },
  },
  recordDisk: {
    name: 'PASSERELLE_RECORD_DISK',
    parse: path,
    meaning: {
      en: 'A folder on the disk that PostgreSQL writes to, where this machine sees it: its free space is watched. Unset: that of the embedded one, else nothing.',
      fr: 'Un dossier du disque où écrit PostgreSQL, si cette machine le voit : l’espace libre en est surveillé. Absent : celui de la base embarquée, sinon rien.',
    },
  },
  backupMaxAgeMs: {
    name: 'PASSERELLE_BACKUP_MAX_AGE',
    parse: duration(1, 'P365D'),
    meaning: {
      en: 'How old the last good backup may be before an alarm. Unset: no alarm.',
      fr: 'Âge maximal de la dernière sauvegarde réussie avant une alarme. Absent : aucune alarme.',
    },
  },
  handshakeRate: {
    name: 'PASSERELLE_HANDSHAKE_RATE',
    default: '50',
    parse: whole(1, 10_000),
    meaning: {
      en: 'TLS handshakes a second for each address, in each process.',
      fr: 'Négociations TLS par seconde et par adresse, dans chaque processus.',
    },
  },
  ...outward,
  desk: {
    name: 'PASSERELLE_DESK',
    default: 'off',
    parse: oneOf(['on', 'off']),
    meaning: {
      en: 'Whether the agency listener serves the desk, the application for people, at /desk/: on or off.',
      fr: 'Si l’écoute pour les organismes sert le poste, l’application destinée aux personnes, sous /desk/ : on (oui) ou off (non).',
    },
  },
  roles: {
    name: 'PASSERELLE_ROLES',
    default: 'api,worker,operations',
    parse: someOf(ROLES),
    meaning: {
      en: 'Which parts this process runs: api, worker, operations.',
      fr: 'Les parties qu’exécute ce processus : api, worker, operations.',
    },
  },
} as const satisfies Record<string, Setting<unknown>>

/** The table as it is documented. */
export const settings: readonly Pick<Setting<unknown>, 'name' | 'default' | 'meaning'>[] = Object.values(table)

/** What a fault names: the variable of a setting. */
export const settingName = (key: keyof typeof table): string => table[key].name

export type Config = Values<typeof table> & {
  /** Whether the development PKI may be made where it is missing: nobody has said anything about certificates. */
  readonly developmentPki: boolean
}

/** One of these given means that somebody runs a PKI of their own. */
const CERTIFICATE_SETTINGS = ['agenciesFile', 'trustFolder', 'tlsCert', 'tlsKey', 'signingCert', 'signingKey'] as const

/**
 * Reads the whole configuration; an empty variable counts as unset. Throws a ConfigurationFault for a value that cannot be,
 * and for a variable that begins with PASSERELLE_ and is none: a misspelt security setting must not be silently ignored.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const known = new Set<string>(settings.map(({ name }) => name))
  const stranger = Object.keys(env).find((name) => name.startsWith('PASSERELLE_') && !known.has(name))
  if (stranger !== undefined) throw strangeSetting(stranger)
  const developmentPki = CERTIFICATE_SETTINGS.every((key) => !env[table[key].name])
  const values = readSettings(table, env)
  if (values.faultPoint !== undefined && values.environment !== 'test')
    throw new ConfigurationFault(`${table.faultPoint.name} is for tests: ${table.environment.name} must be test`)
  return Object.freeze({ ...values, developmentPki })
}
