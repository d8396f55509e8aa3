import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterStep,
  before,
  delayOf,
  FRESH_MS,
  hurried,
  inOrder,
  type Outcome,
  stepOf,
  type Waiting,
} from '../../desk/sending/outbox.ts'

const START = new Date('2026-11-28T20:00:00Z')
const envelope = {
  id: '01a20ea6-f1d3-7208-81fb-96ee73443308',
  type: 'referral',
  schemaVersion: '1.2',
  from: 'fr-rys',
  to: 'gb-ctac',
  caseId: '01a20ea6-f1d3-79e8-87bb-44eefdb7e69f',
  priority: 'urgent',
  body: {},
} as const
const picture = { name: 'p.jpg', description: 'd', mediaType: 'image/jpeg', size: 1 }
const enclose = (digest: string) => ({ picture: digest, attachment: { digest, ...picture } })

const waitingFrom = (more: Partial<Waiting> = {}): Waiting => ({
  id: 'draft',
  back: 'back',
  draft: {},
  envelope,
  enclosed: [],
  put: [],
  signed: { message: 'bytes 0', digest: 'bytes 0', at: START.toISOString() },
  digests: ['bytes 0'],
  left: false,
  since: START.toISOString(),
  failures: 0,
  ...more,
})
const later = (ms: number): Date => new Date(START.getTime() + ms)

describe('what is done next', () => {
  test.each<[string, Partial<Waiting>, number, string]>([
    ['attachments go first', { enclosed: [enclose('a')] }, 0, 'put'],
    ['then the message', { enclosed: [enclose('a')], put: ['a'] }, 0, 'post'],
    ['the same bytes again while they are fresh', { left: true }, FRESH_MS - 1, 'post'],
    ['what never left is signed anew when it is too old', {}, FRESH_MS, 'sign'],
    ['what may have left is asked about first', { left: true }, FRESH_MS, 'ask'],
    ['a clock that was set back says nothing of the age', { left: true }, -1, 'ask'],
    ['nothing before its time', { nextAt: later(10).toISOString() }, 9, 'wait'],
    ['and then something', { nextAt: later(10).toISOString() }, 10, 'post'],
  ])('%s', (_, more, ms, step) => {
    expect(stepOf(waitingFrom(more), later(ms)).do).toBe(step)
  })

  test('who presses «try now» does not wait', () => {
    const waiting = waitingFrom({ nextAt: later(99_000).toISOString() })
    expect(stepOf(hurried(waiting), START).do).toBe('post')
  })

  test('immediate first, then the oldest', () => {
    const of = (id: string, priority: 'immediate' | 'urgent' | 'routine', ms: number) =>
      waitingFrom({ id, envelope: { ...envelope, priority }, since: later(ms).toISOString() })
    const all = [of('d', 'routine', 0), of('c', 'urgent', 5), of('a', 'immediate', 9), of('b', 'urgent', 1)]
    expect(inOrder(all).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('what comes of it', () => {
  const post = { do: 'post' } as const
  const after = (outcome: Outcome, more: Partial<Waiting> = {}) => afterStep(waitingFrom(more), post, outcome, START)

  test('a failure waits, ever longer, for two minutes at most', () => {
    const failed: Outcome = { is: 'failed', trouble: { kind: 'no-line' } }
    expect(after(failed)).toMatchObject({ waiting: { failures: 1, nextAt: later(2000).toISOString() } })
    expect(Array.from({ length: 9 }, (_, at) => delayOf(at))).toEqual([
      2000, 4000, 8000, 16_000, 32_000, 64_000, 120_000, 120_000, 120_000,
    ])
    expect(delayOf(1_000_000)).toBe(120_000)
  })

  test('a refusal gives it back to who wrote it', () => {
    expect(after({ is: 'refused', code: 'schema-violation' })).toEqual({ is: 'refused' })
  })

  test('whoever the gateway does not know learns nothing: it waits', () => {
    expect(after({ is: 'refused', code: 'unknown-agency' })).toMatchObject({
      waiting: { trouble: { kind: 'stranger' } },
    })
    const asked = afterStep(waitingFrom({ left: true }), { do: 'ask' }, { is: 'refused', code: 'rate-limited' }, START)
    expect(asked).toMatchObject({ is: 'waiting' })
  })

  test('stale by the gateway’s clock and fresh by this one’s: the clock is said to be wrong, and nothing is signed unasked', () => {
    const next = after({ is: 'refused', code: 'stale-message' })
    if (next.is !== 'waiting') throw new Error('it waits')
    expect(next.waiting.trouble).toEqual({ kind: 'clock' })
    expect(stepOf(hurried(next.waiting), START).do).toBe('ask')
  })

  test('attachments that the gateway has deleted meanwhile are put again, a few times', () => {
    const enclosed = [enclose('a')]
    const next = after({ is: 'refused', code: 'attachment-missing' }, { enclosed, put: ['a'] })
    expect(next).toMatchObject({ is: 'waiting', waiting: { put: [] } })
    expect(after({ is: 'refused', code: 'attachment-missing' }, { enclosed, failures: 3 })).toEqual({ is: 'refused' })
    expect(after({ is: 'refused', code: 'attachment-missing' })).toEqual({ is: 'refused' })
  })

  test('a message of this id that was not signed here is another one', () => {
    expect(after({ is: 'accepted', digest: 'bytes 0' })).toEqual({ is: 'done' })
    expect(after({ is: 'accepted', digest: 'strange' })).toEqual({ is: 'refused' })
  })
})

/** What befalls one step: nothing; the line is cut before or after the gateway has it, or it arrives later; the tab is killed before or after the step. */
type Fate = 'good' | 'cut before' | 'cut after' | 'arrives later' | 'killed before' | 'killed after'
const fates = fc.constantFrom<Fate>('good', 'cut before', 'cut after', 'arrives later', 'killed before', 'killed after')

/** The gateway as sections 3 and 4 have it: bytes once for an id, and only while they are fresh. */
function openGateway() {
  const accepted: string[] = []
  const attachments = new Set<string>()
  const late: (() => void)[] = []
  const take = (bytes: string, signedAt: Date, now: Date): Outcome => {
    if (accepted.includes(bytes)) return { is: 'accepted', digest: bytes }
    if (Math.abs(now.getTime() - signedAt.getTime()) > 300_000) return { is: 'refused', code: 'stale-message' }
    if (!attachments.has('a')) return { is: 'refused', code: 'attachment-missing' }
    if (accepted.length > 0) return { is: 'refused', code: 'id-conflict' }
    accepted.push(bytes)
    return { is: 'accepted', digest: bytes }
  }
  return { accepted, attachments, late, take }
}

test('whatever is cut, killed or late at whatever step: nothing is lost and nothing is sent twice', () => {
  const story = fc.array(fc.record({ fate: fates, ms: fc.integer({ min: 0, max: 400_000 }) }), { maxLength: 25 })
  fc.assert(
    fc.property(story, (chapters) => {
      const gateway = openGateway()
      /** What the vault has: all that is left where the tab is killed. */
      let kept: Waiting = waitingFrom({ enclosed: [enclose('a')] })
      let signatures = 0
      let now = START
      let isDone = false

      const perform = (step: ReturnType<typeof stepOf>): Outcome => {
        if (step.do === 'put') {
          gateway.attachments.add(step.enclosed.attachment.digest)
          return { is: 'put', digest: step.enclosed.attachment.digest }
        }
        if (step.do === 'sign') {
          const bytes = `bytes ${++signatures}`
          return { is: 'signed', signed: { message: bytes, digest: bytes, at: now.toISOString() } }
        }
        if (step.do === 'ask') {
          const [digest] = gateway.accepted
          return digest === undefined ? { is: 'unknown' } : { is: 'accepted', digest }
        }
        return gateway.take(kept.signed.message, new Date(kept.signed.at), now)
      }
      const live = (fate: Fate, ms: number): void => {
        now = new Date(now.getTime() + ms)
        if (isDone) return
        const step = stepOf(kept, now)
        if (step.do === 'wait') return
        kept = before(kept, step)
        if (fate === 'killed before') return
        const { message, at } = kept.signed
        if (fate === 'arrives later' && step.do === 'post')
          gateway.late.push(() => gateway.take(message, new Date(at), now))
        const isCut = fate === 'cut before' || fate === 'arrives later'
        const failed: Outcome = { is: 'failed', trouble: { kind: 'no-line' } }
        const outcome = isCut && step.do !== 'sign' ? failed : perform(step)
        if (fate === 'killed after') return
        const next = afterStep(kept, step, fate === 'cut after' && step.do !== 'sign' ? failed : outcome, now)
        expect(next.is).not.toBe('refused')
        if (next.is === 'waiting') kept = next.waiting
        else isDone = next.is === 'done'
        // What was on its way arrives at some time, in whatever order.
        if (ms % 3 === 0) for (const arrive of gateway.late.splice(0).toReversed()) arrive()
      }

      for (const { fate, ms } of chapters) live(fate, ms)
      // The line is back, and stays.
      for (let turn = 0; turn < 40; turn++) live('good', 120_001)
      for (const arrive of gateway.late) arrive()
      expect(isDone).toBe(true)
      expect(gateway.accepted).toHaveLength(1)
      expect(kept.digests).toContain(gateway.accepted[0])
    }),
    { numRuns: 400 },
  )
})
