import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseEnvelope } from '../../gateway/protocol/envelope.ts'
import type { Json, JsonObject } from '../../gateway/protocol/json.ts'
import { type Fault, type Language, Problem } from '../../gateway/protocol/problems.ts'
import { compileExplanations, compileSchemas } from '../../gateway/protocol/schemas.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { applyEdits, type Edit } from '../../scripts/schemas/corpus.ts'
import { type AtHand, mend } from '../support/mender.ts'

/** A wrong message is mended by doing what its errors say, in either language, until nothing is wrong any more. */
const files = await loadSchemaFolder(join(import.meta.dirname, '../../schemas'))
const { types, releases } = compileSchemas(files)
const explain = compileExplanations(files)
const VERSION = releases.at(-1)?.version ?? ''
const MOST_ROUNDS = 6

const read = (path: string): Json => JSON.parse(files.published.get(path)?.toString('utf8') ?? 'null') as Json
const examplesOf = (type: string): readonly JsonObject[] => read(`${VERSION}/${type}.examples.json`) as JsonObject[]

/** What the gateway finds wrong, first with the envelope and then with the body. */
function faultsOf(message: JsonObject): readonly Fault[] {
  try {
    const { type, body } = parseEnvelope(Buffer.from(JSON.stringify(message)), types)
    return explain(VERSION, type, body)
  } catch (error) {
    if (error instanceof Problem) return error.errors ?? []
    throw error
  }
}

type Broken = readonly [kind: string, type: string, ...edits: readonly Edit[]]
const broken: readonly Broken[] = [
  ['a code in another spelling', 'referral', ['set', '/body/concerns/0/code', 'Sexual exploitation']],
  ['a code’s English title', 'referral', ['set', '/body/child/sex', 'Female']],
  ['a code’s French title', 'referral', ['set', '/body/child/nationalities/0/country', 'Érythrée']],
  ['a country by its name', 'referral', ['set', '/body/child/nationalities/0/country', 'Eritrea']],
  ['a country of two letters', 'referral', ['set', '/body/believedDestination/country', 'GB']],
  ['a country that nobody knows', 'referral', ['set', '/body/believedDestination/country', 'Atlantis']],
  ['a code with a slip', 'referral', ['set', '/body/concerns/0/status', 'observd']],
  ['a code that nobody knows', 'referral', ['set', '/body/concerns/0/severity', 'zzz']],
  [
    'a date the other way round',
    'status-check-request',
    ['set', '/body/child/birthDate', { value: '07/03/2003', estimated: true }],
  ],
  ['a day that does not exist', 'referral', ['set', '/body/lastSeen/when', { to: '2016-02-30' }]],
  ['a telephone number without its country', 'referral', ['set', '/body/contact/phone', '01 99 00 00 01']],
  ['a telephone number with a line break', 'referral', ['set', '/body/contact/phone', '+33199000001\n']],
  ['an address that is none', 'referral', ['set', '/body/contact/email', 'Claire Exemple']],
  ['an agency by its name', 'referral', ['set', '/body/contact/agency', 'Refugee Youth Service']],
  ['a language by its name', 'referral', ['set', '/body/reason/language', 'French']],
  ['a script by its name', 'referral', ['set', '/body/child/names/0/script', 'latin']],
  [
    'an area’s code of another scheme',
    'referral',
    ['set', '/body/lastSeen/place/area', { scheme: 'gss', code: '62193' }],
  ],
  [
    'a period in words',
    'referral',
    ['set', '/body/dataProtection/retention', { rule: 'case-closure-plus', period: 'one year' }],
  ],
  ['a member that is missing', 'referral', ['remove', '/body/concerns']],
  [
    'several that are missing',
    'referral',
    ['remove', '/body/contact'],
    ['remove', '/body/handling'],
    ['remove', '/body/child'],
  ],
  ['one that is missing within another', 'referral', ['remove', '/body/concerns/0/code']],
  ['a member that is misspelt', 'referral', ['remove', '/body/concerns'], ['set', '/body/concernz', []]],
  ['a member that nobody knows', 'referral', ['set', '/body/child/nickname', 'x']],
  ['a text that is a number', 'referral', ['set', '/body/reason/text', 7]],
  ['a text that is blank', 'referral', ['set', '/body/reason/text', ' \n']],
  ['a text that is empty', 'referral', ['set', '/body/contact/name', '']],
  ['a text that is too long', 'referral', ['text', '/body/contact/name', 5_000]],
  [
    'a list that is one thing',
    'referral',
    [
      'set',
      '/body/concerns',
      {
        code: 'other',
        status: 'observed',
        severity: 'high',
        immediacy: 'days',
        source: 'practitioner-observed',
        details: { text: 'x', language: 'en' },
      },
    ],
  ],
  ['a list that is empty', 'referral', ['set', '/body/concerns', []]],
  ['a list that is too long', 'referral', ['copies', '/body/concerns', 60]],
  ['the same twice', 'referral', ['set', '/body/handling/restrictions', ['safeguarding-only', 'safeguarding-only']]],
  [
    'a number as a text',
    'referral',
    ['set', '/body/child/age', { years: '14', basis: 'self-reported', status: 'claimed' }],
  ],
  [
    'a number that is too large',
    'referral',
    ['set', '/body/child/age', { years: 1400, basis: 'self-reported', status: 'claimed' }],
  ],
  [
    'a number below zero',
    'referral',
    ['set', '/body/child/age', { years: -1, basis: 'self-reported', status: 'claimed' }],
  ],
  ['yes for true', 'outcome', ['set', '/body/final', 'yes']],
  ['an object that is a text', 'referral', ['set', '/body/handling', 'partners']],
  [
    'neither a telephone nor an address',
    'referral',
    ['remove', '/body/contact/phone'],
    ['remove', '/body/contact/email'],
  ],
  ['neither a name nor why there is none', 'referral', ['set', '/body/child/names', []]],
  [
    'neither an age nor why there is none',
    'referral',
    ['remove', '/body/child/age'],
    ['set', '/body/child/absences', []],
  ],
  ['what a rule asks for is missing', 'status-check-result', ['remove', '/body/location']],
  ['what a rule forbids is there', 'missing-notification', ['set', '/body/for', 'referrer']],
  ['what the Home Office is not told', 'status-check-request', ['set', '/body/child/contactPoints', []]],
  [
    'a restriction that must be there',
    'status-check-request',
    ['set', '/body/handling/restrictions', ['no-immigration-enforcement']],
  ],
  ['an id in upper case', 'referral', ['set', '/id', '01596A2F-7C00-7ABC-8DEF-0123456789AB']],
  ['a type that nobody knows', 'referral', ['set', '/priority', 'high'], ['set', '/from', 'RYS']],
  ['a release that is no number', 'referral', ['set', '/respondBy', 'tomorrow'], ['set', '/caseId', 'case-1']],
  ['an envelope’s member that is missing', 'referral', ['remove', '/to'], ['set', '/cc', 'gb-ctac']],
  [
    'an attachment of another type',
    'referral',
    [
      'set',
      '/attachments',
      [{ digest: 'sha-256:x', mediaType: 'image/gif', size: 0, name: 'a/b.gif', description: '' }],
    ],
  ],
] // prettier-ignore

const wrong = broken.map(([kind, type, ...edits]) => ({ kind, type, edits }))

describe.each<Language>(['en', 'fr'])('in %s', (language) => {
  test.each(wrong)('$kind ($type)', ({ type, edits }) => {
    const [example] = examplesOf(type)
    const hand: AtHand = {
      examples: examplesOf(type).map((one) => one),
      read: (address) => read(address.replace('/schemas/', '')),
    }
    let message = applyEdits(example ?? null, edits) as JsonObject
    let faults = faultsOf(message)
    expect(faults, 'it is wrong').not.toEqual([])
    for (let round = 0; round < MOST_ROUNDS && faults.length > 0; round++) {
      // one after the other, the innermost first: what is outside may take away what was mended
      for (const fault of faults.toSorted((a, b) => b.pointer.length - a.pointer.length))
        message = mend(message, fault, language, hand) as JsonObject
      faults = faultsOf(message)
    }
    expect(faults, 'and mended').toEqual([])
  })
})

test('they are forty kinds at least, and more than any schema has keywords', () => {
  expect(wrong.length).toBeGreaterThanOrEqual(40)
  const keywords = wrong.flatMap(({ type, edits }) =>
    faultsOf(applyEdits(examplesOf(type)[0] ?? null, edits) as JsonObject).map(({ keyword }) => keyword),
  )
  expect([...new Set(keywords)].toSorted()).toEqual([
    'additionalProperties',
    'anyOf',
    'contains',
    'enum',
    'format',
    'maxItems',
    'maxLength',
    'maximum',
    'minItems',
    'minimum',
    'not',
    'pattern',
    'required',
    'type',
    'unevaluatedProperties',
    'uniqueItems',
  ]) // prettier-ignore
})
