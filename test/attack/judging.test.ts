import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** Bodies made so that finding what is wrong with them takes long. */

const AT_ONCE = 48
/** One such body took half of this, when all waited for it. */
const PROMPT_MS = 3_000

let gateway: TestGateway
let flood: RawClient
let ctac: RawClient
let signers: Record<'flood' | 'ctac', Signer>

beforeAll(async () => {
  gateway = await startGateway()
  flood = await openRawAs(gateway, 'agencies/fr-rys/tls', { sockets: AT_ONCE })
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  signers = {
    flood: await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing'),
    ctac: await readSigner(gateway.pki.folder, 'agencies/gb-ctac/signing'),
  }
})

afterAll(async () => {
  flood[Symbol.dispose]()
  ctac[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))
const unknown = (count: number) => Object.fromEntries(many(count, (at) => [`x${at.toString(36)}`, 1]))

const bodies = {
  'unknown members without end beside broken alternatives': {
    ...unknown(16_000),
    concerns: many(1_400, () => ({})),
  },
  'unknown members in each of many items': { concerns: many(900, () => unknown(10)) },
  'items that are of another type': { concerns: many(70_000, () => 1) },
}

const make = (body: object, count: number): string[] =>
  many(count, () => {
    const payload = JSON.stringify({ ...makeEnvelope('referral', 'fr-rys', 'gb-ctac'), body })
    return forge({ payload, signer: signers.flood })
  })

test.each(Object.entries(bodies))('%s: another agency’s messages do not wait for it', async (_, body) => {
  const answers = make(body, AT_ONCE).map((message) => flood.post('/v1/messages', message))
  const took: number[] = []
  while (took.length < 20) {
    const payload = makeEnvelope('information-request', 'gb-ctac', 'fr-dep-62')
    const message = forge({ payload, signer: signers.ctac })
    const start = performance.now()
    expect((await ctac.post('/v1/messages', message)).status).toBe(202)
    took.push(performance.now() - start)
  }
  expect(Math.max(...took), 'ms, at the worst').toBeLessThan(PROMPT_MS)
  // Of one agency 32 may wait to be explained.
  const statuses = (await Promise.all(answers)).map(({ status }) => status)
  expect(statuses).toContain(422)
  expect(new Set([...statuses, 422, 503])).toEqual(new Set([422, 503]))
})
