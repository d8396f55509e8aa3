import type { Text } from '../sdk/index.ts'

/** The figures of the NSPCC's report «Uprooted and unprotected» (August 2016 to November 2017), as it prints them. */
export const report = {
  referred: 196,
  located: 68,
  notLocated: 128,
  girls: 4,
  girlsLocated: 0,
  youngest: 9,
  mostCommonAge: 15,
  withoutAge: 3,
  missingAgain: 1,
} as const

export type Nationality = {
  readonly key: string
  readonly name: Text
  readonly referred: number
  readonly located?: number
}

/** Figure 2; «located» only where the report gives it. Two nationalities for one child and one unknown are the report's own. */
export const nationalities: readonly Nationality[] = [
  { key: 'AFG', name: { en: 'Afghan', fr: 'Afghane' }, referred: 110, located: 43 },
  { key: 'ERI', name: { en: 'Eritrean', fr: 'Érythréenne' }, referred: 34, located: 15 },
  { key: 'ETH', name: { en: 'Ethiopian', fr: 'Éthiopienne' }, referred: 16 },
  { key: 'SDN', name: { en: 'Sudanese', fr: 'Soudanaise' }, referred: 13, located: 3 },
  { key: 'SYR', name: { en: 'Syrian', fr: 'Syrienne' }, referred: 6 },
  { key: 'IRQ', name: { en: 'Iraqi', fr: 'Irakienne' }, referred: 6 },
  { key: 'EGY', name: { en: 'Egyptian', fr: 'Égyptienne' }, referred: 3 },
  { key: 'TCD', name: { en: 'Chadian', fr: 'Tchadienne' }, referred: 2 },
  { key: 'IRN', name: { en: 'Iranian', fr: 'Iranienne' }, referred: 2 },
  { key: '', name: { en: 'Unknown', fr: 'Inconnue' }, referred: 1 },
  { key: 'VNM', name: { en: 'Vietnamese', fr: 'Vietnamienne' }, referred: 1 },
  { key: 'PAK', name: { en: 'Pakistani', fr: 'Pakistanaise' }, referred: 1 },
  { key: 'SYR+EGY', name: { en: 'Syrian/Egyptian', fr: 'Syrienne/Égyptienne' }, referred: 1 },
]
