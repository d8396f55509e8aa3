import { describe, expect, test } from 'vitest'
import { minutesUntil, sayLong, sayWhen, writeWhen } from '../../desk/sending/moments.ts'
import { standing, tellReceipt, type Telling } from '../../desk/sending/told.ts'
import type { Receipt, ReceiptEvent } from '../../sdk/browser.ts'

const NOW = new Date('2026-11-28T19:00:00Z')
const here = (language: 'en' | 'fr', timeZone = 'Europe/Paris') => ({ language, timeZone, now: NOW })
const telling = (language: 'en' | 'fr', more: Partial<Telling> = {}): Telling => ({
  ...here(language),
  agency: 'fr-rys',
  party: (id) =>
    id === 'gb-ctac'
      ? { name: language === 'en' ? 'the advice centre' : 'le centre de conseil', telephone: '+44 1632 960001' }
      : { name: id },
  reason: (code) => (code === 'wrong-area' ? 'Child not in this area' : code),
  ...more,
})
const receipt = (event: ReceiptEvent, more: Partial<Receipt> = {}): Receipt => ({
  receiptId: '01a20ea6-f238-7d3a-aff0-dbbaf84bec77',
  event,
  messageId: '01a20ea6-f1d3-7208-81fb-96ee73443308',
  from: 'fr-rys',
  to: 'gb-ctac',
  messageDigest: `sha-256:${'A'.repeat(43)}`,
  at: '2026-11-28T17:02:31.731Z',
  gateway: 'passerelle',
  ...more,
})

describe('times', () => {
  test('are said in the time of this device, with its zone, and with the day where it is not today', () => {
    const at = new Date('2026-11-28T17:02:00Z')
    expect(sayWhen(at, here('en'))).toBe('at 18:02 (CET)')
    expect(sayWhen(at, here('en', 'Europe/London'))).toBe('at 17:02 (GMT)')
    expect(sayWhen(at, here('fr'))).toBe('à 18\u00a0h\u00a002 (UTC+1)')
    expect(sayWhen(new Date('2026-11-27T23:30:00Z'), here('en'))).toBe('at 00:30 (CET)')
    expect(sayWhen(new Date('2026-11-27T22:30:00Z'), here('en'))).toBe('on 27 November at 23:30 (CET)')
    expect(sayWhen(new Date('2026-07-27T22:30:00Z'), here('fr'))).toBe('le 28 juillet à 00\u00a0h\u00a030 (UTC+2)')
    expect(sayWhen(new Date('2025-11-27T12:00:00Z'), here('en'))).toBe('on 27 November 2025 at 13:00 (CET)')
    expect(writeWhen(at, here('fr'))).toBe('18\u00a0h\u00a002')
  })

  test.each([
    [0, '0 minutes', '0 minute'],
    [1, '1 minute', '1 minute'],
    [119, '119 minutes', '119 minutes'],
    [120, '2 hours', '2 heures'],
    [47 * 60 + 59, '47 hours', '47 heures'],
    [48 * 60, '2 days', '2 jours'],
  ])('%i minutes', (minutes, en, fr) => {
    expect(sayLong(minutes, 'en').replace('\u00a0', ' ')).toBe(en)
    expect(sayLong(minutes, 'fr').replace('\u00a0', ' ')).toBe(fr)
  })

  test('what is left is rounded towards the worse', () => {
    expect(minutesUntil(new Date(NOW.getTime() + 119_000), NOW)).toBe(1)
    expect(minutesUntil(new Date(NOW.getTime() - 1), NOW)).toBe(-1)
  })
})

describe('a receipt is told', () => {
  test('as the issue says it', () => {
    expect(tellReceipt(receipt('SubmissionAcceptance'), telling('en')).says).toBe(
      'Received by the channel at 18:02 (CET).',
    )
    expect(tellReceipt(receipt('ContentHandover', { at: '2026-11-28T17:40:00Z' }), telling('en')).says).toBe(
      'Read at 18:40 (CET) by the advice centre.',
    )
  })

  test('with what is to be done where something is wrong', () => {
    const unread = receipt('AcceptanceRejectionExpiry')
    expect(tellReceipt(unread, telling('en'))).toMatchObject({
      tone: 'bad',
      does: 'Ring the advice centre now: +44 1632 960001.',
    })
    const noNumber = telling('fr', { party: () => ({ name: 'X' }) })
    expect(tellReceipt(unread, noNumber).does).toContain('pas de numéro')
    expect(tellReceipt(receipt('ConsignmentRejection', { reason: { code: 'wrong-area' } }), telling('en')).says).toBe(
      'Refused at 18:02 (CET) by the advice centre: Child not in this area.',
    )
  })

  test('an answer that is owed by us is another thing than one that is owed to us', () => {
    expect(tellReceipt(receipt('ResponseOverdue'), telling('en')).says).toMatch(/^the advice centre owed you/)
    const ours = receipt('ResponseOverdue', { from: 'gb-ctac', to: 'fr-rys' })
    expect(tellReceipt(ours, telling('en')).says).toMatch(/^You owed the advice centre/)
  })

  test('in words for each event, in both languages', () => {
    const events: readonly ReceiptEvent[] = [
      'SubmissionAcceptance',
      'SubmissionRejection',
      'ContentConsignment',
      'ContentConsignmentFailure',
      'ContentHandover',
      'ConsignmentRejection',
      'AcceptanceRejectionExpiry',
      'DeliveryResumed',
      'MessageDiscarded',
      'ResponseOverdue',
    ]
    for (const language of ['en', 'fr'] as const) {
      const all = events.map((event) => tellReceipt(receipt(event), telling(language)))
      expect(new Set(all.map(({ says }) => says)).size).toBe(events.length)
      for (const { tone, does } of all) expect(tone === 'bad').toBe(does !== undefined)
    }
  })
})

test.each<[string, ReceiptEvent[], ReceiptEvent[]]>([
  [
    'who has read a message is not rung',
    ['SubmissionAcceptance', 'ContentConsignment', 'AcceptanceRejectionExpiry', 'ContentHandover'],
    ['SubmissionAcceptance', 'ContentHandover'],
  ],
  [
    'what is delivered after all is no dead letter',
    ['SubmissionAcceptance', 'ContentConsignmentFailure', 'DeliveryResumed', 'ContentConsignment'],
    ['SubmissionAcceptance', 'DeliveryResumed', 'ContentConsignment'],
  ],
  [
    'an answer is owed until it is there',
    ['SubmissionAcceptance', 'ResponseOverdue'],
    ['SubmissionAcceptance', 'ResponseOverdue'],
  ],
])('%s', (_, events, left) => {
  expect(standing(events.map((event) => receipt(event))).map(({ event }) => event)).toEqual(left)
})

test('an answer that has come is owed no more', () => {
  expect(standing([receipt('ResponseOverdue')], true)).toEqual([])
})
