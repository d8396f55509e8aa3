import {
  ConfigurationFault,
  duration,
  durations,
  host,
  KUBERNETES,
  oneOf,
  path,
  readSettings,
  type Setting,
  someOf,
  type Values,
  whole,
} from './setting.ts'
import { databaseUrl, redisUrl, smtpUrl } from './setting-url.ts'

export { ConfigurationFault } from './setting.ts'

const ENVIRONMENTS = ['production', 'test', 'development'] as const
const ROLES = ['api', 'worker', 'operations'] as const
/** As the protocol's section 6 has it, for each of the priorities of section 3. */
const UNREAD_AFTER = 'immediate=PT15M,urgent=P1D,routine=P3D'

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
      en: 'File with the 32-byte data key in base64. Unset: one is made under PASSERELLE_DATA.',
      fr: 'Fichier de la clé de données, 32 octets en base64. Absent : elle est créée sous PASSERELLE_DATA.',
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
  deliveryHorizonMs: {
    name: 'PASSERELLE_DELIVERY_HORIZON',
    default: 'PT72H',
    parse: duration(1, 'P365D'),
    meaning: {
      en: 'How long delivery of a message is tried before it is a dead letter.',
      fr: 'Durée pendant laquelle la remise d’un message est tentée avant d’être déclarée en échec.',
    },
  },
  unreadAfterMs: {
    name: 'PASSERELLE_UNREAD_AFTER',
    default: UNREAD_AFTER,
    parse: durations(['immediate', 'urgent', 'routine'], UNREAD_AFTER, 'P30D'),
    meaning: {
      en: 'How long a message may lie unread, by priority, before its sender and the operators are told.',
      fr: 'Durée pendant laquelle un message peut rester non lu, par priorité, avant que l’expéditeur et les opérateurs soient prévenus.',
    },
  },
  pushTimeoutMs: {
    name: 'PASSERELLE_PUSH_TIMEOUT',
    default: 'PT15S',
    parse: duration(1, 'PT10M'),
    meaning: {
      en: 'How long one attempt at an agency’s endpoint may take.',
      fr: 'Durée maximale d’une tentative auprès du point d’accès d’un organisme.',
    },
  },
  crlGraceMs: {
    name: 'PASSERELLE_CRL_GRACE',
    default: 'PT24H',
    parse: duration(0, 'P30D'),
    meaning: {
      en: 'How long a revocation list past its next update still counts, with an alarm.',
      fr: 'Durée pendant laquelle une liste de révocation périmée compte encore, avec une alarme.',
    },
  },
  maxMessageBytes: {
    name: 'PASSERELLE_MAX_MESSAGE_BYTES',
    default: '262144',
    parse: whole(1024, 16 * 1024 * 1024),
    meaning: { en: 'The largest message, as signed.', fr: 'Taille maximale d’un message signé, en octets.' },
  },
  rateLimit: {
    name: 'PASSERELLE_RATE_LIMIT',
    default: '600',
    parse: whole(1, 10_000_000),
    meaning: {
      en: 'Submissions a minute for each agency, over all processes.',
      fr: 'Dépôts par minute et par organisme, tous processus confondus.',
    },
  },
  dailyBytes: {
    name: 'PASSERELLE_DAILY_BYTES',
    default: '10737418240',
    parse: whole(1_048_576, 999_999_999_999_999),
    meaning: {
      en: 'Bytes of submissions, acknowledgements and attachments a day for each agency, over all processes; of the first two, a sixtieth of it a minute.',
      fr: 'Octets des dépôts, des accusés et des pièces jointes par jour et par organisme, tous processus confondus ; pour les deux premiers, un soixantième par minute.',
    },
  },
  attachmentGraceMs: {
    name: 'PASSERELLE_ATTACHMENT_GRACE',
    default: 'PT24H',
    parse: duration(1_000, 'P30D'),
    meaning: {
      en: 'How long an attachment is kept that no message names.',
      fr: 'Durée pendant laquelle une pièce jointe qu’aucun message ne cite est conservée.',
    },
  },
  attachmentQuota: {
    name: 'PASSERELLE_ATTACHMENT_QUOTA',
    default: '1073741824',
    parse: whole(1, 999_999_999_999_999),
    meaning: {
      en: 'Bytes of attachments that each agency may have put, or be putting, and no message has named, over all processes.',
      fr: 'Octets de pièces jointes que chaque organisme peut avoir déposés, ou être en train de déposer, sans qu’un message les cite, tous processus confondus.',
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
  handshakeRate: {
    name: 'PASSERELLE_HANDSHAKE_RATE',
    default: '50',
    parse: whole(1, 10_000),
    meaning: {
      en: 'TLS handshakes a second for each address, in each process.',
      fr: 'Négociations TLS par seconde et par adresse, dans chaque processus.',
    },
  },
  smtpUrl: {
    name: 'PASSERELLE_SMTP_URL',
    parse: smtpUrl,
    meaning: {
      en: 'Where notifications go out. Unset: they are logged.',
      fr: 'Serveur d’envoi des notifications. Absent : elles sont journalisées.',
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

/** `PASSERELLE_SERVICE_HOST`, `PASSERELLE_PORT_8443_TCP_ADDR`, `PASSERELLE_OPERATIONS_SERVICE_PORT_HTTPS` and their like. */
const OF_KUBERNETES = /_SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)$|_PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)(?:_[A-Z]+)?)?$/

/**
 * Reads the whole configuration; an empty variable counts as unset. Throws a ConfigurationFault for a value that cannot be,
 * and for a variable that begins with PASSERELLE_ and is none: a misspelt security setting must not be silently ignored.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const known = new Set<string>(settings.map(({ name }) => name))
  const stranger = Object.keys(env).find((name) => name.startsWith('PASSERELLE_') && !known.has(name))
  if (stranger !== undefined) {
    const why = OF_KUBERNETES.test(stranger) ? `; ${KUBERNETES}` : ''
    throw new ConfigurationFault(`${stranger} is not a setting of the gateway${why}`)
  }
  const developmentPki = CERTIFICATE_SETTINGS.every((key) => !env[table[key].name])
  return Object.freeze({ ...readSettings(table, env), developmentPki })
}
