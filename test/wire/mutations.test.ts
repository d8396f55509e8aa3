import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Signer } from '../../sdk/index.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { mutate, mutations } from '../support/mutations.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/**
 * 10,000 mutations of a valid message, over the wire: each is refused with a 4xx and a problem, none is accepted, none breaks
 * anything. `form-mutations.test.ts` looks at the bytes alone; here it is the whole line that is judged, HTTP included.
 */
const AT_ONCE = 16
const BATCH = 250

let gateway: TestGateway
let rys: RawClient
let signer: Signer

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '1000000' })
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls', { sockets: AT_ONCE })
  signer = await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing')
})

afterAll(async () => {
  rys[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

/** Sends all of them, a batch at a time, and gives how often each code came; what was accepted fails the test. */
async function sendAll(messages: readonly Buffer[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (let at = 0; at < messages.length; at += BATCH) {
    const answers = await Promise.all(messages.slice(at, at + BATCH).map((bytes) => rys.post('/v1/messages', bytes)))
    for (const [index, answer] of answers.entries()) {
      const { code } = answer.read()
      if (answer.status < 400 || answer.status > 499)
        expect.fail(`${answer.status} for ${messages[at + index]?.toString('latin1')}`)
      counts.set(code, (counts.get(code) ?? 0) + 1)
    }
  }
  return counts
}

const valid = (): Buffer => Buffer.from(forge({ payload: makeEnvelope('referral', 'fr-rys', 'gb-ctac'), signer }))

/** What is still accepted, and only once, after all that: the message as it was signed. */
async function expectUntouched(message: Buffer): Promise<void> {
  expect((await rys.post('/v1/messages', message)).status).toBe(202)
  expect((await rys.post('/v1/messages', message)).status).toBe(200)
}

test('4,000 mutations of its bytes', async () => {
  const message = valid()
  const messages = fc
    .sample(mutations, { seed: 1, numRuns: 4_200 })
    .map((changes) => mutate(message, changes))
    .filter((bytes) => !bytes.equals(message))
    .slice(0, 4_000)
  expect(messages).toHaveLength(4_000)
  const counts = await sendAll(messages)
  expect([...counts.keys()].toSorted()).toEqual(
    expect.arrayContaining(['invalid-signature', 'malformed-message', 'unknown-signer'].toSorted()),
  )
  await expectUntouched(message)
}, 120_000)

test('3,000 mutations of its decoded header, payload or signature', async () => {
  const message = valid()
  const parts = message
    .toString()
    .split('.')
    .map((part) => Buffer.from(part, 'base64url'))
  const messages = fc
    .sample(fc.tuple(fc.constantFrom(0, 1, 1, 2), mutations), { seed: 2, numRuns: 3_200 })
    .map(([which, changes]) => parts.map((part, at) => (at === which ? mutate(part, changes) : part)))
    .map((changed) => Buffer.from(changed.map((part) => part.toString('base64url')).join('.')))
    .filter((bytes) => !bytes.equals(message))
    .slice(0, 3_000)
  expect(messages).toHaveLength(3_000)
  await sendAll(messages)
  await expectUntouched(message)
}, 120_000)

test('3,000 that the sender signs itself: what is in due form is accepted as it is, and nothing else', async () => {
  const counts = { accepted: 0, refused: 0 }
  const drafts = fc.sample(fc.tuple(fc.constantFrom(0, 1, 1, 1), mutations), { seed: 3, numRuns: 3_000 })
  for (let at = 0; at < drafts.length; at += BATCH) {
    await Promise.all(
      drafts.slice(at, at + BATCH).map(async ([which, changes]) => {
        const [header, payload] = valid()
          .toString()
          .split('.')
          .map((part) => Buffer.from(part, 'base64url'))
        if (header === undefined || payload === undefined) throw new Error('a JWS has three parts')
        const headerText = which === 0 ? mutate(header, changes) : header
        const message = forge({ headerText, payload: which === 0 ? payload : mutate(payload, changes), signer })
        const answer = await rys.post('/v1/messages', message)
        if (answer.status === 202 || answer.status === 200) counts.accepted += 1
        else {
          counts.refused += 1
          expect(answer.status).toBeGreaterThanOrEqual(400)
          expect(answer.status).toBeLessThan(500)
        }
      }),
    )
  }
  expect(counts.refused).toBeGreaterThan(drafts.length / 2)
  // Another letter in a free text is another message in due form.
  expect(counts.accepted).toBeGreaterThan(drafts.length / 100)
  expectProblem(await rys.post('/v1/messages', 'x'), 'malformed-message')
}, 120_000)

test('1,000 mutations of the issuer’s certificate in x5c: it helps, or the message is refused', async () => {
  const pem = (path: string) => readFile(join(gateway.pki.folder, path), 'utf8')
  const files = await Promise.all(['agencies/fr-rys/signing.crt', 'trust/intermediate.crt'].map(pem))
  const [leaf, issuer] = files.map((file) => new X509Certificate(file).raw)
  if (leaf === undefined || issuer === undefined) throw new Error('two certificates were asked for')
  const drafts = fc.sample(mutations, { seed: 4, numRuns: 1_000 })
  for (let at = 0; at < drafts.length; at += BATCH) {
    const answers = await Promise.all(
      drafts.slice(at, at + BATCH).map((changes) => {
        const x5c = [leaf, mutate(issuer, changes)].map((der) => der.toString('base64'))
        const payload = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
        return rys.post('/v1/messages', forge({ payload, header: { x5c }, signer }))
      }),
    )
    for (const answer of answers) if (answer.status !== 202) expectProblem(answer, 'malformed-message')
  }
}, 120_000)

test('and nothing failed: no 5xx was counted, and no failure logged', () => {
  expect(gateway.process.stderr()).not.toContain('"level":50')
})
