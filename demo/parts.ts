/** Pieces of which the bodies of the demo's messages are made. Every person, number and address is synthetic. */

import type { JsonObject } from '../sdk/index.ts'
import {
  type AgencyId,
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
} from './agencies.ts'

export const en = (text: string): JsonObject => ({ text, language: 'en' })
/** French words and, where they are to be read in the UK, their translation by a person. */
export const fr = (text: string, english?: string): JsonObject => ({
  text,
  language: 'fr',
  ...(english !== undefined && { translations: [{ text: english, language: 'en', method: 'human' }] }),
})

const worker = (agency: AgencyId, name: string, role: string, organisation: string, phone: string): JsonObject => ({
  name,
  role,
  organisation: `${organisation} (synthetic)`,
  agency,
  phone,
  email: `desk@${agency}.example.org`,
})

export const contacts: Readonly<Record<AgencyId, JsonObject>> = {
  [rys]: {
    ...worker(rys, 'Claire Exemple', 'ngo-child-protection-worker', 'Refugee Youth Service', '+33199000001'),
    languages: ['en', 'fr'],
  },
  [ctac]: worker(ctac, 'Sam Sample', 'advice-centre-social-worker', 'Advice centre', '+441632960001'),
  [homeOffice]: {
    role: 'duty-desk',
    organisation: 'Home Office safeguarding desk (synthetic)',
    agency: homeOffice,
    email: 'desk@ho.example.org',
    phone: '+441632960002',
    phoneOutOfHours: '+441632960092',
  },
  [kent]: worker(kent, 'Alex Specimen', 'allocated-social-worker', 'Kent children’s services', '+441632960100'),
  [croydon]: worker(
    croydon,
    'Max Fictitious',
    'allocated-social-worker',
    'Croydon children’s services',
    '+441632960110',
  ),
  [birmingham]: worker(
    birmingham,
    'Jo Placeholder',
    'allocated-social-worker',
    'Birmingham children’s services',
    '+441632960120',
  ),
  [portsmouth]: worker(
    portsmouth,
    'Robin Invented',
    'allocated-social-worker',
    'Portsmouth children’s services',
    '+441632960130',
  ),
  [pasDeCalais]: worker(pasDeCalais, 'Dominique Modèle', 'crip-officer', 'CRIP du Pas-de-Calais', '+33199000062'),
  [nord]: worker(nord, 'Camille Modèle', 'crip-officer', 'CRIP du Nord', '+33199000059'),
  [calvados]: worker(calvados, 'Andrée Modèle', 'crip-officer', 'CRIP du Calvados', '+33199000014'),
}

/** Why a message may be sent: the sender's grounds, and what carries the data across the Channel. */
export function protectionOf(from: AgencyId, to: string): JsonObject {
  const french = from.startsWith('fr')
  const crossing = french ? 'eu-uk-adequacy' : 'uk-eea-adequacy'
  return {
    purposes: ['locate-child', 'protect-child'],
    lawfulBases: from === rys ? ['legitimate-interests', 'vital-interests'] : ['public-task'],
    specialConditions: french
      ? ['vital-interests', 'substantial-public-interest-fr']
      : ['substantial-public-interest-safeguarding'],
    transferMechanism: from.slice(0, 2) === to.slice(0, 2) ? 'none-domestic' : crossing,
    childInformed: 'not-possible',
    retention: { rule: 'recipient-statutory' },
  }
}

export const handling: JsonObject = {
  marking: 'recipient-only',
  restrictions: ['safeguarding-only', 'no-immigration-enforcement'],
}

export type Child = {
  readonly name: string
  /** In the child's own script: the text, its ISO 15924 code, its language. */
  readonly own?: readonly [string, string, string]
  readonly age?: number | undefined
  readonly sex: 'male' | 'female'
  readonly countries: readonly string[]
}

/** A child's identity as the charity would give it: nothing is known for certain, and what is missing says why. */
export function identity(child: Child, more: JsonObject = {}): JsonObject {
  const [own, script = '', language = ''] = child.own ?? []
  const unclear = child.countries.length > 1
  return {
    names: [
      { full: child.name, script: 'Latn', use: 'reported' },
      ...(own === undefined ? [] : [{ full: own, script, use: 'usual', language }]),
    ],
    ...(child.age !== undefined && {
      age: { years: child.age, asOf: '2016-10-14', basis: 'self-reported', status: 'not-assessed' },
    }),
    sex: child.sex,
    nationalities: child.countries.map((country, index) => ({
      country,
      basis: index === 0 ? 'self-reported' : 'community-knowledge',
      certainty: unclear ? 'disputed' : 'probable',
    })),
    separation: 'unaccompanied',
    ...(child.age === undefined && { absences: [{ field: 'age', reason: 'not-known' }] }),
    ...more,
  }
}

/** The same child as an authority has it on record, under the name it wrote down. */
export function recorded(child: Child, name: string, by: AgencyId, more: JsonObject = {}): JsonObject {
  return identity(child, {
    names: [{ full: name, script: 'Latn', use: 'recorded-by-authority', recordedBy: by }],
    ...more,
  })
}

export function reference(child: Child): JsonObject {
  return { name: child.name, ...(child.age !== undefined && { ageYears: child.age }) }
}

export function concern(code: string, more: JsonObject = {}): JsonObject {
  const rest = { status: 'reported', severity: 'high', immediacy: 'days', source: 'practitioner-observed' }
  return { code, ...rest, ...more }
}

export const separated = concern('separated-from-carers', { status: 'observed' })
export const jungle: JsonObject = {
  kind: 'informal-camp',
  country: 'FRA',
  precision: 'site',
  name: 'Calais ‘Jungle’',
  area: { scheme: 'insee-commune', code: '62193' },
  locality: 'Calais',
}
export const unitedKingdom: JsonObject = { kind: 'administrative-area', country: 'GBR', precision: 'country' }

/** The area of a UK local authority, by the ONS code in its agency id. */
export function areaOf(authority: AgencyId): JsonObject {
  return { scheme: 'gss', code: authority.slice('gb-la-'.length).toUpperCase() }
}

export function placeIn(authority: AgencyId, kind = 'administrative-area'): JsonObject {
  return { kind, country: 'GBR', precision: 'area', area: areaOf(authority) }
}

/** A located child, in the care of an authority that knows of it. */
export function inCareOf(authority: AgencyId, more: JsonObject = {}): JsonObject {
  return {
    since: '2016-10',
    place: placeIn(authority, 'child-care-home'),
    responsibleAuthority: authority,
    knownToChildrensServices: 'yes',
    allocatedSocialWorker: contacts[authority],
    entry: { on: '2016-10', mode: 'lorry', port: 'Dover', howFound: 'found-in-lorry-by-immigration' },
    ...more,
  }
}

/** A child who is in an authority's area, and whom its children's services do not know. */
export function unknownTo(authority: AgencyId, more: JsonObject = {}): JsonObject {
  return {
    since: '2016-10',
    place: placeIn(authority, 'private-address'),
    authorityCode: areaOf(authority),
    knownToChildrensServices: 'no',
    ...more,
  }
}

export const notPresent: JsonObject = { obtained: 'not-possible', whyNot: 'child-not-present' }
export const goodMatch: JsonObject = {
  grade: 'probable',
  agreesOn: ['name-variant', 'age', 'nationality', 'travel-dates'],
  differsOn: [],
}
