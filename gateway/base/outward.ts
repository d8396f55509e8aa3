import { duration, path, type Setting } from './setting.ts'
import { collectorUrl, mailAddress, pagesUrl, smtpUrl, stampingUrl, webhookUrl } from './setting-url.ts'

/** Whom the gateway tells something outside of the exchange, and where what it says can be read. */
export const outward = {
  smtpUrl: {
    name: 'PASSERELLE_SMTP_URL',
    parse: smtpUrl,
    meaning: {
      en: 'Where notifications go out. Unset: they are logged.',
      fr: 'Serveur d’envoi des notifications. Absent : elles sont journalisées.',
    },
  },
  alarmEmail: {
    name: 'PASSERELLE_ALARM_EMAIL',
    parse: mailAddress,
    meaning: {
      en: 'Whom alarms are mailed to, through PASSERELLE_SMTP_URL. Unset: nobody.',
      fr: 'Destinataire des alarmes par courriel, par PASSERELLE_SMTP_URL. Absent : personne.',
    },
  },
  alarmWebhook: {
    name: 'PASSERELLE_ALARM_WEBHOOK',
    parse: webhookUrl,
    meaning: {
      en: 'URL that alarms are posted to, signed. Unset: none.',
      fr: 'URL à laquelle les alarmes sont envoyées par POST, signées. Absent : aucune.',
    },
  },
  alarmWebhookSecretFile: {
    name: 'PASSERELLE_ALARM_WEBHOOK_SECRET',
    parse: path,
    meaning: {
      en: 'File with the secret that these are signed with: whsec_ and 24 to 64 bytes in base64; two lines while one takes the place of the other.',
      fr: 'Fichier du secret qui les signe : whsec_ et 24 à 64 octets en base64 ; deux lignes le temps d’un remplacement.',
    },
  },
  documentationUrl: {
    name: 'PASSERELLE_DOCUMENTATION_URL',
    parse: pagesUrl,
    meaning: {
      en: 'Where a partner’s browser reaches the pages of problems, which each refusal links to: /problems/<code> behind it. Unset: the operations listener.',
      fr: 'Adresse où le navigateur d’un partenaire atteint les pages des problèmes, auxquelles renvoie chaque refus : elle est suivie de /problems/<code>. Absent : l’écoute de l’exploitation.',
    },
  },
  tsaUrl: {
    name: 'PASSERELLE_TSA_URL',
    parse: stampingUrl,
    meaning: {
      en: 'Time-stamping authority (RFC 3161) that checkpoints of the evidence log are stamped by. Unset: none is.',
      fr: 'Autorité d’horodatage (RFC 3161) qui horodate les points de contrôle du journal de preuves. Absent : aucun n’est horodaté.',
    },
  },
  tsaAnchorsFile: {
    name: 'PASSERELLE_TSA_ANCHORS',
    parse: path,
    meaning: {
      en: 'PEM file with the root certificates that its time stamps must lead to, and the intermediates that it does not send.',
      fr: 'Fichier PEM des certificats racines auxquels doivent mener ses jetons d’horodatage, et des intermédiaires qu’elle n’envoie pas.',
    },
  },
  tsaIntervalMs: {
    name: 'PASSERELLE_TSA_INTERVAL',
    default: 'PT1H',
    parse: duration(1_000, 'P7D'),
    meaning: {
      en: 'No sooner is it asked for another time stamp.',
      fr: 'Délai minimal avant de lui demander un autre jeton d’horodatage.',
    },
  },
  documentationFolder: {
    name: 'PASSERELLE_DOCUMENTATION_FOLDER',
    parse: path,
    meaning: {
      en: 'Folder of the documentation site, as npm run docs builds it, which the operations listener then shows to anybody under /docs/. Unset: it shows none.',
      fr: 'Dossier du site de documentation, tel que le produit npm run docs ; l’écoute de l’exploitation le montre alors à tous sous /docs/. Absent : elle n’en montre pas.',
    },
  },
  otlpEndpoint: {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    parse: collectorUrl,
    meaning: {
      en: 'Collector of OpenTelemetry that traces are sent to (OTLP over HTTP). Unset: no trace is made.',
      fr: 'Collecteur OpenTelemetry auquel les traces sont envoyées (OTLP sur HTTP). Absent : aucune trace n’est produite.',
    },
  },
} as const satisfies Record<string, Setting<unknown>>
