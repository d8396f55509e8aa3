import { duration, durations, faultPoint, type Setting, whole } from './setting.ts'

/** As the protocol's section 6 has it, for each of the priorities of section 3. */
const UNREAD_AFTER = 'immediate=PT15M,urgent=P1D,routine=P3D'

/** How long, how large, how many, and where a test ends it: a part of the table of settings (protocol section 13). */
export const limits = {
  faultPoint: {
    name: 'PASSERELLE_FAULT_POINT',
    parse: faultPoint,
    meaning: {
      en: 'For tests of the gateway itself: where it kills itself, <place>:<n>. Only where PASSERELLE_ENVIRONMENT is test. Unset: nowhere.',
      fr: 'Pour les tests de la passerelle elle-même : où elle se tue, par un lieu et un nombre que séparent deux-points. Seulement si PASSERELLE_ENVIRONMENT vaut test. Absent : nulle part.',
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
  callsAtOnce: {
    name: 'PASSERELLE_CALLS_AT_ONCE',
    default: '256',
    parse: whole(8, 1_024),
    meaning: {
      en: 'Calls of one kind that each agency may have under way, in each process: twice as many listings, a quarter of it for the directory and for attachments fetched, an eighth for those put.',
      fr: 'Appels d’un même type en cours par organisme, dans chaque processus : le double pour les listes, le quart pour l’annuaire et les pièces jointes récupérées, le huitième pour celles déposées.',
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
} as const satisfies Record<string, Setting<unknown>>
