import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Envelope, type Signer, verifyReceipt } from '../../sdk/index.ts'
import { makeEnvelope, openAgency } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { countStatuses, openRawAs, type RawAnswer, type RawClient } from '../support/raw.ts'

/** Protocol section 4: the same bytes again, and ids. */

let gateway: TestGateway
let rys: RawClient
let calvados: RawClient
let signer: Signer
let calvadosSigner: Signer

beforeAll(async () => {
  gateway = await startGateway()
  rys = await openRawAs(gateway, 'agencies/fr-rys/tls', { sockets: 32 })
  calvados = await openRawAs(gateway, 'agencies/fr-dep-14/tls')
  signer = await readSigner(gateway.pki.folder, 'agencies/fr-rys/signing')
  calvadosSigner = await readSigner(gateway.pki.folder, 'agencies/fr-dep-14/signing')
})

afterAll(async () => {
  rys[Symbol.dispose]()
  calvados[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

const makeReferral = (more: Partial<Envelope> = {}) => makeEnvelope('referral', 'fr-rys', 'gb-ctac', more)
const post = (message: string, client = rys) => client.post('/v1/messages', message)

function expectReplay(answer: RawAnswer, first: RawAnswer): void {
  expect(answer.status).toBe(200)
  expect(answer.headers['idempotent-replayed']).toBe('true')
  expect(answer.headers['location']).toBe(first.headers['location'])
  expect(answer.read()).toEqual(first.read())
}

test('the same bytes again: 200, marked, the first answer; no second receipt, no second message', async () => {
  const payload = makeReferral()
  const message = forge({ payload, signer })
  const first = await post(message)
  expect(first.status).toBe(202)
  expect(first.headers['location']).toBe(`/v1/messages/${payload.id}`)
  expect(first.headers).not.toHaveProperty('idempotent-replayed')
  expect(first.read()).toEqual({ messageId: payload.id, state: 'accepted', receipt: expect.any(String) })
  for (let again = 0; again < 3; again++) expectReplay(await post(message), first)
  await using agency = await openAgency(gateway, 'fr-rys')
  const { receipts } = await agency.client.status(payload.id)
  const [wellKnown, directory] = await Promise.all([agency.client.wellKnown(), agency.client.directory()])
  const events = await Promise.all(receipts.map((each) => verifyReceipt(each, wellKnown, directory, { message })))
  expect(events.filter(({ event }) => event === 'SubmissionAcceptance')).toHaveLength(1)
})

test('other bytes under the same id, be it the same envelope signed anew: id-conflict; the first stands', async () => {
  const payload = makeReferral()
  const first = forge({ payload, signer })
  const accepted = await post(first)
  for (const other of [forge({ payload, signer }), forge({ payload: { ...payload, priority: 'immediate' }, signer })])
    expect(expectProblem(await post(other), 'id-conflict').receipt).toBeTypeOf('string')
  expectReplay(await post(first), accepted)
})

test('thirty of the same bytes at once: one 202, the rest 200, all with one receipt', async () => {
  const message = forge({ payload: makeReferral(), signer })
  const answers = await Promise.all(Array.from({ length: 30 }, () => post(message)))
  expect(countStatuses(answers)).toEqual({ 202: 1, 200: 29 })
  expect(new Set(answers.map((answer) => answer.read().receipt)).size).toBe(1)
  for (const { status, headers } of answers)
    expect(headers['idempotent-replayed']).toBe(status === 200 ? 'true' : undefined)
})

test('two processes, the same bytes at once: one 202', async () => {
  const another = await gateway.startAnother()
  using elsewhere = await openRawAs(gateway, 'agencies/fr-rys/tls', { url: another.url })
  const message = forge({ payload: makeReferral(), signer })
  const answers = await Promise.all([rys, elsewhere, rys, elsewhere, rys, elsewhere].map((one) => post(message, one)))
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(5)
  expect(new Set(answers.map((answer) => answer.read().receipt)).size).toBe(1)
})

test('twenty different messages of one id at once: one 202, the rest id-conflict', async () => {
  const payload = makeReferral()
  const messages = Array.from({ length: 20 }, (_, at) =>
    forge({ payload: { ...payload, caseId: makeReferral().id }, header: { iat: seconds() - at }, signer }),
  )
  const answers = await Promise.all(messages.map((message) => post(message)))
  expect(countStatuses(answers)).toEqual({ 202: 1, 409: 19 })
  for (const answer of answers) if (answer.status === 409) expectProblem(answer, 'id-conflict')
})

test('two senders may use the same id without knowing of each other', async () => {
  const payload = makeReferral()
  const other = makeEnvelope('referral', 'fr-dep-14', 'gb-ctac', { id: payload.id })
  expect((await post(forge({ payload, signer }))).status).toBe(202)
  expectProblem(await calvados.get(`/v1/messages/${payload.id}`), 'not-found')
  expect((await post(forge({ payload: other, signer: calvadosSigner }), calvados)).status).toBe(202)
  expect((await calvados.get(`/v1/messages/${payload.id}`)).read()).toMatchObject({ from: 'fr-dep-14' })
  expect((await rys.get(`/v1/messages/${payload.id}`)).read()).toMatchObject({ from: 'fr-rys' })
  expectProblem(await post(forge({ payload: other, signer: calvadosSigner })), 'signer-mismatch')
})

test('what was accepted is answered as then, whatever has changed since: certificate dropped, recipient suspended, roles gone', async () => {
  const message = forge({ payload: makeReferral(), signer })
  const first = await post(message)
  const before: unknown[] = []
  await gateway.changeRegistry(({ agencies }) => {
    before.push(...structuredClone(agencies))
    for (const agency of agencies) {
      if (agency.id === 'gb-ctac') agency.status = 'suspended'
      if (agency.id !== 'fr-rys') continue
      const pins = agency['certificates'] as { use: string }[]
      Object.assign(agency, { roles: ['children-services'], certificates: pins.filter(({ use }) => use === 'tls') })
    }
  })
  expectProblem(await post(forge({ payload: makeReferral(), signer })), 'unknown-signer')
  expectReplay(await post(message), first)
  // To nobody else: the same bytes over another agency's connection are that agency's submission.
  const stolen = expectProblem(await post(message, calvados), 'unknown-signer')
  expect(stolen).not.toHaveProperty('receipt')
  await gateway.changeRegistry((registry) => void Object.assign(registry, { agencies: before }))
  expectReplay(await post(message), first)
})

test('what was accepted is answered as then when its iat has become stale', async () => {
  const header = { iat: seconds() - 299 }
  const message = forge({ payload: makeReferral(), header, signer })
  const first = await post(message)
  expect(first.status).toBe(202)
  await until(async () => (await post(forge({ payload: makeReferral(), header, signer }))).status === 422)
  expectReplay(await post(message), first)
})

test('a signature that has changed is no replay, though id and payload are the accepted ones', async () => {
  const message = forge({ payload: makeReferral(), signer })
  await post(message)
  const twin = `${message.slice(0, -8)}AAAAAAAA`
  expectProblem(await post(twin), 'invalid-signature')
})

const seconds = (): number => Math.floor(Date.now() / 1000)
