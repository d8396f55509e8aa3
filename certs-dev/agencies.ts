/** The development agencies of protocol section 13. Telephone numbers are of the ranges kept for fiction. */
import type { Kind } from '../gateway/protocol/protocol.ts'
import type { Text } from '../gateway/base/base.ts'
import type { KeyAlgorithm } from './pki.ts'

export type DevelopmentAgency = {
  readonly id: string
  readonly name: Text
  readonly country: 'FR' | 'GB'
  readonly kind: Kind
  readonly roles: readonly string[]
  /** Of the signing key; ES256 where absent. */
  readonly algorithm?: KeyAlgorithm
  readonly contact?: { readonly email?: string; readonly phone?: string; readonly outOfHours?: string }
}

export const agencies: readonly DevelopmentAgency[] = [
  {
    id: 'fr-rys',
    name: { en: 'Refugee Youth Service', fr: 'Refugee Youth Service (service aux jeunes réfugiés)' },
    country: 'FR',
    kind: 'ngo',
    roles: ['referrer'],
    contact: { email: 'protection@rys.example', phone: '+33199000001', outOfHours: '+33639980001' },
  },
  {
    id: 'gb-ctac',
    name: { en: 'CTAC, advice centre', fr: 'CTAC, centre de conseil' },
    country: 'GB',
    kind: 'ngo',
    roles: ['coordinator'],
    contact: { email: 'advice@ctac.example', phone: '+441632960001', outOfHours: '+447700900001' },
  },
  {
    id: 'gb-home-office',
    name: { en: 'Home Office, safeguarding desk', fr: 'Home Office (ministère de l’Intérieur), cellule protection' },
    country: 'GB',
    kind: 'home-office',
    roles: ['status-checker'],
    algorithm: 'PS256',
    contact: { email: 'safeguarding@home-office.example', phone: '+441632960002' },
  },
  authority('gb-la-e10000016', 'Kent County Council', 'Conseil du comté de Kent', 'kent', 3),
  {
    ...authority('gb-la-e09000008', 'London Borough of Croydon', 'Croydon (arrondissement de Londres)', 'croydon', 4),
    algorithm: 'EdDSA',
  },
  authority('gb-la-e08000025', 'Birmingham City Council', 'Conseil municipal de Birmingham', 'birmingham', 5),
  authority('gb-la-e06000044', 'Portsmouth City Council', 'Conseil municipal de Portsmouth', 'portsmouth', 6),
  { ...departement(62, 'Pas-de-Calais', 'du Pas-de-Calais'), algorithm: 'ES384' },
  departement(59, 'Nord', 'du Nord'),
  departement(14, 'Calvados', 'du Calvados'),
]

/** Who may look at the console, and be the second to agree. */
export const operators: readonly { readonly id: string; readonly name: string }[] = [
  { id: 'duty', name: 'Duty operator' },
  { id: 'manager', name: 'Operations manager' },
]

function authority(id: string, en: string, fr: string, domain: string, line: number): DevelopmentAgency {
  return {
    id,
    name: { en: `${en}, children’s services`, fr: `${fr}, services de l’enfance` },
    country: 'GB',
    kind: 'local-authority',
    roles: ['children-services'],
    contact: {
      email: `front-door@${domain}.example`,
      phone: `+44163296000${line}`,
      outOfHours: `+44770090000${line}`,
    },
  }
}

function departement(code: number, en: string, fr: string): DevelopmentAgency {
  return {
    id: `fr-dep-${code}`,
    name: { en: `Département of ${en}, child welfare`, fr: `Département ${fr}, aide sociale à l’enfance` },
    country: 'FR',
    kind: 'local-authority',
    roles: ['referrer', 'children-services'],
    contact: { email: `crip@dep-${code}.example`, phone: `+331990000${code}`, outOfHours: `+336399800${code}` },
  }
}
