import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type CaseFact, type DatedFact, factOf, figuresOf } from '../../gateway/protocol/case-facts.ts'
import type { Json, JsonObject } from '../../gateway/protocol/json.ts'
import { isJsonObject } from '../../gateway/protocol/json.ts'

/** What the statistics keep of a message, and what they count of a case (protocol section 11, rule 12 of the schemas). */

const FOLDER = 'schemas/1.1'
const examples = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.examples.json'))
  .flatMap((file) => JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as { type: string; body: JsonObject }[])

/** The pointers that may be read, and no other. */
const POINTERS = [
  'child/age/years',
  'child/ageYears',
  'child/sex',
  'child/nationalities/*/country',
  'concerns/*/code',
  'result',
  'status',
  'outcome',
  'reason',
]

/** A body without all that may not be read. */
function strip(body: Json): Json {
  const stripped: JsonObject = {}
  for (const pointer of POINTERS) Object.assign(stripped, graft(stripped, body, pointer.split('/')))
  return stripped
}

function graft(onto: Json | undefined, from: Json | undefined, [name, ...rest]: readonly string[]): Json {
  if (name === undefined) return from ?? null
  if (name === '*') {
    const items = Array.isArray(from) ? (from as readonly Json[]) : []
    return items.map((item, at) => graft(Array.isArray(onto) ? (onto as readonly Json[])[at] : undefined, item, rest))
  }
  const own = onto !== undefined && isJsonObject(onto) ? onto : {}
  if (from === undefined || !isJsonObject(from) || from[name] === undefined) return own
  return { ...own, [name]: graft(own[name], from[name], rest) }
}

test.each(examples.map(({ type, body }, at) => ({ type, body, at })))(
  'of $type ($at) nothing but what may be read is kept',
  ({ type, body }) => {
    expect(factOf(type, strip(body))).toEqual(factOf(type, body))
    for (const word of JSON.stringify(factOf(type, body) ?? {}).match(/"[^"]*"/g) ?? [])
      expect(word).toMatch(/^"[\w-]+"$/)
  },
)

test('six types tell something, all others nothing', () => {
  const telling = new Set(examples.filter(({ type, body }) => factOf(type, body) !== undefined).map(({ type }) => type))
  expect([...telling].toSorted()).toEqual([
    'case-closure',
    'child-found',
    'outcome',
    'referral',
    'safeguarding-confirmation',
    'status-check-result',
  ])
})

describe('a referral', () => {
  const fact = (child: Json, concerns: Json = []) => factOf('referral', { child, concerns })
  test.each([
    [{ age: { years: 15 }, ageYears: 3 }, { age: 15 }],
    [{ ageYears: 9 }, { age: 9 }],
    [{ absences: [{ of: 'age', reason: 'not-known' }] }, {}],
    [{ sex: 'female' }, { sex: 'female' }],
    [{ nationalities: [{ country: 'AFG' }] }, { nationality: 'AFG' }],
    [{ nationalities: [{ country: 'SYR' }, { country: 'EGY' }] }, { nationality: 'unclear' }],
    [{ nationalities: [{ country: 'SYR' }, { country: 'SYR' }] }, { nationality: 'SYR' }],
    [{ nationalities: [{ country: 'XXX' }] }, { nationality: 'unknown' }],
    [{ nationalities: [] }, { nationality: 'unknown' }],
  ])('of %j', (child, expected) => {
    expect(fact(child)).toEqual({ type: 'referral', sex: 'unknown', nationality: 'unknown', concerns: [], ...expected })
  })

  test('names each concern once', () => {
    expect(fact({}, [{ code: 'self-harm' }, { code: 'drug-use' }, { code: 'self-harm' }])).toMatchObject({
      concerns: ['self-harm', 'drug-use'],
    })
  })
})

describe('a case', () => {
  const referral: CaseFact = { type: 'referral', age: 15, sex: 'male', nationality: 'AFG', concerns: ['self-harm'] }
  const told = (
    type: 'status-check-result' | 'outcome' | 'safeguarding-confirmation' | 'case-closure',
    code: string,
  ): CaseFact => ({ type, code })
  const located = told('status-check-result', 'located')
  const inCare = told('outcome', 'in-local-authority-care')
  /** An hour apart. */
  const dated = (...facts: readonly CaseFact[]): readonly DatedFact[] =>
    facts.map((fact, hour) => ({ fact, at: new Date(Date.UTC(2016, 9, 1, hour)) }))

  test.each<[string, readonly CaseFact[], string]>([
    ['a referral alone', [referral], 'none'],
    ['its newest outcome', [referral, told('outcome', 'not-located'), inCare], 'in-local-authority-care'],
    ['located, and nobody told', [referral, located], 'located-not-confirmed'],
    [
      'found later',
      [referral, told('status-check-result', 'not-located'), { type: 'child-found' }],
      'located-not-confirmed',
    ],
    ['located by mistake', [referral, located, told('status-check-result', 'not-located')], 'none'],
    ['a possible match', [referral, told('status-check-result', 'possible-match')], 'none'],
    [
      'a closure that ends it',
      [referral, inCare, told('case-closure', 'safeguarded-needs-met')],
      'in-local-authority-care',
    ],
    ['withdrawn, and taken up again', [referral, told('outcome', 'withdrawn'), inCare], 'in-local-authority-care'],
  ])('%s', (_name, facts, outcome) => expect(figuresOf(dated(...facts))).toMatchObject({ outcome, age: '15' }))

  test.each<[string, readonly CaseFact[]]>([
    ['without a referral (siblings, asked for by an authority)', [located, inCare]],
    ['a duplicate', [referral, told('case-closure', 'duplicate')]],
    ['withdrawn', [referral, told('case-closure', 'withdrawn-by-referrer')]],
    ['told to be withdrawn', [referral, told('outcome', 'withdrawn')]],
    ['opened in error', [referral, told('case-closure', 'opened-in-error')]],
    ['of which nothing is kept', []],
  ])('%s is not counted', (_name, facts) => expect(figuresOf(dated(...facts))).toBeUndefined())

  test('its hours are those to the first confirmation that counts as safeguarded', () => {
    const facts = [
      referral,
      told('safeguarding-confirmation', 'assessment-begun'),
      told('safeguarding-confirmation', 'with-family'),
      told('safeguarding-confirmation', 'in-local-authority-care'),
    ]
    expect(figuresOf(dated(...facts))?.hours).toBe(2)
    expect(figuresOf(dated(referral, told('safeguarding-confirmation', 'missing-again')))).not.toHaveProperty('hours')
  })

  test('who the child is, its first referral says; an age over 17 is one', () => {
    const second = { ...referral, age: 17, sex: 'female' }
    expect(figuresOf(dated({ ...referral, age: 18 }, second))).toMatchObject({ age: '18-and-over', sex: 'male' })
    const { age: _, ...ageless } = referral
    expect(figuresOf(dated(ageless))?.age).toBe('not-specified')
  })
})
