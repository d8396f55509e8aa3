import { EventEmitter, once } from 'node:events'
import fc from 'fast-check'
import fastify from 'fastify'
import { expect, test, vi } from 'vitest'
import { requireAccess } from '../../gateway/http/access.ts'
import { createBuckets } from '../../gateway/http/admission/bucket.ts'
import { createCalls } from '../../gateway/http/admission/calls.ts'
import { type Kind, kinds, mostAtOnce, perMinute } from '../../gateway/http/admission/kinds.ts'

const counted = (Object.keys(kinds) as Kind[]).filter((kind) => kind !== 'submission')

const CALLS_AT_ONCE = 256

function open({
  submissions = 600,
  callsAtOnce = CALLS_AT_ONCE,
  retryAfter,
}: {
  submissions?: number
  callsAtOnce?: number
  retryAfter?: number
} = {}) {
  const told: string[] = []
  const time = { now: 0 }
  const calls = createCalls({
    submissions,
    callsAtOnce,
    rateLimit: { admit: async () => (retryAfter === undefined ? {} : { retryAfter }) },
    tell: (limit) => void told.push(limit),
    clock: () => time.now,
  })
  const admit = (agency: string, kind: Kind, answer = new EventEmitter()): Promise<unknown> =>
    calls.admit(agency, kind, answer).catch((error: unknown) => error)
  return { told, time, admit }
}

test('a route for agencies that does not say as what it counts stops the start', () => {
  const server = fastify().addHook('onRoute', requireAccess(['agency', 'public']))
  const schema = { summary: 'what is tried' } as object
  server.get('/a', { config: { access: 'agency', kind: 'look-up' }, schema }, () => 'x')
  server.get('/b', { config: { access: 'public' }, schema }, () => 'x')
  expect(() => server.get('/c', { config: { access: 'agency' } }, () => 'x')).toThrow('GET /c must say as what kind')
})

test.each(counted)('%s: so many a minute, and no other agency and no other kind is kept back for it', async (kind) => {
  const { admit, told, time } = open()
  const most = (perMinute(kind, 600) ?? 0) / 2
  for (let at = 0; at < most; at++) {
    const answer = new EventEmitter()
    expect(await admit('flood', kind, answer)).toBeUndefined()
    answer.emit('close')
  }
  expect(await admit('flood', kind)).toMatchObject({ code: 'rate-limited', retryAfter: 1 })
  expect(await admit('other', kind)).toBeUndefined()
  for (const another of counted.filter((one) => one !== kind)) expect(await admit('flood', another)).toBeUndefined()
  expect(told).toEqual(['call-rate'])
  time.now = 1_000
  expect(await admit('flood', kind), 'a second later it may ask again').toBeUndefined()
})

test.each(Object.keys(kinds) as Kind[])(
  '%s: so many under way at once, and a place is free when one has closed',
  async (kind) => {
    const { admit, told } = open({ submissions: 1_000_000 })
    const answers = Array.from({ length: mostAtOnce(kind, CALLS_AT_ONCE) }, () => new EventEmitter())
    for (const answer of answers) expect(await admit('flood', kind, answer)).toBeUndefined()
    expect(await admit('flood', kind)).toMatchObject({ code: 'rate-limited', retryAfter: 1 })
    expect(await admit('other', kind)).toBeUndefined()
    expect(told).toEqual(['calls-at-once'])
    answers[0]?.emit('close')
    expect(await admit('flood', kind)).toBeUndefined()
  },
)

test('PASSERELLE_CALLS_AT_ONCE says how many, and what is a part of it follows', async () => {
  const { admit } = open({ submissions: 1_000_000, callsAtOnce: 8 })
  const places = {
    submission: 8,
    acknowledgement: 8,
    reading: 8,
    upload: 1,
    download: 2,
    listing: 16,
    'look-up': 8,
    directory: 2,
  }
  for (const [kind, most] of Object.entries(places) as [Kind, number][]) {
    for (let at = 0; at < most; at++) expect(await admit('flood', kind), kind).toBeUndefined()
    expect(await admit('flood', kind), kind).toMatchObject({ code: 'rate-limited' })
  }
})

test('submissions are counted over all processes, and refused as that count says', async () => {
  const { admit, told } = open({ retryAfter: 17 })
  expect(await admit('fr-rys', 'submission')).toMatchObject({ code: 'rate-limited', retryAfter: 17 })
  expect(told).toEqual(['call-rate'])
})

test('who does not heed a refusal has the next ones later; others do not', async () => {
  vi.useFakeTimers()
  try {
    const { admit } = open({ retryAfter: 5 })
    const answered = { flood: 0, other: 0 }
    const ask = (agency: 'flood' | 'other') => void admit(agency, 'submission').then(() => (answered[agency] += 1))
    for (let at = 0; at < 1_000; at++) ask('flood')
    ask('other')
    await vi.advanceTimersByTimeAsync(900)
    expect(answered.flood).toBe(20)
    expect(answered.other).toBe(1)
    await vi.advanceTimersByTimeAsync(200)
    expect(answered.flood, 'each is answered').toBe(1_000)
  } finally {
    vi.useRealTimers()
  }
})

test('a bucket gives no more than a minute’s worth in any minute, beyond what it had saved, and says truly when', () => {
  const step = fc.record({ ms: fc.integer({ min: 0, max: 30_000 }), amount: fc.integer({ min: 1, max: 20 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const buckets = createBuckets(60)
      let now = 0
      let taken = 0
      for (const { ms, amount } of steps) {
        now += ms
        const wait = buckets.take('a', amount, now)
        if (wait === undefined) taken += amount
        else {
          expect(Number.isInteger(wait) && wait >= 1).toBe(true)
          now += wait * 1000
          expect(buckets.take('a', amount, now), 'after the wait it is given').toBeUndefined()
          taken += amount
        }
      }
      // The last may be larger than a whole bucket, and is paid for afterwards.
      expect(taken).toBeLessThanOrEqual(30 + (now / 60_000) * 60 + 20)
    }),
  )
})

test('an answer that closes twice frees one place', async () => {
  const { admit } = open()
  const answer = new EventEmitter()
  const closed = once(answer, 'close')
  await admit('a', 'directory', answer)
  answer.emit('close')
  answer.emit('close')
  await closed
  for (let at = 0; at < mostAtOnce('directory', CALLS_AT_ONCE); at++)
    expect(await admit('a', 'directory')).toBeUndefined()
  expect(await admit('a', 'directory')).toMatchObject({ code: 'rate-limited' })
})
