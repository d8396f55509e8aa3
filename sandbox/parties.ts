/** Who is in the sandbox: the development agencies, and four authorities whose endpoints fail, each in its own way. */

import { agencies as standard, type DevelopmentAgency } from '../certs-dev/agencies.ts'
import {
  birmingham,
  calvados,
  croydon,
  ctac,
  homeOffice,
  kent,
  nord,
  pasDeCalais,
  portsmouth,
  rys,
} from '../demo/agencies.ts'
import type { Text } from '../sdk/index.ts'

/**
 * How a party takes what is sent to it. The first three are a desk's; the others are those of an endpoint to which the gateway
 * pushes, and which fails before it takes the message as it should.
 */
export const behaviours = {
  normal: {
    title: { en: 'Takes what comes', fr: 'Accepte ce qui arrive' },
    means: {
      en: 'Reads its inbox, signs for each message and answers.',
      fr: 'Lit sa boîte, accuse réception de chaque message et répond.',
    },
  },
  refuses: {
    title: { en: 'Refuses', fr: 'Refuse' },
    means: {
      en: 'Signs that it refuses what it is asked to do: you get the receipt ConsignmentRejection, with the reason.',
      fr: 'Signe son refus de ce qui lui est demandé\u00a0: vous recevez le récépissé ConsignmentRejection, avec le motif.',
    },
  },
  closed: {
    title: { en: 'Out of hours', fr: 'Bureau fermé' },
    means: {
      en: 'Its desk is closed. The answer to your message says notBefore, and the message waits; one that is immediate goes to the duty team at once.',
      fr: 'Son bureau est fermé. La réponse à votre message indique notBefore, et le message attend\u202f; s’il est à traiter immédiatement, il va tout de suite à l’équipe d’astreinte.',
    },
  },
  slow: {
    title: { en: 'Slow', fr: 'Lent' },
    means: {
      en: 'Its endpoint answers the first delivery later than the gateway waits; the second is signed for at once. You see two attempts.',
      fr: 'Son serveur répond à la première remise plus tard que la passerelle n’attend\u202f; la deuxième est acceptée aussitôt. Vous voyez deux tentatives (attempts).',
    },
  },
  busy: {
    title: { en: '503 first', fr: 'D’abord 503' },
    means: {
      en: 'Its endpoint answers the first delivery 503 with Retry-After, the second as it should. You see attempts and nextAttemptAt.',
      fr: 'Son serveur répond 503 avec Retry-After à la première remise, et comme il faut à la deuxième. Vous voyez attempts et nextAttemptAt.',
    },
  },
  forged: {
    title: { en: 'Forged acknowledgement', fr: 'Accusé falsifié' },
    means: {
      en: 'Its endpoint answers with an acknowledgement that another key has signed. The gateway does not believe it: the message stays consigned until the true acknowledgement comes.',
      fr: 'Son serveur répond par un accusé de réception signé d’une autre clé. La passerelle ne le croit pas\u00a0: le message reste déposé jusqu’à ce que vienne le véritable accusé.',
    },
  },
  twice: {
    title: { en: 'Delivered twice', fr: 'Remis deux fois' },
    means: {
      en: 'Its endpoint takes the message, but its answer is lost, so the gateway brings it again. It tells the repetition by from and id, and answers once.',
      fr: 'Son serveur prend le message, mais sa réponse se perd, et la passerelle le rapporte. Il reconnaît la répétition par from et id, et ne répond qu’une fois.',
    },
  },
} as const satisfies Record<string, { readonly title: Text; readonly means: Text }>
export type Behaviour = keyof typeof behaviours

/** Those for which the gateway must push to an endpoint. */
export const isPushed = (behaviour: Behaviour): boolean =>
  behaviour === 'slow' || behaviour === 'busy' || behaviour === 'forged' || behaviour === 'twice'

export type Role = 'referrer' | 'coordinator' | 'status-checker' | 'children-services'
export type Party = {
  readonly id: string
  readonly name: Text
  readonly country: 'FR' | 'GB'
  readonly roles: readonly string[]
  /** What its automatic player does where nobody has asked for anything else. */
  readonly usually: Behaviour
}

const faulty = (behaviour: Behaviour, en: string, fr: string): DevelopmentAgency => ({
  id: `gb-la-${behaviour}`,
  name: { en: `${en} (only in the sandbox)`, fr: `${fr} (bac à sable seulement)` },
  country: 'GB',
  kind: 'local-authority',
  roles: ['children-services'],
  contact: { email: `front-door@${behaviour}.example` },
})

/** What the sandbox's registry has beside the agencies of protocol section 13. */
export const furtherAgencies: readonly DevelopmentAgency[] = [
  faulty('slow', 'Slow Council', 'Conseil lent'),
  faulty('busy', 'Busy Council', 'Conseil débordé'),
  faulty('forged', 'Forged Council', 'Conseil falsifié'),
  faulty('twice', 'Twice Council', 'Conseil bis'),
]

const usually: Readonly<Record<string, Behaviour>> = {
  [kent]: 'normal',
  [birmingham]: 'normal',
  [pasDeCalais]: 'normal',
  [croydon]: 'refuses',
  [nord]: 'refuses',
  [portsmouth]: 'closed',
  [calvados]: 'closed',
  'gb-la-slow': 'slow',
  'gb-la-busy': 'busy',
  'gb-la-forged': 'forged',
  'gb-la-twice': 'twice',
}

export const parties: readonly Party[] = [...standard, ...furtherAgencies].map(({ id, name, country, roles }) => ({
  id,
  name,
  country,
  roles,
  usually: usually[id] ?? 'normal',
}))

/** The seat that a partner has where nothing else is said. */
export const FIRST_SEAT = rys

export const isParty = (id: string): boolean => parties.some((party) => party.id === id)
export const isBehaviour = (word: string): word is Behaviour => Object.hasOwn(behaviours, word)
export const hasRole = (id: string, role: Role): boolean =>
  parties.some((party) => party.id === id && party.roles.includes(role))

/** What a party can be asked to do: opening hours count for authorities alone, and only they are asked to act. */
export const behavioursOf = (id: string): readonly Behaviour[] =>
  (Object.keys(behaviours) as Behaviour[]).filter(
    (each) => (each !== 'closed' && each !== 'refuses') || hasRole(id, 'children-services'),
  )

/** The authority that is asked where another has refused: it confirms, and is asked once. */
export const fallback = birmingham
export { birmingham, croydon, ctac, homeOffice, kent, pasDeCalais, portsmouth, rys }
