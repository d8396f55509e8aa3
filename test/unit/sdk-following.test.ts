import { expect, test } from 'vitest'
import { PasserelleProblem, SdkFault } from '../../sdk/index.ts'
import { follow } from '../../sdk/following.ts'

/** A list that is followed for ever, and what it survives. */

const problem = (status: number, code: string) => new PasserelleProblem({ type: code, title: code, status, code }, 'q')
const unreachable = (mayPass: boolean) => new SdkFault('unreachable', { mayPass, detail: 'x' })

/** Plays these answers in order, then stops: an array is a page, all else is thrown. */
async function play(steps: readonly (readonly string[] | Error)[], after?: string) {
  const stop = new AbortController()
  const asked: string[] = []
  const faults: unknown[] = []
  const seen: string[] = []
  let pauses = 0
  const read = async (from: string) => {
    const step = steps[asked.length]
    asked.push(from)
    if (step === undefined) stop.abort(new Error('enough'))
    if (step instanceof Error) throw step
    return { entries: step ?? [], next: step?.at(-1) ?? from }
  }
  const options = {
    after,
    signal: stop.signal,
    onFault: (fault: unknown) => faults.push(fault),
    pause: async () => void (pauses += 1),
  }
  const following = (async () => {
    for await (const entry of follow(read, options)) seen.push(entry)
  })()
  const ended = await following.catch((fault: unknown) => fault)
  return { asked, faults, seen, pauses, ended }
}

test('goes on from page to page', async () => {
  expect(await play([['a', 'b'], [], ['c']])).toMatchObject({
    asked: ['', 'b', 'b', 'c'],
    seen: ['a', 'b', 'c'],
    faults: [],
  })
})

test('a gateway that is away, or overloaded, ends nothing: the same page is asked for again', async () => {
  const faults = [unreachable(true), problem(429, 'rate-limited'), problem(503, 'unavailable')]
  expect(await play([['a'], ...faults, ['b']])).toMatchObject({
    asked: ['', 'a', 'a', 'a', 'a', 'b'],
    seen: ['a', 'b'],
    faults,
    pauses: 3,
  })
})

test('a cursor that the gateway knows no more means the start, and is told', async () => {
  const forgotten = problem(400, 'invalid-request')
  expect(await play([forgotten, ['a']], 'old')).toMatchObject({
    asked: ['old', '', 'a'],
    seen: ['a'],
    faults: [forgotten],
  })
})

test.each([
  unreachable(false),
  problem(403, 'unknown-agency'),
  problem(400, 'invalid-request'),
  new TypeError('a slip'),
])('what cannot pass is thrown: %s', async (fault) => {
  expect(await play([fault])).toMatchObject({ ended: fault, faults: [], pauses: 0 })
})

test('an error says its first fault, and how many there are', () => {
  const errors = ['/body/a', '/body/b'].map((pointer) => ({
    pointer,
    keyword: 'type',
    message: 'must be a text',
    messageFr: 'doit être un texte',
  }))
  const refusal = new PasserelleProblem(
    { type: 't', title: 't', status: 422, code: 'schema-violation', detail: 'd', errors },
    'q',
  )
  expect(refusal.message).toBe('422 schema-violation: d: /body/a must be a text (and 1 more)')
  expect(new SdkFault('not-to-be-told', { errors: errors.slice(0, 1) }).message).toMatch(/\/body\/a must be a text$/)
})
