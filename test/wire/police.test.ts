import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Draft, type Message, newId } from '../../sdk/index.ts'
import { openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { changeAgency } from '../support/push-agency.ts'

/** A police service beside the others: what only it is told, what it may say, and by which adapter it is reached. */
const POLICE = 'fr-dep-59'
const CTAC = 'gb-ctac'
const DESK = 'child-protection'

let gateway: TestGateway
let police: TestAgency
let ctac: TestAgency
let rys: TestAgency

beforeAll(async () => {
  gateway = await startGateway()
  const name = { en: 'Child protection', fr: 'Protection des mineurs' }
  const desks = [{ id: DESK, name, delivery: { mode: 'mailbox', maxPerMinute: 1 } }]
  await changeAgency(gateway, POLICE, { kind: 'police', roles: ['police'], desks })
  police = await openAgency(gateway, POLICE)
  ctac = await openAgency(gateway, CTAC)
  rys = await openAgency(gateway, 'fr-rys')
})
afterAll(async () => {
  for (const one of [rys, ctac, police, gateway]) await one?.[Symbol.asyncDispose]()
})

/** The published example that goes to a police service, or comes from one. */
async function example(type: string): Promise<Draft> {
  const examples = JSON.parse(await readFile(`schemas/1.1/${type}.examples.json`, 'utf8')) as Message[]
  const found = examples.find(({ from, to }) => from.includes('-police-') || to.includes('-police-'))
  if (found === undefined) throw new Error(`no example of ${type} is for the police`)
  const { id: _, inReplyTo: __, ...rest } = found
  return { ...rest, caseId: newId() }
}

test('the police is told of a missing child, health and relatives too, at its desk and no faster than it takes', async () => {
  const notice = await example('missing-notification')
  expect(Object.keys(notice.body)).toEqual(expect.arrayContaining(['health', 'relatives']))
  const first = await ctac.client.send({ ...notice, from: CTAC, to: POLICE })
  expect(first.desk).toBe(DESK)
  const second = await ctac.client.send({ ...notice, caseId: newId(), from: CTAC, to: POLICE })
  const waiting = async () => (await police.client.inbox()).messages
  await until(async () => (await waiting()).length === 1)
  const [entry] = await waiting()
  if (entry === undefined) throw new Error('nothing waits')
  expect(entry).toMatchObject({ from: CTAC, type: 'missing-notification', desk: DESK })
  const received = await police.client.read(entry)
  expect(Buffer.from(received.bytes).toString()).toBe(
    [first, second].find(({ envelope }) => envelope.id === entry.messageId)?.message,
  )
  await police.client.acknowledge(received, 'accepted')
  expect(await ctac.client.status(entry.messageId)).toMatchObject({ state: 'handed-over' })
  // The other has its turn when the minute of the desk is over.
  const other = entry.messageId === first.envelope.id ? second : first
  expect(await ctac.client.status(other.envelope.id)).toMatchObject({ state: 'accepted' })
})

test('the police says that a child was found; a referrer does not write to it', async () => {
  const found = await example('child-found')
  const sent = await police.client.send({ ...found, from: POLICE, to: CTAC })
  await until(async () => (await ctac.client.inbox()).messages.some(({ messageId }) => messageId === sent.envelope.id))
  const notice = await example('missing-notification')
  await expect(rys.client.send({ ...notice, from: 'fr-rys', to: POLICE })).rejects.toMatchObject({
    code: 'not-permitted',
  })
})
