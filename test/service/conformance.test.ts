import { describe, expect, test } from 'vitest'
import { roleNames } from '../../sdk/conformance/roles.ts'
import { verdictOf } from '../../sdk/conformance/run.ts'
import { brokenBelievers } from '../support/conformance/broken/receipts.ts'
import { brokenReceivers } from '../support/conformance/broken/receiving.ts'
import { brokenSenders } from '../support/conformance/broken/sending.ts'
import { failedOf, play } from '../support/conformance/play.ts'

/** The cases of conformance, tried on our own client and on clients that were broken on purpose. */

test.each(roleNames)('our own SDK passes every case as a %s', async (role) => {
  const results = await play(role)
  const failed = results.filter(({ state }) => state !== 'passed')
  expect(failed.map(({ case: { id }, text }) => `${id}: ${text?.en}`)).toEqual([])
  expect(results.length).toBeGreaterThan(60)
  expect(verdictOf(results)).toBe('conforms')
})

describe('a client that', () => {
  const broken = [...brokenSenders, ...brokenBelievers, ...brokenReceivers]
  test.each(broken.map((one) => [one.name, one] as const))('%s fails exactly the cases about that', async (_, one) => {
    expect(failedOf(await play(one.role, one)).toSorted()).toEqual(one.fails.toSorted())
  })
})
