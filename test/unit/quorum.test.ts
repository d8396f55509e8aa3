import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  isQuorum,
  isUncosigned,
  type LastCosigned,
  type Witness,
  type Witnesses,
} from '../../gateway/protocol/quorum.ts'

const fr = { name: 'France', country: 'FR' } as const
const gb = { name: 'United Kingdom', country: 'GB' } as const
const supervisor = { name: 'Supervisor' } as const
const three: Witnesses = { quorum: 2, witnesses: [fr, gb, supervisor] }

test.each([
  [[fr, gb], true],
  [[fr, gb, supervisor], true],
  [[fr, supervisor], false],
  [[gb, supervisor], false],
  [[fr], false],
  [[], false],
])('of two with both countries %j are a quorum: %s', (counting, expected) => {
  expect(isQuorum(three, (one) => counting.some(({ name }) => name === one.name))).toBe(expected)
})

it('asks for no country that the file does not name, and for each that it does, however small the number', () => {
  expect(isQuorum({ quorum: 1, witnesses: [supervisor, fr] }, (one) => one === supervisor)).toBe(false)
  expect(isQuorum({ quorum: 1, witnesses: [supervisor] }, () => true)).toBe(true)
  expect(isQuorum({ quorum: 1, witnesses: [fr, gb] }, (one) => one === fr)).toBe(false)
})

it('is never lost by one more that counts', () => {
  const witness = fc.record({ name: fc.uuid(), country: fc.constantFrom('FR' as const, 'GB' as const) })
  fc.assert(
    fc.property(
      fc.array(witness, { minLength: 1, maxLength: 6 }),
      fc.nat(6),
      fc.infiniteStream(fc.boolean()),
      (all, n, flips) => {
        const counting = new Set(all.filter(() => flips.next().value === true))
        const of = { quorum: Math.min(n, all.length), witnesses: all }
        const before = isQuorum(of, (one) => counting.has(one))
        const [more] = all.filter((one) => !counting.has(one))
        if (more) counting.add(more)
        expect(isQuorum(of, (one) => counting.has(one)) || !before).toBe(true)
      },
    ),
    { numRuns: 50 },
  )
})

describe('a log goes uncosigned', () => {
  const now = new Date('2026-11-28T12:00:00Z')
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000)
  function last(size: number, seconds: number): () => LastCosigned {
    const cosigned = { size, at: ago(seconds) }
    return () => cosigned
  }

  type Case = readonly [what: string, last: () => LastCosigned | undefined, due: number | undefined, is: boolean]
  const cases: readonly Case[] = [
    ['where all cosigned what was due, a moment ago', last(10, 1), 10, false],
    ['where they cosigned more', last(11, 1), 10, false],
    ['where they cosigned less than was published a minute ago', last(9, 1), 10, true],
    ['where they cosigned it, but longer than a minute ago', last(10, 61), 10, true],
    ['where they never have', () => undefined, 10, true],
    ['where nothing was published a minute ago', () => undefined, undefined, false],
  ]
  test.each(cases)('%s', (_what, lastOf, due, expected) => {
    expect(isUncosigned(three, lastOf, due, now)).toBe(expected)
  })

  it('where all of one country are silent, and not where only the supervisor is', () => {
    const but =
      (silent: Witness) =>
      (one: Witness): LastCosigned | undefined =>
        one === silent ? undefined : last(10, 1)()
    expect(isUncosigned(three, but(gb), 10, now)).toBe(true)
    expect(isUncosigned(three, but(supervisor), 10, now)).toBe(false)
  })
})
