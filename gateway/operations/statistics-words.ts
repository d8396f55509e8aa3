import type { Text } from '../base/base.ts'
import type { Catalogue, Shown, Tables } from '../protocol/protocol.ts'

/** What each table of the statistics counts, in the order in which they are read. */
export const tableTexts = {
  result: { en: 'Children referred, by result', fr: 'Saisines, par résultat' },
  outcome: { en: 'Children referred, by newest outcome', fr: 'Saisines, par issue la plus récente' },
  nationality: { en: 'Children referred, by nationality', fr: 'Saisines, par nationalité' },
  age: { en: 'Children referred, by age at referral', fr: 'Saisines, par âge lors de la saisine' },
  sex: { en: 'Children referred, by sex', fr: 'Saisines, par sexe' },
  concern: {
    en: 'Children referred, by concern (each child under every concern that was named)',
    fr: 'Saisines, par élément de danger ou d’inquiétude (chaque enfant pour chacun de ceux qui ont été indiqués)',
  },
} as const satisfies Record<keyof Tables, Text>

/** The code list of each table. */
const LISTS: Readonly<Record<keyof Tables, string>> = {
  result: 'outcomeCode',
  outcome: 'outcomeCode',
  nationality: 'country',
  age: 'age',
  sex: 'sex',
  concern: 'concern',
}

/** Words for what stands in no code list. */
const OWN: Readonly<Record<string, Text>> = {
  'result located': { en: 'Located, in care or with family', fr: 'Localisés, pris en charge ou en famille' },
  'result pending': { en: 'No outcome yet', fr: 'Pas encore d’issue' },
  'outcome located-not-confirmed': {
    en: 'Located, outcome not yet told',
    fr: 'Localisés, issue non encore communiquée',
  },
  'outcome none': { en: 'No outcome yet', fr: 'Pas encore d’issue' },
  'nationality unclear': { en: 'Unclear: two or more named', fr: 'Incertaine : deux ou plusieurs indiquées' },
  'nationality unknown': { en: 'Not known', fr: 'Inconnue' },
  'age 18-and-over': { en: '18 and over', fr: '18 ans et plus' },
  'age not-specified': { en: 'Not specified', fr: 'Non précisé' },
}

/** What a code of a table means; an unknown code is its own word. */
export function codeText({ title }: Pick<Catalogue, 'title'>, table: keyof Tables, code: string): Text {
  const text = OWN[`${table} ${code}`] ?? title(LISTS[table], code)
  if (text !== undefined) return text
  return table === 'age' ? { en: code, fr: `${code}\u00A0${Number(code) > 1 ? 'ans' : 'an'}` } : { en: code, fr: code }
}

const UNDER_FIVE: Text = { en: 'fewer than 5', fr: 'moins de 5' }
const SUPPRESSED: Text = { en: 'not published', fr: 'non publié' }

/** How a number, or what stands in its place, is read. */
export function describeShown(shown: Shown): Text {
  if (typeof shown === 'number') return { en: String(shown), fr: String(shown) }
  return shown === '<5' ? UNDER_FIVE : SUPPRESSED
}
