import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeRoot } from '../../certs-dev/pki.ts'
import { parseCertificates } from '../../gateway/identity/certificate.ts'
import { digestOf, type Signer, verifyReceipt } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope, openAgency } from '../support/agency.ts'
import { forge, forgeWord, payloadOf, readSigner, type Word } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { countStatuses, openRawAs, type RawClient } from '../support/raw.ts'

/** Protocol section 7: what a recipient says of a message, under its own signature. */

let gateway: TestGateway
let rys: RawClient
let ctac: RawClient
let kent: RawClient
let ctacElsewhere: RawClient
let signers: Record<'rys' | 'ctac' | 'kent', Signer>

beforeAll(async () => {
  gateway = await startGateway()
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls')
  ctac = await openRawAs(gateway, 'agencies/gb-ctac/tls')
  kent = await openRawAs(gateway, 'agencies/gb-la-e10000016/tls')
  ctacElsewhere = await openRawAs(gateway, 'agencies/gb-ctac/tls', await gateway.startAnother())
  const signer = (id: string) => readSigner(gateway.pki.folder, `agencies/${id}/signing`)
  signers = { rys: await signer('fr-rys'), ctac: await signer('gb-ctac'), kent: await signer('gb-la-e10000016') }
})

afterAll(async () => {
  for (const client of [rys, ctac, kent, ctacElsewhere]) client[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

async function send(): Promise<string> {
  const payload = makeEnvelope('referral', 'fr-rys', 'gb-ctac')
  expect((await rys.post('/v1/messages', forge({ payload, signer: signers.rys }))).status).toBe(202)
  return payload.id
}

async function word(id: string, { signer = signers.ctac, ...how }: Word & { readonly signer?: Signer } = {}) {
  const { body } = await ctac.get(`/v1/inbox/fr-rys/${id}`)
  return forgeWord(id, body, signer, how)
}

const say = (id: string, said: string, client = ctac) => client.post(`/v1/inbox/fr-rys/${id}/acknowledgement`, said)
const acknowledge = async (id: string, how: Parameters<typeof word>[1] = {}) => say(id, await word(id, how))

test('accepted: 200, the state, a receipt that carries it; again, by the same bytes or freshly signed: the first receipt', async () => {
  const id = await send()
  const said = await word(id)
  const answer = await say(id, said)
  expect(answer.status).toBe(200)
  const { receipt = '', ...rest } = answer.read()
  expect(rest).toEqual({ messageId: id, state: 'handed-over' })
  expect(payloadOf(receipt)).toMatchObject({ event: 'ContentHandover', acknowledgement: said })
  for (const again of [said, await word(id)]) {
    const repeated = await say(id, again)
    expect(repeated.status).toBe(200)
    expect(repeated.read()).toEqual(answer.read())
  }
  expectProblem(await acknowledge(id, { outcome: 'refused', reason: { code: 'wrong-area' } }), 'already-acknowledged')
  expect(await eventsOf(id)).toEqual(['SubmissionAcceptance', 'ContentConsignment', 'ContentHandover'])
})

test('its x5c holds nothing but the chain by which the certificate is good', async () => {
  const id = await send()
  const { pki } = gateway
  const said = await word(id)
  const [leaf, issuer] = parseCertificates(
    await readFile(join(pki.folder, 'agencies/gb-ctac/signing.crt'), 'utf8'),
  ).map(({ der }) => der.toString('base64'))
  const stranger = await makeRoot('CN=free text', { notBefore: new Date(Date.now() - 60_000), notAfter: pki.until })
  const more = Buffer.from(stranger.certificate.rawData).toString('base64')
  const withChain = (x5c: readonly (string | undefined)[]) =>
    forge({
      typ: 'safeguarding-acknowledgement+jws',
      payload: payloadOf(said),
      signer: signers.ctac,
      header: { x5c },
    })
  expectProblem(await say(id, withChain([leaf, issuer, more])), 'malformed-message')
  expectProblem(await say(id, withChain([leaf, more])), 'malformed-message')
  expect((await say(id, withChain([leaf, issuer]))).status).toBe(200)
})

test('over 16 KiB it is too large, whatever it says and of whichever message; up to there it is read', async () => {
  const id = await send()
  const said = await word(id)
  for (const [size, code] of [
    [16 * 1024, 'malformed-message'],
    [16 * 1024 + 1, 'message-too-large'],
  ] as const)
    expectProblem(await say(id, said.padEnd(size, 'A')), code)
  expectProblem(await say(newId(), 'A'.repeat(17 * 1024)), 'message-too-large')
  expect((await say(id, said)).status).toBe(200)
})

test('again, long after it was signed: the first receipt, also where the message was read before it was acknowledged elsewhere', async () => {
  const id = await send()
  await ctacElsewhere.get(`/v1/inbox/fr-rys/${id}`)
  const said = await word(id)
  const typ = 'safeguarding-acknowledgement+jws'
  const header = { iat: Math.floor(Date.now() / 1000) - 310 }
  const old = forge({ typ, payload: payloadOf(said), signer: signers.ctac, header })
  expectProblem(await say(id, old), 'stale-message')
  const { receipt } = (await say(id, said)).read()
  for (const client of [ctacElsewhere, ctac]) expect((await say(id, old, client)).read()).toMatchObject({ receipt })
})

test('refused with a reason of the list: the sender has it in a ConsignmentRejection', async () => {
  const id = await send()
  const how = { outcome: 'refused', reason: { code: 'wrong-area' } }
  const { receipt = '', state } = (await acknowledge(id, how)).read()
  expect(state).toBe('refused')
  expect(payloadOf(receipt)).toMatchObject({ event: 'ConsignmentRejection', reason: { code: 'wrong-area' } })
  expect((await acknowledge(id, how)).read()).toMatchObject({ receipt })
  expectProblem(await acknowledge(id), 'already-acknowledged')
  expect((await rys.get(`/v1/messages/${id}`)).read()).toMatchObject({ state: 'refused' })
  expect(await eventsOf(id)).toEqual(['SubmissionAcceptance', 'ContentConsignment', 'ConsignmentRejection'])
})

test('twenty of both outcomes at once: one wins, and there is one receipt', async () => {
  const id = await send()
  const yes = await word(id)
  const no = await word(id, { outcome: 'refused', reason: { code: 'wrong-area' } })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) => say(id, at % 2 ? yes : no, at % 3 ? ctac : ctacElsewhere)),
  )
  expect(countStatuses(answers)).toEqual({ 200: 10, 409: 10 })
  const good = answers.filter(({ status }) => status === 200)
  expect(new Set(good.map((answer) => answer.read().receipt)).size).toBe(1)
  expect(await eventsOf(id)).toHaveLength(3)
})

test('of other bytes, or of another message: digest-mismatch', async () => {
  const id = await send()
  const other = await send()
  expectProblem(await acknowledge(id, { change: { messageDigest: digestOf('other bytes') } }), 'digest-mismatch')
  expectProblem(await say(id, await word(other)), 'digest-mismatch')
  expectProblem(await acknowledge(id, { change: { messageId: newId() } }), 'digest-mismatch')
})

test('signed by anybody but the recipient', async () => {
  const id = await send()
  expectProblem(await acknowledge(id, { signer: signers.rys }), 'signer-mismatch')
  const unknown = await readSigner(gateway.pki.folder, 'rogue/unregistered')
  expectProblem(await acknowledge(id, { signer: unknown }), 'unknown-signer')
  const revoked = await readSigner(gateway.pki.folder, 'rogue/revoked-signing')
  expectProblem(await acknowledge(id, { signer: revoked }), 'certificate-not-valid')
  const said = await word(id)
  expectProblem(await say(id, `${said.slice(0, -8)}AAAAAAAA`), 'invalid-signature')
  expect((await rys.get(`/v1/messages/${id}`)).read().state).toMatch(/^(accepted|consigned)$/)
})

test('of another recipient’s message: 404, just as of one that never was', async () => {
  const id = await send()
  const said = await word(id, { signer: signers.kent })
  expectProblem(await say(id, said, kent), 'not-found')
  expectProblem(await say(newId(), said, kent), 'not-found')
  expectProblem(await say(id, await word(id, { signer: signers.rys }), rys), 'not-found')
})

test.each<[name: string, how: Word]>([
  ['without a reason', { outcome: 'refused' }],
  ['with a reason that is on no list', { outcome: 'refused', reason: { code: 'because' } }],
  ['with a text beside the code', { outcome: 'refused', reason: { code: 'wrong-area', text: 'of a child' } }],
  ['accepted with a reason', { reason: { code: 'wrong-area' } }],
  ['with another outcome', { outcome: 'maybe' }],
  ['with a member nobody knows', { change: { note: 'of a child' } }],
  ['without a time', { change: { at: undefined } }],
  ['with a time that is none', { change: { at: 'today' } }],
])('%s: malformed', async (_, how) => {
  const id = await send()
  const { errors = [] } = expectProblem(await acknowledge(id, how), 'malformed-message')
  expect(errors.length).toBeGreaterThan(0)
})

test('that is a message, or stale, or of another media type', async () => {
  const id = await send()
  const payload = payloadOf(await word(id))
  const typ = 'safeguarding-acknowledgement+jws'
  const forged = (header: object) => forge({ typ, payload, signer: signers.ctac, header: { ...header } })
  expectProblem(await say(id, forged({ typ: 'safeguarding-message+jws' })), 'malformed-message')
  expectProblem(await say(id, forged({ iat: Math.floor(Date.now() / 1000) - 310 })), 'stale-message')
  const headers = { 'content-type': 'application/json' }
  const path = `/v1/inbox/fr-rys/${id}/acknowledgement`
  expectProblem(await ctac.post(path, forged({}), headers), 'unsupported-media-type')
  expectProblem(await ctac.post(path, 'A'.repeat(256 * 1024 + 1)), 'message-too-large')
})
async function eventsOf(id: string): Promise<readonly string[]> {
  await using agency = await openAgency(gateway, 'fr-rys')
  const [wellKnown, directory, { receipts }] = await Promise.all([
    agency.client.wellKnown(),
    agency.client.directory(),
    agency.client.status(id),
  ])
  const read = await Promise.all(receipts.map((receipt) => verifyReceipt(receipt, wellKnown, directory)))
  return read.map(({ event }) => event)
}
