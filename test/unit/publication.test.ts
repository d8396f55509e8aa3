import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addCounters, type Counters, countersOf, type Lists } from '../../gateway/protocol/counters.ts'
import { type Publication, publishQuarter, publishYear, type Shown } from '../../gateway/protocol/publication.ts'
import { type Arc, canDiffer, graphOf } from '../../gateway/protocol/hiding.ts'
import { type Column, rangesOf } from '../support/working-out.ts'
import { runs } from '../support/runs.ts'

/** What is published tells nothing about a handful of children (protocol section 11), not even to who adds and subtracts. */

const lists: Lists = {
  outcome: ['in-local-authority-care', 'with-family', 'not-located', 'elsewhere', 'located-not-confirmed', 'none'],
  age: ['14', '15', '16', 'not-specified'],
  sex: ['male', 'female', 'other', 'unknown'],
  concern: ['separated-from-carers', 'self-harm', 'drug-use'],
}
/** Children who are alike but in what is said of them. */
const cases = (referrals: number, said: Partial<Counters> = {}): Counters => ({
  referrals,
  outcome: { none: referrals },
  nationality: { AFG: referrals },
  age: { '15': referrals },
  sex: { male: referrals },
  concern: { 'separated-from-carers': referrals },
  hours: {},
  ...said,
})
const nothing: Counters = { referrals: 0, outcome: {}, nationality: {}, age: {}, sex: {}, concern: {}, hours: {} }
const shownIn = (publication: Publication, table: keyof Publication['tables']): Record<string, Shown> =>
  Object.fromEntries(publication.tables[table].map(({ code, count }) => [code, count]))

/** Numbers that can be worked out, where whole ones alone are possible. */
const ROUNDING = 1e-6
const workedOut = (columns: readonly Column[]): readonly string[] =>
  rangesOf(columns)
    .filter(({ least, greatest }) => Math.floor(greatest + ROUNDING) - Math.ceil(least - ROUNDING) < 1)
    .map(({ number, least }) => `${number} is ${least}`)

function publishAll(quarters: readonly Counters[]): readonly Column[] {
  const published = quarters.map((counters) => ({ counters, publication: publishQuarter(counters, lists) }))
  return [
    ...published.map(({ publication }, at) => ({ name: `Q${at + 1}`, isYear: false, publication })),
    { name: 'year', isYear: true, publication: publishYear(addCounters(quarters), published, lists) },
  ]
}

describe('the report’s own numbers', () => {
  const report: Counters = {
    ...nothing,
    referrals: 196,
    outcome: { 'in-local-authority-care': 60, 'with-family': 8, 'not-located': 128 },
    nationality: {
      AFG: 110,
      ERI: 34,
      ETH: 16,
      SDN: 13,
      SYR: 6,
      IRQ: 6,
      EGY: 3,
      TCD: 2,
      IRN: 2,
      VNM: 1,
      PAK: 1,
      unclear: 1,
      unknown: 1,
    },
    age: { '14': 60, '15': 100, '16': 33, 'not-specified': 3 },
    sex: { male: 192, female: 4 },
    concern: { 'separated-from-carers': 196, 'drug-use': 12 },
  }
  const publication = publishQuarter(report, lists)

  test('seven nationalities under five, eleven children, are all <5', () => {
    expect(publication.referrals).toBe(196)
    expect(shownIn(publication, 'nationality')).toEqual({
      AFG: 110,
      ERI: 34,
      ETH: 16,
      SDN: 13,
      SYR: 6,
      IRQ: 6,
      EGY: '<5',
      TCD: '<5',
      IRN: '<5',
      VNM: '<5',
      PAK: '<5',
      unclear: '<5',
      unknown: '<5',
    })
  })

  test('four girls are among three numbers under five: 196 less 192 is not theirs alone', () => {
    expect(shownIn(publication, 'sex')).toEqual({ male: 192, female: '<5', other: '<5', unknown: '<5' })
    const two = publishQuarter(report, { ...lists, sex: ['male', 'female'] })
    expect(shownIn(two, 'sex')).toEqual({ male: 'suppressed', female: '<5' })
  })

  test('three children without an age are not what is left over', () => {
    expect(shownIn(publication, 'age')).toEqual({ '14': 60, '15': 100, '16': 'suppressed', 'not-specified': '<5' })
  })

  test('who is located is told, and how, while neither part is small', () => {
    expect(shownIn(publication, 'result')).toMatchObject({ located: 68, 'not-located': 128 })
    expect(shownIn(publication, 'outcome')).toMatchObject({ 'in-local-authority-care': 60, 'with-family': 8 })
    const fewer = { ...report, outcome: { 'in-local-authority-care': 65, 'with-family': 3, 'not-located': 128 } }
    const hidden = publishQuarter(fewer, lists)
    expect(shownIn(hidden, 'outcome')).toMatchObject({ 'in-local-authority-care': 'suppressed', 'with-family': '<5' })
  })

  test('three of thirteen Sudanese children located: thirteen less ten would tell, and so would the other rows', () => {
    const arc = (from: string, to: string, value: number, low: number, high: number): Arc => ({
      from,
      to,
      value,
      low,
      high,
    })
    const three = arc('Sudanese', 'located', 3, 0, 4)
    const ten = arc('Sudanese', 'not located', 10, 5, 13)
    expect(canDiffer(graphOf([three]), three)).toBe(false)
    expect(canDiffer(graphOf([three, ten]), three)).toBe(false)
    const egyptian = [arc('Egyptian', 'located', 1, 0, 4), arc('Egyptian', 'not located', 2, 0, 4)]
    expect(canDiffer(graphOf([three, ten, ...egyptian]), three)).toBe(true)
  })
})

describe('what would tell', () => {
  test('children of one age alone: nought of all others', () => {
    const alike: Counters = cases(9)
    expect(shownIn(publishQuarter(alike, lists), 'age')).toEqual({
      '14': '<5',
      '15': 'suppressed',
      '16': '<5',
      'not-specified': '<5',
    })
  })

  test('five children of five nationalities: none is listed', () => {
    const five: Counters = cases(5, { nationality: { AFG: 1, ERI: 1, ETH: 1, SDN: 1, SYR: 1 } })
    expect(publishQuarter(five, lists).tables.nationality).toEqual([])
  })

  test('a concern that some child must have', () => {
    const ten: Counters = cases(10, { concern: { 'separated-from-carers': 6, 'self-harm': 4 } })
    const shown = shownIn(publishQuarter(ten, { ...lists, concern: ['separated-from-carers', 'self-harm'] }), 'concern')
    expect(shown).toEqual({ 'separated-from-carers': 'suppressed', 'self-harm': '<5' })
  })

  test('a year less three quarters', () => {
    const quarter = (ERI: number): Counters => cases(30 + ERI, { nationality: { AFG: 20, ETH: 10, ERI } })
    const columns = publishAll([quarter(6), quarter(7), quarter(8), quarter(3)])
    expect(columns.map(({ publication }) => shownIn(publication, 'nationality')['ERI'])).toEqual([
      6,
      7,
      8,
      '<5',
      'suppressed',
    ])
    expect(workedOut(columns)).toEqual([])
  })

  test('a nationality of one child in each quarter: under five in the year would say so', () => {
    const quarter = cases(40, { nationality: { AFG: 20, ERI: 16, ETH: 1, SDN: 3 } })
    const columns = publishAll([quarter, quarter, quarter, quarter])
    expect(shownIn(columns[4]?.publication ?? publishQuarter(nothing, lists), 'nationality')).toMatchObject({
      ETH: 'suppressed',
      AFG: 80,
    })
    expect(workedOut(columns)).toEqual([])
  })

  test('a year’s total less those of three quarters', () => {
    const columns = publishAll([cases(20), cases(30), cases(20), cases(2)])
    expect(columns.map(({ publication }) => publication.referrals)).toEqual([20, 30, 20, '<5', 'suppressed'])
  })
})

describe('what is told', () => {
  test('the median of ten cases, and not of nine', () => {
    const nine: Counters = cases(30, { hours: { 20: 4, 90: 5 } })
    expect(publishQuarter(nine, lists).medianHours).toBe('suppressed')
    expect(publishQuarter({ ...nine, hours: { 20: 4, 90: 6 } }, lists).medianHours).toBe(90)
  })

  test('nothing of a quarter without a referral', () => {
    const { referrals, tables } = publishQuarter(nothing, lists)
    expect(referrals).toBe('<5')
    expect(tables.nationality).toEqual([])
    expect(shownIn({ referrals, tables, medianHours: 'suppressed' }, 'sex')).toEqual({
      male: '<5',
      female: '<5',
      other: '<5',
      unknown: '<5',
    })
  })
})

/** Most children are of a few kinds, as in life: it is the others whom a table betrays. */
const of = (codes: readonly string[]) =>
  fc.nat(99).map((draw) => codes[Math.min(codes.length - 1, Math.floor((draw / 100) ** 2 * codes.length))] ?? '')
const child = fc.record({
  age: of(['15', '16', '14', 'not-specified']),
  sex: of(['male', 'male', 'female', 'unknown']),
  nationality: of(['AFG', 'ERI', 'ETH', 'SDN', 'SYR', 'unclear']),
  outcome: of(['not-located', 'in-local-authority-care', 'none', 'with-family', 'elsewhere']),
  concerns: fc.uniqueArray(of(lists.concern), { minLength: 1, maxLength: 2 }),
})
const quarter = fc
  .oneof(fc.constant(0), fc.nat(4), fc.nat(40))
  .chain((cases) => fc.array(child, { minLength: cases, maxLength: cases }))
  .map((children) => (children.length === 0 ? nothing : addCounters(children.map((one) => countersOf(one)))))

test('by adding and subtracting all tables of up to four quarters and their year nobody works out a hidden number', () => {
  fc.assert(
    fc.property(fc.array(quarter, { minLength: 1, maxLength: 4 }), (quarters) => {
      expect(workedOut(publishAll(quarters))).toEqual([])
    }),
    { numRuns: runs(40) },
  )
})
