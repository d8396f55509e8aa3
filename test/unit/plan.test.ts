import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextDue, openNow, plan, YIELD_MS } from '../../gateway/delivery/plan.ts'
import type { Routed, Unroutable } from '../../gateway/delivery/route.ts'
import type { Delivery } from '../../gateway/protocol/agency.ts'
import type { Due } from '../../gateway/record/deliveries.ts'

const now = new Date('2016-10-17T10:00:00Z')
const mailbox: Delivery = { mode: 'mailbox' }
const push: Delivery = { mode: 'push', url: 'https://endpoint.example/', trustAnchors: '' }
const after = (ms: number): Date => new Date(now.getTime() + ms)

function due(no: number, desk: string | null = null): Due {
  return {
    no,
    sender: 'fr-rys',
    id: `00000000-0000-7000-8000-${String(no).padStart(12, '0')}`,
    recipient: 'gb-ctac',
    case_id: '00000000-0000-7000-8000-000000000000',
    type: 'referral',
    priority: 1,
    accepted_at: new Date(0),
    digest: Buffer.alloc(32),
    state: 'accepted',
    desk,
    attempts: 0,
    due_at: now,
    consigned_leaf: null,
    request_id: null,
    deadline: null,
    spent: 0,
    respond_by: null,
  }
}

const routed = (no: number, one: Partial<Routed> = {}): Routed => ({ due: due(no), desk: 'a', delivery: push, ...one })
const none = new Map<string | undefined, { granted: number; retryAfterMs: number }>()

function planned(
  all: readonly (Routed | Unroutable)[],
  { placed = openNow(all), allowances = none, hides = false } = {},
) {
  return plan(all, { placed: new Set(placed), allowances, hides, now })
}

describe('each delivery is decided on once, in order', () => {
  test('a mailbox takes it, an endpoint is tried, and what no adapter knows is a dead letter', () => {
    const all = [routed(1, { delivery: mailbox }), routed(2), { due: due(3), unroutable: true } as const]
    expect(planned(all).map(({ kind, due: { no } }) => [no, kind])).toEqual([
      [1, 'mailbox'],
      [2, 'push'],
      [3, 'unroutable'],
    ])
  })

  test('a closed desk comes before a full one, and a full one before a rate that is spent', () => {
    const opens = after(3_600_000)
    const closed = routed(1, { notBefore: opens })
    const full = routed(2)
    const spent = routed(3)
    const allowances = new Map([['a', { granted: 0, retryAfterMs: 500 }]])
    const decisions = planned([closed, full, spent], { placed: [spent], allowances, hides: true })
    expect(decisions.map((one) => [one.kind, 'until' in one ? one.until : undefined])).toEqual([
      ['closed', opens],
      ['no-place', after(YIELD_MS)],
      ['over-rate', after(500)],
    ])
    expect(nextDue(decisions, now)).toEqual(after(500))
  })

  test('of one desk as many go as its rate grants, the first of them, and other desks go on', () => {
    const all = [routed(1), routed(2, { desk: 'b' }), routed(3), routed(4)]
    const allowances = new Map([['a', { granted: 2, retryAfterMs: 100 }]])
    expect(planned(all, { allowances }).map(({ kind }) => kind)).toEqual(['push', 'push', 'push', 'over-rate'])
  })

  test('what has no place stays due where it hides nothing, and is told its desk once', () => {
    const fresh = routed(1)
    const told = routed(2, { due: due(2, 'a') })
    const own = { ...routed(3), desk: undefined }
    const decisions = planned([fresh, told, own], { placed: [] })
    expect(decisions.map((one) => [one.due.no, 'until' in one && one.until])).toEqual([
      [1, now],
      [3, after(YIELD_MS)],
    ])
    expect(nextDue(decisions, now), 'what is due already needs no call').toEqual(after(YIELD_MS))
  })
})

test('whatever comes: no delivery is decided on twice, and none is left out but what stays as it is', () => {
  const one = fc.record({
    desk: fc.constantFrom('a', 'b', undefined),
    known: fc.constantFrom('a', null),
    delivery: fc.constantFrom(mailbox, push),
    closed: fc.boolean(),
    placed: fc.boolean(),
    unroutable: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), fc.boolean(), fc.nat(5), (ones, hides, granted) => {
      const all = ones.map(({ desk, known, delivery, closed, unroutable }, no): Routed | Unroutable =>
        unroutable
          ? { due: due(no, known), unroutable }
          : { due: due(no, known), desk, delivery, ...(closed && { notBefore: after(1_000) }) },
      )
      const open = openNow(all)
      const placed = open.filter(({ due: { no } }) => ones[no]?.placed === true)
      const allowances = new Map([['a', { granted, retryAfterMs: 1 }]])
      const decisions = planned(all, { placed, allowances, hides })
      const decided = decisions.map(({ due: { no } }) => no)
      expect(new Set(decided).size).toBe(decided.length)
      expect(decided).toEqual(decided.toSorted((a, b) => a - b))
      const left = open.filter(({ due: { no } }) => !decided.includes(no))
      expect(left.every((it) => !hides && !placed.includes(it) && it.desk === it.due.desk)).toBe(true)
      const gone = decisions.filter(({ kind, desk }) => desk === 'a' && (kind === 'push' || kind === 'mailbox'))
      expect(gone.length).toBeLessThanOrEqual(granted)
    }),
  )
})
