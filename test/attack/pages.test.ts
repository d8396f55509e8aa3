import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Signer, digestOf } from '../../sdk/index.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, payloadOf, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** A feed full of acknowledgements that are as large as they may be. */

/** Half a mebibyte of receipts, and what JSON writes around them. */
const LARGEST_ANSWER = 560 * 1024
const MESSAGES = 90

let gateway: TestGateway
let rys: RawClient
let ctac: RawClient
let signers: Record<'rys' | 'ctac', Signer>
const sent: string[] = []

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '100000' })
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  const signer = (id: string) => readSigner(gateway.pki.folder, `agencies/${id}/signing`)
  signers = { rys: await signer('fr-rys'), ctac: await signer('gb-ctac') }
  await Promise.all(Array.from({ length: MESSAGES }, sendAndAcknowledge))
})

afterAll(async () => {
  rys[Symbol.dispose]()
  ctac[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

/** White space between the members of an acknowledgement is signed with it, and kept with it. */
async function sendAndAcknowledge(): Promise<void> {
  const payload = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  const message = forge({ payload, signer: signers.rys })
  expect((await rys.post('/v1/messages', message)).status).toBe(202)
  sent.push(payload.id)
  const members = {
    messageId: payload.id,
    messageDigest: digestOf(message),
    at: new Date().toISOString(),
    outcome: 'accepted',
  }
  const text = JSON.stringify(members).replace('{', `{${' '.repeat(11_500)}`)
  const word = forge({ typ: 'safeguarding-acknowledgement+jws', payload: text, signer: signers.ctac })
  expect(word.length).toBeGreaterThan(15 * 1024)
  expect(word.length).toBeLessThan(16 * 1024)
  expect((await ctac.post(`/v1/inbox/fr-rys/${payload.id}/acknowledgement`, word)).status).toBe(200)
}

type Feed = { readonly receipts: readonly { cursor: string; receipt: string }[]; readonly next: string }

test('a page of the feed is bounded in bytes, and the pages together are the feed: nothing skipped, nothing twice', async () => {
  const receipts: string[] = []
  const cursors: string[] = []
  let pages = 0
  for (let after = ''; ; pages += 1) {
    const answer = await rys.get(`/v1/receipts?after=${after}`)
    expect(answer.body.length).toBeLessThan(LARGEST_ANSWER)
    const page = answer.read<Feed>()
    expect(page.next).toBe(page.receipts.at(-1)?.cursor ?? after)
    if (page.receipts.length === 0) break
    receipts.push(...page.receipts.map(({ receipt }) => receipt))
    cursors.push(...page.receipts.map(({ cursor }) => cursor))
    after = page.next
  }
  expect(pages).toBeGreaterThan(3)
  expect(new Set(cursors).size).toBe(MESSAGES * 3)
  const events = Map.groupBy(receipts.map(payloadOf), ({ messageId }) => messageId)
  for (const id of sent)
    expect(events.get(id)?.map(({ event }) => event)).toEqual([
      'SubmissionAcceptance',
      'ContentConsignment',
      'ContentHandover',
    ])
})

test('each entry’s cursor goes on behind it, also where a page was cut short', async () => {
  const pages: Feed[] = []
  for (let after = ''; pages.at(-1)?.receipts.length !== 0; after = pages.at(-1)?.next ?? '')
    pages.push((await rys.get(`/v1/receipts?after=${after}`)).read<Feed>())
  const cut = pages.slice(0, -2).filter(({ receipts }) => receipts.length < 100)
  expect(cut.length).toBeGreaterThan(0)
  for (const { receipts } of cut) {
    const at = Math.floor(receipts.length / 2)
    const rest = (await rys.get(`/v1/receipts?after=${receipts[at]?.cursor}`)).read<Feed>()
    expect(rest.receipts.slice(0, receipts.length - at - 1)).toEqual(receipts.slice(at + 1))
  }
})
