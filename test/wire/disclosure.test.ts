import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Message, SdkFault, signEnvelope, untold } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { readReceipt } from '../support/load.ts'
import { askOperations } from '../support/operations.ts'

let gateway: TestGateway
let ctac: TestAgency
let kent: TestAgency

beforeAll(async () => {
  gateway = await startGateway()
  ctac = await openAgency(gateway, 'gb-ctac')
  kent = await openAgency(gateway, 'gb-la-e10000016')
})
afterAll(async () => {
  for (const one of [ctac, kent, gateway]) await one?.[Symbol.asyncDispose]()
})

const contactPoints = [{ kind: 'phone', value: '+447700900001', usedBy: 'child', safeToUse: 'unknown' }]
/** A notice that a child is missing, with the child's telephone. */
function withTelephone(to: string) {
  const envelope = makeEnvelope('missing-notification', 'gb-la-e10000016', to)
  const { child, ...body } = structuredClone(envelope.body) as Record<string, object>
  return { ...envelope, body: { ...body, child: { ...child, contactPoints } } } as unknown as Message
}

test('a child’s telephone is not told to the Home Office: refused with a receipt, in both languages, and never repeated', async () => {
  const envelope = withTelephone('gb-home-office')
  const message = await signEnvelope(envelope, kent.signer, new Date())
  const refusal: unknown = await kent.client.submit(message).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'schema-violation', status: 422 })
  const { problem, receipt } = refusal as { problem: { errors: object[] }; receipt: string }
  const telephone = problem.errors.filter((one) => 'pointer' in one && one.pointer === '/body/child/contactPoints')
  expect(telephone).toEqual([
    {
      pointer: '/body/child/contactPoints',
      keyword: 'disclosure',
      message: 'A telephone or account of a child is not told to a status checker',
      messageFr: 'Un téléphone ou un compte d’un enfant n’est pas communiqué au service chargé de la vérification',
    },
  ])
  expect(JSON.stringify(problem)).not.toContain('7700900001')
  expect(readReceipt(receipt)).toMatchObject({ event: 'SubmissionRejection', reason: { code: 'schema-violation' } })
})

test('the same is told to who needs it', async () => {
  const message = await signEnvelope(withTelephone('gb-ctac'), kent.signer, new Date())
  expect(await kent.client.submit(message)).toMatchObject({ state: 'accepted' })
})

test('the SDK says the same before anything is sent, by the tables that the gateway publishes', async () => {
  const envelope = withTelephone('gb-home-office')
  const rules = await kent.client.rules()
  const pointers = untold(envelope, rules).map(({ pointer }) => pointer)
  expect(pointers).toContain('/body/child/contactPoints')
  const fault: unknown = await kent.client.send(envelope).catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(SdkFault)
  expect(fault).toMatchObject({ code: 'not-to-be-told' })
  expect((fault as SdkFault).errors.map(({ pointer }) => pointer)).toEqual(pointers)
})

test('the tables are public on the operations listener', async () => {
  for (const table of ['pathway', 'disclosure']) {
    const answer = await askOperations(gateway, `/schemas/${table}.json`)
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual(JSON.parse(await readFile(`schemas/${table}.json`, 'utf8')))
  }
})
