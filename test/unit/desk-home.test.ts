import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { forMe, unanswered } from '../../desk/reading/home.ts'
import { isBearable, MOST_PIXELS, sizeOf } from '../../desk/reading/picture.ts'
import type { PathwayRow } from '../../desk/reading/replies.ts'
import { foresee } from '../../desk/sending/before.ts'
import type { Directory } from '../../sdk/browser.ts'

const NOW = new Date('2026-11-28T19:00:00Z')
const { rows } = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/pathway.json'), 'utf8')) as {
  rows: PathwayRow[]
}

test('what waits for me: immediate first, then by the time that is left', () => {
  const entry = (id: string, priority: 'immediate' | 'urgent' | 'routine', at: string) => ({
    id,
    priority,
    acceptedAt: `2026-11-28T${at}:00Z`,
    messageId: id,
    from: 'gb-ctac',
    type: 'outcome',
    caseId: 'c',
    size: 1,
    cursor: 'x',
  })
  const waiting = forMe(
    [
      entry('routine', 'routine', '18:00'),
      entry('late', 'immediate', '18:40'),
      entry('urgent', 'urgent', '18:59'),
      entry('immediate', 'immediate', '18:50'),
    ],
    NOW,
  )
  expect(waiting.map(({ id, minutesLeft }) => [id, minutesLeft])).toEqual([
    ['late', -5],
    ['immediate', 5],
    ['urgent', 1439],
    ['routine', 4260],
  ])
})

test('children without an answer: what the pathway answers, until its answer is there', () => {
  const sent = (messageId: string, type: string, respondBy?: string) => ({
    id: messageId,
    messageId,
    sentAt: `2026-11-28T0${messageId}:00:00Z`,
    envelope: {
      id: messageId,
      type,
      from: 'fr-rys',
      to: 'gb-ctac',
      schemaVersion: '1.2',
      caseId: 'c',
      priority: 'urgent' as const,
      body: {},
      ...(respondBy !== undefined && { respondBy }),
    },
  })
  const all = [
    sent('1', 'referral'),
    sent('2', 'referral'),
    sent('3', 'child-found'),
    sent('4', 'information-request', '2026-11-28T20:00:00Z'),
  ]
  const answer = { envelope: { inReplyTo: '1', from: 'gb-ctac' } }
  const stranger = { envelope: { inReplyTo: '2', from: 'gb-home-office' } }
  expect(
    unanswered(all, [answer, stranger], rows, NOW).map(({ sent: { id }, minutesLeft }) => [id, minutesLeft]),
  ).toEqual([
    ['4', 60],
    ['2', undefined],
  ])
})

describe('before sending', () => {
  const desk = (id: string, openNow: boolean, opensAt?: string) => ({
    id,
    name: { en: id, fr: id },
    openNow,
    hours: { timeZone: 'Europe/London', open: [] },
    ...(opensAt !== undefined && { opensAt }),
  })
  const agency = (more: object = {}): Directory['agencies'][number] => ({
    id: 'gb-la',
    name: { en: 'Kent', fr: 'Kent' },
    country: 'GB',
    kind: 'local-authority',
    roles: ['children-services'],
    status: 'active',
    certificates: [],
    dutyTelephone: '+441632960009',
    ...more,
  })
  const disclosure = {
    rows: [
      {
        type: 'missing-notification',
        to: 'referrer',
        title: { en: 'no place', fr: 'aucun lieu' },
        members: ['/body/x'],
      },
      {
        type: 'missing-notification',
        to: 'children-services',
        title: { en: 'no story', fr: 'aucun récit' },
        members: ['/body/y'],
      },
    ],
  }
  const ask = (priority: 'immediate' | 'urgent' | 'routine', more: object = {}) =>
    foresee(
      { type: 'missing-notification', to: 'gb-la', priority },
      { directory: { agencies: [agency(more)] }, disclosure },
      NOW,
    )

  test('who reads it, when, and whom to ring', () => {
    const closed = { desks: [desk('b', false, '2026-12-01T09:00:00Z'), desk('a', false, '2026-11-30T09:00:00Z')] }
    expect(ask('urgent', closed)).toMatchObject({
      when: 'closed',
      opensAt: '2026-11-30T09:00:00Z',
      notice: { en: 'The desk opens on Monday at 9 (local time there): ring +441632960009, or send it as immediate.' },
    })
    expect(ask('routine', closed)).not.toHaveProperty('notice')
    expect(ask('immediate', closed).when).toBe('duty')
    expect(ask('urgent', { desks: [desk('a', true), desk('b', false)] }).when).toBe('open')
    expect(ask('urgent').when).toBe('open')
    expect(ask('urgent', { status: 'suspended' }).when).toBe('suspended')
    expect(
      foresee({ type: 'x', to: 'gb-no', priority: 'urgent' }, { directory: { agencies: [] }, disclosure }, NOW).when,
    ).toBe('unknown')
  })

  test('whether anybody looks into the mailbox', () => {
    expect(ask('urgent', { mailboxRead: false }).isUnread).toBe(true)
    expect(ask('urgent', { mailboxRead: true }).isUnread).toBe(false)
    expect(ask('urgent').isUnread).toBe(false)
  })

  test('what this recipient is not told', () => {
    expect(ask('urgent').hidden).toEqual([{ en: 'no story', fr: 'aucun récit' }])
  })
})

describe('the size of a picture', () => {
  const png = (width: number, height: number): Uint8Array => {
    const bytes = new Uint8Array(33)
    bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
    new DataView(bytes.buffer).setUint32(16, width)
    new DataView(bytes.buffer).setUint32(20, height)
    return bytes
  }
  const jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 11, 8, 0x01, 0x02, 0x03, 0x04, 1, 0, 0, 0]

  test('is read before it is decoded', () => {
    expect(sizeOf(png(640, 480))).toEqual({ width: 640, height: 480 })
    expect(sizeOf(Uint8Array.from(jpeg))).toEqual({ width: 0x0304, height: 0x0102 })
    expect(sizeOf(Uint8Array.from([1, 2, 3]))).toBeUndefined()
  })

  test('says what would be a bomb', () => {
    expect(isBearable({ width: 8000, height: 6000 })).toBe(true)
    expect(isBearable({ width: 60_000, height: 60_000 })).toBe(false)
    expect(isBearable({ width: 0, height: 9 })).toBe(false)
    expect(MOST_PIXELS).toBeLessThan(2 ** 31)
  })

  test('of anything is found without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, isJpeg) => {
        expect(() => sizeOf(isJpeg ? Uint8Array.from([0xff, 0xd8, 0xff, ...bytes]) : bytes)).not.toThrow()
      }),
    )
  })
})
