import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Block, leavesOpenWhoMayBeTold, pageOf, type Value } from '../../desk/reading/page.ts'
import { followUps, isAnswered, type PathwayRow, writable } from '../../desk/reading/replies.ts'
import { visible } from '../../desk/reading/visible.ts'
import { examplesOf, schemasOf } from '../../sdk/validate/validate.ts'

const release = schemasOf('1.2')
const { rows } = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/pathway.json'), 'utf8')) as {
  rows: PathwayRow[]
}
const types = rows.map(({ type }) => type as Parameters<typeof examplesOf>[0])

const valuesIn = (blocks: readonly Block[]): readonly Value[] =>
  blocks.flatMap((block) => (block.is === 'value' ? block.values : valuesIn(block.blocks)))
const labelsIn = (blocks: readonly Block[]): readonly string[] =>
  blocks.flatMap((block) => [block.label.fr, ...(block.is === 'group' ? labelsIn(block.blocks) : [])])
/** What a body holds, leaf by leaf, as people would miss it. */
const leaves = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [String(value)]
const written = (value: Value): readonly string[] => {
  if (value.is === 'narrative')
    return [
      value.text,
      value.language,
      ...value.translations.flatMap((one) => [one.text, one.language, ...written(one.method)]),
    ]
  if (value.is === 'code') return [value.code]
  if (value.is === 'attachment') return [value.digest]
  if (value.is === 'flag') return [String(value.flag)]
  return [value.is === 'number' ? String(value.number) : value.text]
}

describe.each(types)('a message of the type %s', (type) => {
  const examples = examplesOf(type)

  test('is shown whole: each leaf once, with a label in both languages', () => {
    for (const example of examples) {
      const { first, child, rest, folded } = pageOf(release, example)
      const all = [...first, ...child, ...rest, ...folded]
      expect(valuesIn(all).flatMap(written).toSorted()).toEqual(leaves(example.body).toSorted())
      // A label that nobody wrote is a member's own name.
      for (const label of labelsIn(all)) expect(label).not.toMatch(/^[a-z]+(?:[A-Z]\w*)?$/)
    }
  })

  test('has words for each of its codes', () => {
    for (const example of examples) {
      const { first, child, rest, folded } = pageOf(release, example)
      for (const value of valuesIn([...first, ...child, ...rest, ...folded]))
        if (value.is === 'code') expect(value, value.code).toHaveProperty('label.fr')
    }
  })
})

describe('a page', () => {
  const [referral] = examplesOf('referral')
  const body = {
    ...referral.body,
    alerts: [{ kind: 'suicide-risk' }],
    surprise: { colour: 'red' },
    concerns: [{ ...referral.body.concerns[0], code: 'not-yet-invented' }],
  }
  const page = pageOf(release, { type: 'referral', body })

  test('has alerts first, then the child’s own words, and law and handling folded', () => {
    expect(page.first.map(({ label }) => label.en)).toEqual(['Safety alerts'])
    expect(page.child.map(({ label }) => label.en)).toEqual(['Child’s views'])
    expect(page.folded.map(({ label }) => label.en)).toEqual(['Data protection', 'Handling'])
  })

  test('shows an unknown code and an unknown member as what they are', () => {
    expect(valuesIn(page.rest)).toContainEqual({ is: 'code', code: 'not-yet-invented' })
    expect(valuesIn(page.rest)).toContainEqual({ is: 'text', text: 'red' })
  })

  test('shows a type that it does not know', () => {
    const { rest } = pageOf(release, { type: 'later', body: { what: ['a', 1, true] } })
    expect(valuesIn(rest).flatMap(written)).toEqual(['a', '1', 'true'])
  })

  test('marks what a machine has translated, and what nobody knows who has', () => {
    const reason = {
      text: 'Pas vu',
      language: 'fr',
      translations: ['human', 'machine', 'machine-checked', 'unknown', 'new'].map((method) => ({
        text: 'Not seen',
        language: 'en',
        method,
      })),
    }
    const { rest } = pageOf(release, { type: 'referral', body: { reason } })
    const [value] = valuesIn(rest)
    if (value?.is !== 'narrative') throw new Error('it is a text with translations')
    expect(value.translations.map(({ isMachine }) => isMachine)).toEqual([false, true, false, true, true])
  })

  test('says where an outcome leaves open who may be told', () => {
    const [outcome] = examplesOf('outcome')
    expect(leavesOpenWhoMayBeTold(release, outcome)).toBe(!Object.hasOwn(outcome.body, 'mayTell'))
    expect(leavesOpenWhoMayBeTold(release, { type: 'outcome', body: { mayTell: 'friends-too' } })).toBe(false)
    expect(leavesOpenWhoMayBeTold(release, referral)).toBe(false)
  })

  test('is made of anything', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.dictionary(fc.string(), fc.jsonValue()), (type, anything) => {
        expect(() => pageOf(release, { type, body: { ...anything, reason: anything } })).not.toThrow()
      }),
      { numRuns: 60 },
    )
  })
})

describe('what may be written', () => {
  const types = (from: string[], to: string[], received?: string) =>
    writable(rows, from, to, received).map(({ type, answers }) => (answers ? `answers: ${type}` : type))

  test('answers first, and no type that the pathway does not allow', () => {
    expect(types(['coordinator'], ['referrer'], 'referral')).toEqual([
      'answers: outcome',
      'missing-notification',
      'information-request',
      'case-closure',
    ])
    expect(types(['referrer'], ['coordinator'], 'outcome')).toEqual([
      'referral',
      'child-found',
      'safeguarding-information',
      'missing-notification',
      'information-request',
    ])
    expect(types(['status-checker'], ['coordinator'], 'status-check-request').slice(0, 2)).toEqual([
      'answers: status-check-result',
      'answers: child-found',
    ])
    expect(types(['police'], ['referrer'], 'information-request')[0]).toBe('answers: information-response')
  })

  test('withdraw, correct, «seen again» and «has died» where the pathway has a type for them', () => {
    expect(followUps(rows, ['referrer'], ['coordinator']).map(({ key }) => key)).toEqual([
      'correct',
      'seen-again',
      'died',
      'withdraw',
    ])
    expect(followUps(rows, ['status-checker'], ['coordinator'])).toEqual([])
  })

  test('somebody waits for the answer to a referral, and to no outcome', () => {
    expect(isAnswered(rows, 'referral')).toBe(true)
    expect(isAnswered(rows, 'outcome')).toBe(false)
  })
})

describe('what is hidden in a text is made visible', () => {
  test.each([
    ['abc\u202Ecba', [{ text: 'abc' }, { hidden: 'U+202E' }, { text: 'cba' }]],
    ['\u0000\u2066', [{ hidden: 'U+0000' }, { hidden: 'U+2066' }]],
    ['a\r\nb\u2028c\td', [{ text: 'a\nb\nc\td' }]],
    ['\u{E0041}', [{ hidden: 'U+E0041' }]],
    // Persian needs its joiners, and Arabic its marks.
    ['می\u200cخواهم\u200f', [{ text: 'می\u200cخواهم\u200f' }]],
    ['', []],
  ])('%j', (text, pieces) => {
    expect(visible(text)).toEqual(pieces)
  })

  test('and nothing else is changed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text))
        expect(visible(text)).toEqual(text === '' ? [] : [{ text }])
      }),
    )
  })
})
