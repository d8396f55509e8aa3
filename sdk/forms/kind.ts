import type { Text } from '../problem.ts'
import { itemSpot, membersOf, partOf, type Spot } from './spot.ts'
import type { Release } from '../validate/schema.ts'

/** What is typed or chosen for one value. */
export type Kind =
  | 'text'
  | 'long'
  | 'code'
  | 'flag'
  | 'number'
  | 'day'
  | 'when'
  | 'time'
  | 'phone'
  | 'email'
  | 'language'
  | 'script'
  | 'id'
  | 'agency'
  | 'digest'

/** What a place wants: one value, several of one kind, a group of members, or a list of groups. */
export type Shape =
  | { readonly shape: 'one' | 'many'; readonly kind: Kind }
  | { readonly shape: 'group' }
  /** A text with its language, and translations. */
  | { readonly shape: 'words' }
  | { readonly shape: 'list' }

/** Definitions whose text has a form that people do not type. */
const FORMS: Readonly<Record<string, Kind>> = {
  date: 'day',
  partialDate: 'when',
  whenKnown: 'when',
  moment: 'when',
  dateTime: 'time',
  phone: 'phone',
  email: 'email',
  language: 'language',
  script: 'script',
  uuid: 'id',
  agencyId: 'agency',
  digest: 'digest',
}
const DEFINITION = /#\/\$defs\/(\w+)$/
/** A text that may be longer is written in a large box. */
const LINE = 300

/** Takes what is said of a place; gives what it wants. */
export function shapeOf(release: Release, spot: Spot): Shape {
  if (partOf(spot, 'enum') !== undefined) return { shape: 'one', kind: 'code' }
  const type = partOf(spot, 'type')
  if (type === 'array') {
    const item = shapeOf(release, itemSpot(release, spot, undefined))
    return item.shape === 'one' ? { shape: 'many', kind: item.kind } : { shape: 'list' }
  }
  if (type === 'object') {
    const names = membersOf(spot)
    return names.includes('text') && names.includes('language') && names.includes('translations')
      ? { shape: 'words' }
      : { shape: 'group' }
  }
  return { shape: 'one', kind: kindOf(spot, type) }
}

function kindOf(spot: Spot, type: string | undefined): Kind {
  if (type === 'boolean') return 'flag'
  if (type === 'integer') return 'number'
  for (const { schema } of spot) {
    const form = FORMS[DEFINITION.exec(schema.$ref ?? '')?.[1] ?? '']
    if (form !== undefined) return form
  }
  return (partOf(spot, 'maxLength') ?? 0) > LINE ? 'long' : 'text'
}

export type Choice = { readonly value: string | boolean; readonly code: string; readonly text: Text }

const YES_NO: readonly Choice[] = [
  { value: true, code: 'true', text: { en: 'Yes', fr: 'Oui' } },
  { value: false, code: 'false', text: { en: 'No', fr: 'Non' } },
]
const SAID: Readonly<Record<string, Text>> = Object.fromEntries(YES_NO.map(({ code, text }) => [code, text]))

/** The codes of a list with their meanings, or those that a rule leaves of it; yes and no where it is a flag. */
export function choicesAt(spot: Spot): readonly Choice[] {
  const only = partOf(spot, 'const')
  const titles = partOf(spot, 'x-enumTitles') ?? {}
  const codes = partOf(spot, 'enum')
  if (codes === undefined) return YES_NO
  return codes.flatMap((value) => {
    if (typeof value !== 'string' && typeof value !== 'boolean') return []
    const code = String(value)
    // «True» and «false» are for programmers.
    const text = (typeof value === 'boolean' ? SAID[code] : titles[code]) ?? { en: code, fr: code }
    return only === undefined || only === value ? [{ value, code, text }] : []
  })
}
