import type { Text } from '../sdk/index.ts'

/** The development agencies of protocol section 13, by the names that people use. */
export const rys = 'fr-rys'
export const ctac = 'gb-ctac'
export const homeOffice = 'gb-home-office'
export const kent = 'gb-la-e10000016'
export const croydon = 'gb-la-e09000008'
export const birmingham = 'gb-la-e08000025'
export const portsmouth = 'gb-la-e06000044'
export const pasDeCalais = 'fr-dep-62'
export const nord = 'fr-dep-59'
export const calvados = 'fr-dep-14'

export const names = {
  [rys]: { en: 'Refugee Youth Service', fr: 'Refugee Youth Service' },
  [ctac]: { en: 'Advice centre', fr: 'Centre de conseil' },
  [homeOffice]: { en: 'Home Office', fr: 'Home Office' },
  [kent]: { en: 'Kent', fr: 'Kent' },
  [croydon]: { en: 'Croydon', fr: 'Croydon' },
  [birmingham]: { en: 'Birmingham', fr: 'Birmingham' },
  [portsmouth]: { en: 'Portsmouth', fr: 'Portsmouth' },
  [pasDeCalais]: { en: 'Pas-de-Calais', fr: 'Pas-de-Calais' },
  [nord]: { en: 'Nord', fr: 'Nord' },
  [calvados]: { en: 'Calvados', fr: 'Calvados' },
} as const satisfies Record<string, Text>

export type AgencyId = keyof typeof names
export const agencyIds = Object.keys(names).filter((id): id is AgencyId => Object.hasOwn(names, id))
