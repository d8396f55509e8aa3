import type { MessageType } from '../generated/bodies.ts'
import type { Text } from '../problem.ts'
import { examplesOf } from '../validate/validate.ts'

/** The roles of section 5 that a partner may have itself tested in. */
export const roleNames = ['referrer', 'coordinator', 'status-checker', 'children-services'] as const
export type RoleName = (typeof roleNames)[number]

/** A role as a run plays it: who is tested, and which messages of the pathway it sends, gets and answers. */
export type Role = {
  readonly name: RoleName
  readonly title: Text
  readonly agency: string
  /** What it begins with, and to whom. */
  readonly sends: MessageType
  readonly to: string
  /** What comes to it, and from whom; and what answers that. */
  readonly gets: MessageType
  readonly from: string
  readonly replies: MessageType
}

/** Somebody whom the authority knows as well, and whom nothing here concerns. */
export const STRANGER = 'fr-dep-62'

export const roles: Readonly<Record<RoleName, Role>> = {
  referrer: {
    name: 'referrer',
    title: { en: 'referrer', fr: 'auteur de saisines' },
    agency: 'fr-rys',
    sends: 'referral',
    to: 'gb-ctac',
    gets: 'information-request',
    from: 'gb-ctac',
    replies: 'information-response',
  },
  coordinator: {
    name: 'coordinator',
    title: { en: 'coordinator', fr: 'coordonnateur' },
    agency: 'gb-ctac',
    sends: 'status-check-request',
    to: 'gb-home-office',
    gets: 'referral',
    from: 'fr-rys',
    replies: 'outcome',
  },
  'status-checker': {
    name: 'status-checker',
    title: { en: 'status checker', fr: 'vérificateur de situation' },
    agency: 'gb-home-office',
    sends: 'child-found',
    to: 'gb-ctac',
    gets: 'status-check-request',
    from: 'gb-ctac',
    replies: 'status-check-result',
  },
  'children-services': {
    name: 'children-services',
    title: { en: 'children’s services', fr: 'services de l’enfance' },
    agency: 'gb-la-e10000016',
    sends: 'missing-notification',
    to: 'gb-ctac',
    gets: 'assessment-referral',
    from: 'gb-ctac',
    replies: 'safeguarding-confirmation',
  },
}

/** Everybody in the directory of a run. */
export const agencies = {
  'fr-rys': { kind: 'ngo', country: 'FR', roles: ['referrer'] },
  'gb-ctac': { kind: 'ngo', country: 'GB', roles: ['coordinator'] },
  'gb-home-office': { kind: 'home-office', country: 'GB', roles: ['status-checker'] },
  'gb-la-e10000016': { kind: 'local-authority', country: 'GB', roles: ['children-services'] },
  [STRANGER]: { kind: 'local-authority', country: 'FR', roles: ['referrer', 'children-services'] },
} as const satisfies Readonly<Record<string, object>>

/** The body of the published example of a type: about nobody. */
export function bodyOf(type: MessageType): object {
  return examplesOf(type)[0].body
}
