import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Signer, verifyReceipt } from '../../sdk/index.ts'
import { makeEnvelope, openAgency } from '../support/agency.ts'
import { forge, forgeWord, payloadOf, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol sections 6 and 7: the feed, and acknowledging what nobody has delivered yet. One process takes, another delivers. */

const PROMPT_MS = 700

let gateway: TestGateway
let rys: RawClient
let rysElsewhere: RawClient
let ctac: RawClient
let signers: Record<'rys' | 'ctac', Signer>

beforeAll(async () => {
  gateway = await startGateway({
    PASSERELLE_ROLES: 'api',
    PASSERELLE_RATE_LIMIT: '100000',
    PASSERELLE_DOCUMENTATION_URL: 'https://pages.example',
  })
  const elsewhere = await gateway.startAnother({ PASSERELLE_ROLES: 'api,worker' })
  // That one delivers, until it is told to stop: nothing is, at first.
  elsewhere.process.signal('SIGSTOP')
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls', { sockets: 16 })
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls', { sockets: 16 })
  rysElsewhere = await openRawAs(gateway, 'agencies/fr-rys/tls', { url: elsewhere.url, sockets: 16 })
  const signer = (id: string) => readSigner(gateway.pki.folder, `agencies/${id}/signing`)
  signers = { rys: await signer('fr-rys'), ctac: await signer('gb-ctac') }
  resume = () => elsewhere.process.signal('SIGCONT')
})

afterAll(async () => {
  resume()
  for (const client of [rys, rysElsewhere, ctac]) client[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

let resume: () => void

type Feed = { readonly receipts: readonly { cursor: string; receipt: string }[]; readonly next: string }
const feed = async (after: string, wait = 0, client = rys): Promise<Feed> =>
  (await client.get(`/v1/receipts?after=${after}&wait=${wait}`)).read<Feed>()

/** Everything from a cursor on, until nothing is left. */
async function drain(after: string, client = rys): Promise<{ receipts: string[]; next: string }> {
  const receipts: string[] = []
  for (let next = after; ; ) {
    const page = await feed(next, 0, client)
    if (page.receipts.length === 0) return { receipts, next }
    receipts.push(...page.receipts.map(({ receipt }) => receipt))
    next = page.next
  }
}

async function send(client = rys) {
  const payload = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  const message = forge({ payload, signer: signers.rys })
  const answer = await client.post('/v1/messages', message)
  expect(answer.status).toBe(202)
  return { id: payload.id, message, receipt: answer.read().receipt ?? '' }
}

const acknowledge = ({ id, message }: { id: string; message: string }) =>
  ctac.post(`/v1/inbox/fr-rys/${id}/acknowledgement`, forgeWord(id, message, signers.ctac))

const stateOf = async (id: string) => (await rys.get(`/v1/messages/${id}`)).read().state
const eventsOf = (receipts: readonly string[], id: string) =>
  receipts.map((receipt) => payloadOf(receipt)).flatMap(({ event, messageId }) => (messageId === id ? [event] : []))

describe('before anything is delivered', () => {
  test('the feed of an agency that has sent nothing is empty, and gives a cursor all the same', async () => {
    expect(await feed('')).toEqual({ receipts: [], next: expect.any(String) })
  })

  test('the recipient’s word is taken: consignment and handover are one step, and delivering adds nothing', async () => {
    const sent = await send()
    expect(await stateOf(sent.id)).toBe('accepted')
    expect((await ctac.get('/v1/inbox')).read<{ messages: unknown[] }>().messages).toEqual([])
    const answer = await acknowledge(sent)
    expect(answer.read()).toMatchObject({ messageId: sent.id, state: 'handed-over' })
    expect(payloadOf(answer.read().receipt ?? '')).toMatchObject({ event: 'ContentHandover', attempt: 1 })
    const events = ['SubmissionAcceptance', 'ContentConsignment', 'ContentHandover']
    expect(eventsOf((await drain('')).receipts, sent.id)).toEqual(events)
    const other = await send()
    resume()
    await until(async () => (await stateOf(other.id)) === 'consigned')
    expect(eventsOf((await drain('')).receipts, sent.id)).toEqual(events)
  })
})

describe('while two processes write', () => {
  test('the feed skips nothing and repeats nothing, wherever it is read', async () => {
    const start = (await drain('')).next
    const sending = Array.from({ length: 120 }, async (_, at) => {
      const sent = await send(at % 2 ? rys : rysElsewhere)
      if (at % 3 === 0) await acknowledge(sent)
      return sent
    })
    const read: string[] = []
    const follow = async () => {
      // Two receipts each, and a third for each that was acknowledged.
      for (let next = start; read.length < 120 * 2 + 40; ) {
        const page = await feed(next, 10, read.length % 2 ? rys : rysElsewhere)
        read.push(...page.receipts.map(({ receipt }) => receipt))
        next = page.next
      }
    }
    const [sent] = await Promise.all([Promise.all(sending), follow()])
    const again = await drain(start)
    expect(again.receipts).toEqual(read)
    expect(new Set(read).size).toBe(read.length)
    for (const [at, { id, receipt }] of sent.entries()) {
      expect(read).toContain(receipt)
      const events = ['SubmissionAcceptance', 'ContentConsignment', ...(at % 3 === 0 ? ['ContentHandover'] : [])]
      expect(eventsOf(read, id)).toEqual(events)
    }
  })

  test('its pages go on where the one before ended, and each entry’s own cursor will do', async () => {
    const all = await drain('')
    expect(all.receipts.length).toBeGreaterThan(200)
    const { receipts } = await feed('')
    const middle = receipts[Math.floor(receipts.length / 2)]
    const rest = await drain(middle?.cursor ?? '')
    expect(rest.receipts).toEqual(all.receipts.slice(Math.floor(receipts.length / 2) + 1))
    expect(all.next).toBe(rest.next)
    expect(await feed(all.next)).toEqual({ receipts: [], next: all.next })
  })

  test('a long poll wakes promptly, in either process', async () => {
    for (const client of [rys, rysElsewhere]) {
      const { next } = await drain('', client)
      const poll = feed(next, 30, client)
      await client.get('/v1/inbox')
      const start = performance.now()
      const { id, receipt } = await send()
      expect((await poll).receipts[0]?.receipt).toBe(receipt)
      expect(performance.now() - start).toBeLessThan(PROMPT_MS)
      await until(async () => (await stateOf(id)) === 'consigned')
    }
  })

  test('every receipt verifies, and the feed is nobody else’s', async () => {
    await using agency = await openAgency(gateway, 'fr-rys')
    const [wellKnown, directory] = await Promise.all([agency.client.wellKnown(), agency.client.directory()])
    const { receipts } = await drain('')
    const read = await Promise.all(receipts.map((receipt) => verifyReceipt(receipt, wellKnown, directory)))
    for (const { from, gateway: id } of read) expect([from, id]).toEqual(['fr-rys', wellKnown.id])
    expect(new Set(read.map(({ receiptId }) => receiptId)).size).toBe(read.length)
    expect((await drain('', ctac)).receipts).toEqual([])
    expectProblem(await rys.get('/v1/receipts?after=-1'), 'invalid-request')
  })
})
