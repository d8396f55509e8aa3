import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../sdk/index.ts'
import { warnings } from '../../sdk/index.ts'
import { envelope } from './sdk-parties.ts'

const today = new Date('2026-05-04T12:00:00Z')
const digest = `sha-256:${'A'.repeat(43)}`
const warn = (body: JsonObject, more: object = {}) =>
  warnings({ ...envelope, ...more, body }, { today }).map(({ code, pointer }) => `${code} ${pointer}`)

describe('the SDK warns of', () => {
  test('an immediate concern in a less urgent message', () => {
    const body = {
      concerns: [
        { code: 'a', immediacy: 'days' },
        { code: 'b', immediacy: 'immediate' },
      ],
    }
    expect(warn(body)).toEqual(['immediate-concern /body/concerns/1/immediacy'])
    expect(warn(body, { priority: 'immediate' })).toEqual([])
  })

  test('a domestic transfer across the Channel', () => {
    const body = { dataProtection: { transferMechanism: 'none-domestic' } }
    expect(warn(body)).toEqual(['domestic-transfer /body/dataProtection/transferMechanism'])
    expect(warn(body, { from: 'gb-home-office' })).toEqual([])
  })

  test('an attachment that the envelope does not name', () => {
    const body = { attachmentsUsed: [{ digest }], health: { injuries: [{ photographs: [digest] }] } }
    const attachment = { digest, mediaType: 'image/jpeg', size: 1, name: 'injury-1.jpg', description: 'Left leg' }
    const places = ['/body/attachmentsUsed/0/digest', '/body/health/injuries/0/photographs/0']
    expect(warn(body)).toEqual(places.map((place) => `attachment-not-named ${place}`))
    expect(warn(body, { attachments: [attachment] })).toEqual([])
  })

  test('one key for two things, and persons that nobody describes', () => {
    const person = { key: 'p1', sex: 'male' }
    expect(warn({ location: { accompanying: [person] }, accompanying: [person] })).toEqual([])
    expect(warn({ accompanying: [person], relatives: [{ key: 'p1', relationship: 'brother' }] })).toEqual([
      'key-not-unique /body/relatives/0/key',
    ])
    expect(warn({ accompanying: [person], concerns: [{ persons: ['p1', 'p2'] }] })).toEqual([
      'person-not-described /body/concerns/0/persons/1',
    ])
  })

  test('an answer to what was not asked', () => {
    const request = { ...envelope, body: { questions: [{ key: 'q1' }] } }
    const answer = { ...envelope, body: { answers: [{ key: 'q1' }, { key: 'q2' }] } }
    expect(warnings(answer, { today, request })).toMatchObject([
      { code: 'key-not-asked', pointer: '/body/answers/1/key' },
    ])
    expect(warnings(answer, { today })).toEqual([])
  })

  test.each([
    ['outcome', { outcome: 'child-died' }, '/body/outcome'],
    ['child-found', { condition: 'dead' }, '/body/condition'],
    ['child-found', { howFound: 'found-dead' }, '/body/howFound'],
    ['safeguarding-information', { purpose: 'death-notice' }, '/body/purpose'],
    ['missing-notification', { death: { identityConfirmed: 'no' } }, '/body/death'],
  ])('a death in a %s, told to a mailbox that nobody has read for a day', (type, body, pointer) => {
    const told = (recipient?: { mailboxRead?: boolean }) =>
      warnings({ ...envelope, type, body }, { today, ...(recipient && { recipient }) })
        .filter(({ code }) => code === 'death-unread')
        .map((each) => each.pointer)
    expect(told({ mailboxRead: false })).toEqual([pointer])
    expect([told({ mailboxRead: true }), told({}), told()]).toEqual([[], [], []])
    expect(warn({ relatives: [{ whereabouts: 'deceased' }] })).toEqual([])
  })

  test('a flag that ends before today', () => {
    expect(warn({ flagUntil: '2026-05-03' })).toEqual(['flag-in-the-past /body/flagUntil'])
    expect(warn({ flagUntil: '2026-05-04' })).toEqual([])
  })
})

describe('what contradicts itself', () => {
  const of = (type: string, body: object) =>
    warnings({ ...envelope, type, body }, { today }).map(({ code, pointer }) => `${code} ${pointer}`)
  const flagged = (placed: boolean) => ({ flagged: true, flag: { placed } })
  const home = (safe: string, seen: boolean) => ({
    status: 'with-family',
    accommodation: { safe },
    childSeen: { seen },
  })
  const care = (kind: string) => ({ status: 'in-local-authority-care', accommodation: { kind, safe: 'yes' } })
  const consent = (given: string, more: object = {}, reason: object = {}) => ({
    dataProtection: { consent: { given, ...more }, ...reason },
  })

  test.each([
    [
      'not-located-with-location /body/location',
      'status-check-result',
      { result: 'not-located', location: {} },
      { result: 'located', location: {} },
    ],
    [
      'not-located-with-location /body/location',
      'status-check-result',
      { result: 'not-located', location: { place: { country: 'GBR' } } },
      { result: 'not-located' },
    ],
    [
      'located-but-unknown /body/knownToHomeOffice',
      'status-check-result',
      { result: 'located', knownToHomeOffice: 'no', enteredUk: 'no-record' },
      { result: 'located', knownToHomeOffice: 'no', enteredUk: 'yes' },
    ],
    [
      'located-but-unknown /body/knownToHomeOffice',
      'status-check-result',
      { result: 'located', knownToHomeOffice: 'no', enteredUk: 'no-record', flagged: false },
      { result: 'not-located', knownToHomeOffice: 'no', enteredUk: 'no-record' },
    ],
    ['flag-not-placed /body/flag/placed', 'status-check-result', flagged(false), flagged(true)],
    [
      'closed-before-needs-met /body/needsMet',
      'case-closure',
      { reason: 'safeguarded-needs-met', needsMet: 'not-yet' },
      { reason: 'safeguarded-needs-met', needsMet: 'met' },
    ],
    [
      'closed-before-needs-met /body/needsMet',
      'case-closure',
      { reason: 'safeguarded-needs-met', needsMet: 'partly' },
      { reason: 'transferred', needsMet: 'partly' },
    ],
    ['safe-but-not-seen /body/childSeen/seen', 'safeguarding-confirmation', home('yes', false), home('yes', true)],
    [
      'safe-but-not-seen /body/childSeen/seen',
      'safeguarding-confirmation',
      { status: 'with-family-under-assessment', accommodation: { safe: 'yes' } },
      { status: 'with-family-under-assessment', accommodation: { safe: 'unknown' }, childSeen: { seen: false } },
    ],
    // «With family, assessed as safe»: the status itself says so.
    [
      'safe-but-not-seen /body/childSeen/seen',
      'safeguarding-confirmation',
      home('unknown', false),
      home('unknown', true),
    ],
    [
      'met-with-unmet-needs /body/unmetNeeds',
      'safeguarding-confirmation',
      { needsMet: 'met', unmetNeeds: ['education'] },
      { needsMet: 'met', unmetNeeds: [] },
    ],
    [
      'care-without-shelter /body/accommodation/kind',
      'safeguarding-confirmation',
      care('tent'),
      care('uk-foster-care'),
    ],
    [
      'care-without-shelter /body/accommodation/kind',
      'safeguarding-confirmation',
      care('sleeping-rough-woods'),
      { status: 'not-found-at-address', accommodation: { kind: 'tent' } },
    ],
    [
      'refused-without-reason /body/dataProtection/consent',
      'referral',
      consent('refused'),
      consent('refused', { whyRefused: 'x' }),
    ],
    [
      'refused-without-reason /body/dataProtection/consent',
      'outcome',
      consent('refused'),
      consent('refused', {}, { reasonWithoutConsent: 'x' }),
    ],
    [
      'retention-without-period /body/dataProtection/retention',
      'referral',
      { dataProtection: { retention: { rule: 'case-closure-plus' } } },
      { dataProtection: { retention: { rule: 'case-closure-plus', period: 'P15Y' } } },
    ],
    [
      'retention-without-period /body/dataProtection/retention',
      'outcome',
      { dataProtection: { retention: { rule: 'until-18-plus' } } },
      { dataProtection: { retention: { rule: 'until-18-plus', period: 'P7Y' } } },
    ],
    [
      'retention-without-period /body/retention',
      'case-closure',
      { retention: { rule: 'case-closure-plus' } },
      { retention: { rule: 'recipient-statutory' } },
    ],
    [
      'care-with-country /body/country',
      'outcome',
      { outcome: 'in-local-authority-care', country: 'FRA' },
      { outcome: 'elsewhere', country: 'FRA' },
    ],
    [
      'care-with-country /body/country',
      'outcome',
      { outcome: 'with-family', country: 'NLD' },
      { outcome: 'with-family', country: 'GBR' },
    ],
  ] as const)('%s in a %s', (warning, type, wrong, right) => {
    expect(of(type, wrong)).toEqual([warning])
    expect(of(type, right)).toEqual([])
  })

  test('is looked for in its own type alone, and in what it is by whatever is there', () => {
    expect(of('referral', { result: 'not-located', location: {}, needsMet: 'met', unmetNeeds: ['x'] })).toEqual([])
    expect(of('status-check-result', { result: 'not-located', flagged: true, flag: [], location: undefined })).toEqual(
      [],
    )
    expect(of('referral', { dataProtection: 'none', retention: null })).toEqual([])
  })
})
