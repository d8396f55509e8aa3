import { expect, test } from 'vitest'
import { type Acknowledgement, parseAcknowledgement } from '../../gateway/protocol/acknowledgement.ts'
import { refusalOf } from '../support/refusals.ts'

const accepted = {
  messageId: '0190a000-0000-7000-8000-000000000001',
  messageDigest: 'sha-256:VcZND81vnV98goCThX4_39poR4u06b0k1IHvORx4BOg',
  at: '2016-10-17T10:00:00.123Z',
  outcome: 'accepted',
}
const refused = { ...accepted, outcome: 'refused', reason: { code: 'not-for-us' } }

const parse = (value: unknown): Acknowledgement =>
  parseAcknowledgement(Buffer.from(JSON.stringify(value)), new Set(['not-for-us']))

function faultsOf(value: unknown): string[] {
  const problem = refusalOf(() => parse(value))
  expect(problem.code).toBe('malformed-message')
  return (problem.errors ?? []).map(({ pointer, keyword }) => `${pointer} ${keyword}`)
}

test('gives an acceptance, and a refusal with its reason', () => {
  expect(parse(accepted)).toStrictEqual(accepted)
  expect(parse(refused)).toStrictEqual(refused)
})

test.each([
  ['a refusal without a reason', { ...refused, reason: undefined }, [' required']],
  ['an acceptance with one', { ...accepted, reason: { code: 'not-for-us' } }, ['/reason not']],
  ['a code that the list does not have', { ...refused, reason: { code: 'because' } }, ['/reason/code enum']],
  ['a reason without a code', { ...refused, reason: {} }, ['/reason required']],
  [
    'free text in a reason',
    { ...refused, reason: { code: 'not-for-us', text: 'x' } },
    ['/reason additionalProperties'],
  ],
  ['a reason that is a text', { ...refused, reason: 'not-for-us' }, ['/reason type']],
  ['a reason that is null', { ...refused, reason: null }, ['/reason type']],
  ['an unknown outcome', { ...accepted, outcome: 'read' }, ['/outcome enum']],
  ['an id in capitals', { ...accepted, messageId: accepted.messageId.toUpperCase() }, ['/messageId pattern']],
  [
    'a digest of another form',
    { ...accepted, messageDigest: accepted.messageDigest.slice(8) },
    ['/messageDigest pattern'],
  ],
  ['a time with an offset', { ...accepted, at: '2016-10-17T12:00:00+02:00' }, ['/at format']],
  ['a day that is none', { ...accepted, at: '2016-02-30T12:00:00Z' }, ['/at format']],
  ['an unknown member', { ...accepted, note: 'x' }, [' additionalProperties']],
  ['nothing', {}, [' required', ' required', ' required', ' required']],
  ['no object', [], [' type']],
])('refuses %s', (_, value, faults) => expect(faultsOf(value)).toEqual(faults))

test('quotes nothing of what was sent', () => {
  const problem = refusalOf(() => parse({ ...refused, at: 'Amina', reason: { code: 'Amina', Amina: 1 } }))
  expect(JSON.stringify([problem.message, problem.detail, problem.errors])).not.toContain('Amina')
})
