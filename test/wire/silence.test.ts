import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Draft, type Receipt, verifyReceipt } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { readReceipt } from '../support/load.ts'
import { askOperations } from '../support/operations.ts'
import { changeAgency } from '../support/push-agency.ts'

/** Protocol section 6: what nobody answers, and what nobody reads, as the two sides and the operators see it. */

const OFFICE = 'gb-home-office'
const KENT = 'gb-la-e10000016'
const SECOND = 1_000
const ON_TIME_MS = 5 * SECOND
/** For receipts that come at once, whatever the machine has to do. */
const PATIENCE_MS = 20 * SECOND
const LIMITS = 'immediate=PT3S,urgent=PT1S,routine=P3D'

let gateway: TestGateway
let other: Awaited<ReturnType<TestGateway['startAnother']>>
let agencies: TestAgency[]
let ctac: TestAgency
let office: TestAgency
let kent: TestAgency

beforeAll(async () => {
  agencies = []
  gateway = await startGateway({ PASSERELLE_UNREAD_AFTER: LIMITS })
  // Another process that tells, and through which both sides hear of it.
  other = await gateway.startAnother()
  ctac = await agency('gb-ctac', other.url)
  office = await agency(OFFICE)
  kent = await agency(KENT)
})
afterAll(async () => {
  for (const one of agencies) await one[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

async function agency(id: string, url = gateway.url): Promise<TestAgency> {
  const opened = await openAgency(gateway, id, url)
  agencies.push(opened)
  return opened
}

const question = (respondBy: Date): Draft => {
  return makeEnvelope('status-check-request', 'gb-ctac', OFFICE, {
    respondBy: respondBy.toISOString(),
    priority: 'routine',
  })
}
const answer = ({ id, caseId }: { id: string; caseId: string }): Draft =>
  makeEnvelope('status-check-result', OFFICE, 'gb-ctac', { inReplyTo: id, caseId })

const soon = (ms: number): Date => new Date(Date.now() + ms)

/** Follows an agency's feed from its start to the first receipt of this event for a message; gives it and when it came. */
async function hear(
  { client }: TestAgency,
  event: string,
  messageId: string,
): Promise<{ receipt: string; at: number }> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  for await (const { receipt } of client.followReceipts({ signal })) {
    const said = readReceipt(receipt)
    if (said.event === event && said.messageId === messageId) return { receipt, at: Date.now() }
  }
  throw new Error('a feed has no end')
}

/** All events of an agency's feed for a message, in order. */
async function heard({ client }: TestAgency, messageId: string): Promise<readonly string[]> {
  const events: string[] = []
  for (let after = ''; ; ) {
    const { receipts, next } = await client.receipts({ after })
    if (receipts.length === 0) return events
    events.push(
      ...receipts
        .map(({ receipt }) => readReceipt(receipt))
        .flatMap((said) => (said.messageId === messageId ? said.event : [])),
    )
    after = next
  }
}

const alarmsOn = async (): Promise<readonly string[]> => {
  const { text } = await askOperations(gateway, '/metrics')
  return [...text.matchAll(/^passerelle_alarms\{code="([^"]+)"\} [1-9]/gm)].map(([, code = '']) => code)
}
const silent = async (of: string, alarm: string): Promise<number> => {
  const { text } = await askOperations(gateway, '/metrics')
  return Number(new RegExp(`^passerelle_silent\\{agency="${of}",alarm="${alarm}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

describe('an answer that does not come', () => {
  test('is told to both sides, signed, once and on time, with two gateways; and to the operators', async () => {
    const respondBy = soon(2 * SECOND)
    const { envelope, message } = await ctac.client.send(question(respondBy))
    const both = await Promise.all([ctac, office].map((side) => hear(side, 'ResponseOverdue', envelope.id)))
    const [wellKnown, directory] = await Promise.all([ctac.client.wellKnown(), ctac.client.directory()])
    const said: Receipt[] = []
    for (const { receipt, at } of both) {
      said.push(await verifyReceipt(receipt, wellKnown, directory, { event: 'ResponseOverdue', message }))
      expect(at - respondBy.getTime()).toBeGreaterThanOrEqual(0)
      expect(at - respondBy.getTime()).toBeLessThan(ON_TIME_MS)
    }
    expect(said[0]).toEqual(said[1])
    expect(said[0]).toMatchObject({ from: 'gb-ctac', to: OFFICE, caseId: envelope.caseId, type: envelope.type })

    // The sender finds it with the message; for the recipient there is no such message.
    expect((await ctac.client.status(envelope.id)).receipts).toContain(both[0]?.receipt)
    await expect(office.client.status(envelope.id)).rejects.toMatchObject({ code: 'not-found' })
    const found = await askOperations(gateway, `/api/messages/gb-ctac/${envelope.id}`, { operator: 'duty' })
    expect((found.json as { receipts: readonly string[] }).receipts).toContain(both[0]?.receipt)
    await until(async () => (await alarmsOn()).includes('response-overdue'))
    await until(() => gateway.process.stderr().includes('"alarm":"response-overdue"'))

    // It comes all the same: the alarm is over, and nobody is told again.
    await office.client.send(answer(envelope))
    await until(async () => (await silent(OFFICE, 'response-overdue')) === 0)
    expect(await heard(office, envelope.id)).toEqual(['ResponseOverdue'])
    expect((await heard(ctac, envelope.id)).filter((event) => event === 'ResponseOverdue')).toHaveLength(1)
  })

  test('is told at once where its time is past, and never where the answer was accepted first', async () => {
    const answered = await ctac.client.send(question(soon(SECOND)))
    const waited = await office.client.send(answer(answered.envelope))
    expect(waited.state).toBe('accepted')
    const past = await ctac.client.send(question(soon(-3_600 * SECOND)))
    const accepted = Date.now()
    const { at } = await hear(office, 'ResponseOverdue', past.envelope.id)
    expect(at - accepted).toBeLessThan(ON_TIME_MS)
    // What was due behind the one that was answered is told.
    const later = await ctac.client.send(question(soon(SECOND)))
    await hear(office, 'ResponseOverdue', later.envelope.id)
    expect(await heard(office, answered.envelope.id)).toEqual([])
    expect(await heard(ctac, answered.envelope.id)).not.toContain('ResponseOverdue')
  })

  test('of what cannot be answered is no silence', async () => {
    const { envelope } = await ctac.client.send(
      makeEnvelope('family-link', 'gb-ctac', KENT, { respondBy: soon(-SECOND).toISOString() }),
    )
    const past = await ctac.client.send(question(soon(-SECOND)))
    await hear(ctac, 'ResponseOverdue', past.envelope.id)
    expect(await heard(ctac, envelope.id)).not.toContain('ResponseOverdue')
    expect(await heard(kent, envelope.id)).toEqual([])
  })
})

describe('a message that lies unread', () => {
  test('is told to its sender and to the operators; an acknowledgement may follow, and ends the alarm', async () => {
    const { envelope, message } = await ctac.client.send(
      makeEnvelope('assessment-referral', 'gb-ctac', KENT, { priority: 'urgent' }),
    )
    const { receipt } = await hear(ctac, 'AcceptanceRejectionExpiry', envelope.id)
    const [wellKnown, directory] = await Promise.all([ctac.client.wellKnown(), ctac.client.directory()])
    await verifyReceipt(receipt, wellKnown, directory, { event: 'AcceptanceRejectionExpiry', message })
    expect(await heard(kent, envelope.id), 'nothing for who reads it').toEqual([])
    await until(async () => (await silent(KENT, 'message-unread')) === 1)
    expect(await alarmsOn()).toContain('message-unread')
    await until(() => gateway.process.stderr().includes('"alarm":"message-unread"'))

    const entry = (await kent.client.inbox()).messages.find(({ messageId }) => messageId === envelope.id)
    if (entry === undefined) throw new Error('it is no longer in the inbox')
    expect(await kent.client.acknowledge(await kent.client.read(entry), 'accepted')).toMatchObject({
      state: 'handed-over',
    })
    await until(async () => (await silent(KENT, 'message-unread')) === 0)
    expect((await heard(ctac, envelope.id)).slice(-2)).toEqual(['AcceptanceRejectionExpiry', 'ContentHandover'])
  })

  test('counts while its desk is closed only where a child is in danger now', async () => {
    // A charity gets at once what comes for a closed desk: its hours keep nothing back.
    const today = new Date().getUTCDay()
    const later = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'][today]
    const hours = { timeZone: 'UTC', open: [{ days: [later], from: '09:00', to: '10:00' }] }
    const name = { en: 'Front door', fr: 'Accueil' }
    await changeAgency(gateway, 'fr-rys', { desks: [{ id: 'closed', name, delivery: { mode: 'mailbox' }, hours }] })
    const before = other.process.stderr().split('registry in force').length
    other.process.signal('SIGHUP')
    await until(() => other.process.stderr().split('registry in force').length > before)
    const send = (priority: 'urgent' | 'immediate') =>
      ctac.client.send(makeEnvelope('information-request', 'gb-ctac', 'fr-rys', { priority }))
    const urgent = await send('urgent')
    const immediate = await send('immediate')
    const { receipt } = await hear(ctac, 'AcceptanceRejectionExpiry', immediate.envelope.id)
    expect(readReceipt(receipt)).toMatchObject({ desk: 'closed', attempt: 1 })
    expect(await heard(ctac, urgent.envelope.id)).toEqual(['SubmissionAcceptance', 'ContentConsignment'])
  })

  test('in the mailbox of a suspended agency is told where a child is in danger now', async () => {
    const idle = 'gb-la-e06000044'
    const { envelope } = await ctac.client.send(
      makeEnvelope('assessment-referral', 'gb-ctac', idle, { priority: 'immediate' }),
    )
    await hear(ctac, 'ContentConsignment', envelope.id)
    await changeAgency(gateway, idle, { status: 'suspended' })
    await hear(ctac, 'AcceptanceRejectionExpiry', envelope.id)
    await changeAgency(gateway, idle, { status: 'active' })
  })
})

test('what fell due while no process ran is told when one runs again, once', { timeout: 120_000 }, async () => {
  await using own = await startGateway({ PASSERELLE_UNREAD_AFTER: LIMITS })
  const open = (id: string) => openAgency(own, id)
  const respondBy = soon(2 * SECOND)
  await using asking = await open('gb-ctac')
  const asked = await asking.client.send(question(respondBy))
  const unread = await asking.client.send(
    makeEnvelope('assessment-referral', 'gb-ctac', KENT, { priority: 'immediate' }),
  )
  await hear(asking, 'ContentConsignment', unread.envelope.id)
  await own.process.kill()
  await until(() => Date.now() > respondBy.getTime())
  await own.restart()
  const ready = Date.now()
  await using owing = await open(OFFICE)
  await using again = await open('gb-ctac')
  for (const side of [owing, again])
    expect((await hear(side, 'ResponseOverdue', asked.envelope.id)).at - ready).toBeLessThan(ON_TIME_MS)
  await hear(again, 'AcceptanceRejectionExpiry', unread.envelope.id)

  await own.restart()
  await using last = await open('gb-ctac')
  const past = await last.client.send(question(soon(-SECOND)))
  await hear(last, 'ResponseOverdue', past.envelope.id)
  const events = [...(await heard(last, asked.envelope.id)), ...(await heard(last, unread.envelope.id))]
  expect(events.filter((event) => event === 'ResponseOverdue')).toHaveLength(1)
  expect(events.filter((event) => event === 'AcceptanceRejectionExpiry')).toHaveLength(1)
})
