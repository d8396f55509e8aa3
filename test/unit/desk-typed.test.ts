import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatWhen, parseWhen, sayWhen } from '../../sdk/forms/typed/dates.ts'
import { languages, nameOfLanguage } from '../../desk/writing/typed/languages.ts'
import { parseNumber } from '../../sdk/forms/typed/numbers.ts'
import { loadPhones } from '../../desk/writing/typed/phones.ts'
import { scriptOf } from '../../sdk/forms/typed/script.ts'
import { releases, schemasOf } from '../../sdk/validate/validate.ts'

/** What people type, and what is made of it. */

/** A Saturday evening, where it is typed. */
const now = new Date(2026, 10, 28, 22, 30)
const when = (typed: string) => parseWhen(typed, 'when', { now })
const { $defs = {} } = schemasOf(releases().at(-1) ?? '')['definitions.schema.json'] ?? {}
const form = (name: string) => new RegExp($defs[name]?.pattern ?? '^$', 'u')

describe('a date', () => {
  test.each([
    ['3/11/2017', '2017-11-03'],
    ['03.11.2017', '2017-11-03'],
    ['3-11-17', '2017-11-03'],
    ['3/11', '2026-11-03'],
    ['3/12', '2025-12-03'],
    ['3 November 2017', '2017-11-03'],
    ['3rd of Nov', '2026-11-03'],
    ['3 novembre 2017', '2017-11-03'],
    ['1er août 2016', '2016-08-01'],
    ['15 déc.', '2025-12-15'],
    ['November 2017', '2017-11'],
    ['nov. 2017', '2017-11'],
    ['décembre', '2025-12'],
    ['11/2017', '2017-11'],
    ['2017', '2017'],
    ['2017-11-03', '2017-11-03'],
    ['today', '2026-11-28'],
    ['Aujourd’hui', '2026-11-28'],
    ['yesterday', '2026-11-27'],
    ['Hier', '2026-11-27'],
    ['avant-hier', '2026-11-26'],
    ['3 days ago', '2026-11-25'],
    ['il y a 2 semaines', '2026-11-14'],
    ['Monday', '2026-11-23'],
    ['last Friday', '2026-11-27'],
    ['lundi dernier', '2026-11-23'],
    ['samedi', '2026-11-28'],
  ])('%s', (typed, date) => {
    expect(when(typed)).toBe(date)
  })

  test.each(['', '31/2/2017', '3/13/2017', 'soon', '32 mai', '1899', '3/11/20177', 'yesterdayish', '2300', '25:00'])(
    '%j is none',
    (typed) => {
      expect(when(typed)).toBeUndefined()
    },
  )

  test('of a term lies ahead', () => {
    const term = (typed: string) => parseWhen(typed, 'day', { now, direction: 'future' })
    expect(term('3/11')).toBe('2027-11-03')
    expect(term('demain')).toBe('2026-11-29')
    expect(term('lundi')).toBe('2026-11-30')
    expect(term('in 3 days')).toBe('2026-12-01')
    expect(term('november 2027')).toBeUndefined()
    expect(term('3/11/2027 18:00')).toBeUndefined()
  })

  test.each([
    ['yesterday at 6pm', 27, 18, 0],
    ['hier 18h30', 27, 18, 30],
    ['hier à 18 h', 27, 18, 0],
    ['28/11/2026 18:02', 28, 18, 2],
    ['12:15', 28, 12, 15],
    ['12am', 28, 0, 0],
  ])('%s has an hour', (typed, day, hour, minute) => {
    const at = new Date(when(typed) ?? '')
    expect([at.getDate(), at.getHours(), at.getMinutes()]).toEqual([day, hour, minute])
  })

  test('an hour of no day, or of half a day that there is not, is none', () => {
    expect(when('november 2017 18:00')).toBeUndefined()
    expect(when('13pm')).toBeUndefined()
    expect(parseWhen('yesterday', 'time', { now })).toBeUndefined()
  })

  test('whatever the protocol has is typed, and understood as it was', () => {
    const days = fc.date({ min: new Date('1900-01-02'), max: new Date('2199-12-30'), noInvalidDate: true })
    fc.assert(
      fc.property(days, fc.constantFrom(4, 7, 10, 20), (date, length) => {
        const value = length === 20 ? `${date.toISOString().slice(0, 19)}Z` : date.toISOString().slice(0, length)
        expect(when(formatWhen(value))).toBe(value)
      }),
    )
  })

  test('whatever is typed is refused, or has the protocol’s form', () => {
    const typed = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom('3', '11', '2017', '/', ' ', 'nov', 'hier', 'h', ':', '30', 'pm', 'lundi'), {
          maxLength: 7,
        })
        .map((all) => all.join('')),
    )
    fc.assert(
      fc.property(typed, (text) => {
        const found = when(text)
        if (found !== undefined) expect(found).toMatch(form('whenKnown'))
      }),
      { numRuns: 1000 },
    )
  })

  test('is said with its month in words', () => {
    expect(sayWhen('2017-11-03', 'en')).toMatch(/^Friday,? 3 November 2017$/)
    expect(sayWhen('2017-11-03', 'fr')).toBe('vendredi 3 novembre 2017')
    expect(sayWhen('2017-11', 'fr')).toBe('novembre 2017')
    expect(sayWhen('2017', 'en')).toBe('2017')
    expect(sayWhen('2017-11-03T18:02:00Z', 'en')).toMatch(/Friday,? 3 November 2017 at \d\d:02/)
  })
})

describe('an age', () => {
  test.each([
    ['15', 15],
    ['about 15', 15],
    ['15 ans', 15],
    ['years', undefined],
    ['15-16', undefined],
    ['15,5', undefined],
    ['-3', undefined],
  ])('%s', (typed, age) => {
    expect(parseNumber(typed)).toBe(age)
  })

  test('is a number that was typed', () => {
    fc.assert(fc.property(fc.nat(150), (age) => parseNumber(`circa ${age}`) === age))
  })
})

describe('a telephone number', async () => {
  const phones = await loadPhones()

  test.each([
    ['06 39 98 00 01', ['FR', 'GB'], '+33639980001'],
    ['0033 6 39 98 00 01', ['FR', 'GB'], '+33639980001'],
    ['+44 7700 900001', ['FR', 'GB'], '+447700900001'],
    ['07700 900001', ['GB', 'FR'], '+447700900001'],
    ['01632 960001', ['GB', 'FR'], '+441632960001'],
    ['+93 70 000 0001', ['FR'], '+93700000001'],
    ['my brother’s', ['FR'], undefined],
    ['12', ['FR'], undefined],
  ] as const)('%s', (typed, countries, value) => {
    expect(phones.parse(typed, countries)).toBe(value)
  })

  test('has the protocol’s form, or is none; and is understood as it is shown', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const value = phones.parse(typed, ['FR', 'GB'])
        if (value !== undefined) expect(value).toMatch(form('phone'))
      }),
    )
    expect(phones.parse(phones.format('+33639980001'), ['GB'])).toBe('+33639980001')
  })
})

test.each([
  ['Semhar', 'Latn'],
  ['Zoë d’Été', 'Latn'],
  ['ሰምሃር', 'Ethi'],
  ['یوسف Yusuf', 'Arab'],
  ['Юсуф', 'Cyrl'],
  ['123', undefined],
])('%s is written in %s', (name, script) => {
  expect(scriptOf(name)).toBe(script)
})

test('languages are listed by a tag of the protocol’s form, once, by their own names', () => {
  expect(new Set(languages.map(([tag]) => tag)).size).toBe(languages.length)
  for (const [tag] of languages) expect(tag).toMatch(form('language'))
  expect(nameOfLanguage('ti', 'en')).toEqual({ own: 'ትግርኛ', also: 'Tigrinya' })
  expect(nameOfLanguage('fr', 'fr')).toEqual({ own: 'Français' })
  expect(nameOfLanguage('xxx', 'fr').own).toBe('xxx')
})
