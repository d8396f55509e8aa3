import { expect, test } from 'vitest'
import { readForm, timeOfDay } from '../../gateway/http/console/read-form.ts'

const PARIS = 'Europe/Paris'
const now = new Date('2026-11-28T02:20:30Z')
const call = (rang: string, since?: Date, at = now) =>
  readForm('telephoned', { rang, code: 'reached', reason: 'They read it' }, { timeZone: PARIS, now: at, since })
const decisionOf = (read: ReturnType<typeof readForm>) => ('decision' in read ? read.decision : undefined)
const rangAt = (...given: Parameters<typeof call>) => decisionOf(call(...given))?.rangAt?.toISOString()

test.each([
  ['03:12', '2026-11-28T02:12:00.000Z'],
  [' 3h12 ', '2026-11-28T02:12:00.000Z'],
  ['23:50', '2026-11-27T22:50:00.000Z'],
  ['03:20', '2026-11-28T02:20:00.000Z'],
  // A minute ahead was yesterday.
  ['03:21', '2026-11-27T02:21:00.000Z'],
])('%s is the last such minute in the reader’s zone', (text, at) => {
  expect(rangAt(text)).toBe(at)
})

test.each(['', '3', '24:00', '03:60', 'three', '03:12:00', '-3:12'])(
  '«%s» is no time, and said so at its field',
  (text) => {
    expect(call(text).faults?.map(({ field }) => field)).toEqual(['rang'])
  },
)

test('in the night in which the clocks go back it is the later hour, in that in which they go forward there is none', () => {
  expect(rangAt('02:30', undefined, new Date('2026-10-25T03:00:00Z'))).toBe('2026-10-25T01:30:00.000Z')
  expect(call('02:30', undefined, new Date('2026-03-29T23:00:00Z')).faults).toHaveLength(1)
})

test('nobody telephoned about a message before it came; in the minute in which it came they may have', () => {
  expect(call('03:12', new Date('2026-11-28T02:13:00Z')).faults).toHaveLength(1)
  expect(rangAt('03:12', new Date('2026-11-28T02:12:40Z'))).toBe('2026-11-28T02:12:40.000Z')
})

test('words are required, of at most 500 characters; a note has no list and may be longer; ends of lines count once', () => {
  const where = { timeZone: PARIS, now, since: undefined }
  const fields = (...given: Parameters<typeof readForm>) => readForm(...given).faults?.map(({ field }) => field)
  expect(fields('pause', {}, where)).toEqual(['code', 'reason'])
  expect(fields('pause', { code: 'reached', reason: ' \r\n ' }, where), 'a reason of another act').toEqual([
    'code',
    'reason',
  ])
  expect(fields('pause', { code: 'other', reason: 'x'.repeat(501) }, where)).toEqual(['reason'])
  expect(fields('handover', { reason: 'x'.repeat(4_001) }, where)).toEqual(['reason'])
  expect(decisionOf(readForm('handover', { reason: 'a\r\nb' }, where))).toEqual({ reason: 'a\nb' })
  expect(timeOfDay(now, PARIS)).toBe('03:20')
})
