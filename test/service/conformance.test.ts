import { describe, expect, test } from 'vitest'
import { cases } from '../../sdk/conformance/cases.ts'
import { roleNames } from '../../sdk/conformance/roles.ts'
import { verdictOf } from '../../sdk/conformance/run.ts'
import { brokenBelievers } from '../support/conformance/broken/receipts.ts'
import { brokenReceivers } from '../support/conformance/broken/receiving.ts'
import { brokenSenders } from '../support/conformance/broken/sending.ts'
import { agreesToAll, refusesAll } from '../support/conformance/hopeless.ts'
import { failedOf, play, playAgainst } from '../support/conformance/play.ts'

/** Seconds on a quiet machine; on one that others load as well, each play takes a few dozen times as long. */
const PLAY_MS = 240_000

const broken = [...brokenSenders, ...brokenBelievers, ...brokenReceivers]

/** The cases of conformance, tried on our own client and on clients that were broken on purpose. */

test.each(roleNames)(
  'our own SDK passes every case as a %s',
  async (role) => {
    const results = await play(role)
    const failed = results.filter(({ state }) => state !== 'passed')
    expect(failed.map(({ case: { id }, text }) => `${id}: ${text?.en}`)).toEqual([])
    expect(results.length).toBeGreaterThan(60)
    expect(verdictOf(results)).toBe('conforms')
  },
  PLAY_MS,
)

test(
  'every case can fail: each does with some broken client, or with one that refuses or agrees to everything',
  async () => {
    const failed = new Set(broken.flatMap(({ fails }) => fails))
    for (const role of roleNames) for (const id of failedOf(await playAgainst(role, () => refusesAll))) failed.add(id)
    for (const id of failedOf(await playAgainst('referrer', () => agreesToAll))) failed.add(id)
    expect(cases.map(({ id }) => id).filter((id) => !failed.has(id))).toEqual([])
  },
  PLAY_MS,
)

describe('a client that', () => {
  test.each(broken.map((one) => [one.name, one] as const))(
    '%s fails exactly the cases about that',
    async (_, one) => {
      expect(failedOf(await play(one.role, one)).toSorted()).toEqual(one.fails.toSorted())
    },
    PLAY_MS,
  )
})
