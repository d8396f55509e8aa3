import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Envelope, Message, Priority } from '../../sdk/index.ts'
import { makeEnvelope, openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { readReceipt } from '../support/load.ts'
import { makeMark, occurs } from '../support/marks.ts'
import { askOperations } from '../support/operations.ts'
import { freePort } from '../support/port.ts'
import { changeAgency, pushTo, startPushEndpoint } from '../support/push-agency.ts'

const KENT = 'gb-la-e10000016'
const HOUR = 3_600_000
const ALWAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

let gateway: TestGateway
let ctac: TestAgency
let kent: TestAgency
let mail: SMTPServer
const mails: { to: string[]; text: string }[] = []

beforeAll(async () => {
  mail = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, { envelope }, done) {
      let text = ''
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
      stream.on('end', () => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text })
        done()
      })
    },
  })
  const port = await freePort()
  await new Promise<void>((resolve) => mail.listen(port, '127.0.0.1', resolve))
  gateway = await startGateway({ PASSERELLE_SMTP_URL: `smtp://127.0.0.1:${port}` })
  ctac = await openAgency(gateway, 'gb-ctac')
  kent = await openAgency(gateway, KENT)
})

afterAll(async () => {
  for (const one of [ctac, kent, gateway]) await one?.[Symbol.asyncDispose]()
  await new Promise<void>((resolve) => mail.close(() => resolve()))
})

/** Hours in UTC from and to so many hours from now, each day: whatever the clock says when the test runs. */
function hours(from: number, to: number): object {
  const time = (offset: number) => new Date(Date.now() + offset * HOUR).toISOString().slice(11, 16)
  return { timeZone: 'UTC', open: [{ days: ALWAYS, from: time(from), to: time(to) }] }
}

const desk = (id: string, more: object) => ({
  id,
  name: { en: id, fr: id },
  delivery: { mode: 'mailbox' },
  ...more,
})

const toKent = (priority: Priority, more: Partial<Envelope> = {}) =>
  makeEnvelope('assessment-referral', 'gb-ctac', KENT, { priority, ...more })

async function send(envelope: Message): Promise<string> {
  return (await ctac.client.send(envelope)).messageId
}

/** Waits until the adapter has decided: it is in a mailbox, or the sender can see when it goes on. */
async function routed(id: string) {
  await until(async () => {
    const { state, nextAttemptAt } = await ctac.client.status(id)
    return state !== 'accepted' || nextAttemptAt !== undefined
  })
  return await ctac.client.status(id)
}

test('out of hours urgent and routine wait for their desk, immediate goes to whoever is there', async () => {
  const closed = desk('children', { handles: { types: ['assessment-referral'] }, hours: hours(2, 3) })
  const duty = desk('duty', { handles: { types: ['case-closure'] }, hours: hours(-1, 1) })
  await changeAgency(gateway, KENT, { desks: [closed, duty] })
  for (const priority of ['urgent', 'routine'] as const) {
    const status = await routed(await send(toKent(priority)))
    expect(status).toMatchObject({ state: 'accepted', desk: 'children', attempts: 0 })
    const opens = Date.parse(status.nextAttemptAt ?? '') - Date.now()
    expect(opens).toBeGreaterThan(1.9 * HOUR)
    expect(opens).toBeLessThanOrEqual(2 * HOUR)
  }
  const immediate = await send(toKent('immediate'))
  expect(await routed(immediate)).toMatchObject({ state: 'consigned', desk: 'duty', attempts: 1 })
  const { receipts } = await ctac.client.status(immediate)
  expect(receipts.map(readReceipt)).toMatchObject([
    { event: 'SubmissionAcceptance' },
    { event: 'ContentConsignment', desk: 'duty', attempt: 1 },
  ])

  const listed = async (query: { desk?: string }) =>
    (await kent.client.inbox(query)).messages.map(({ messageId, desk }) => [messageId, desk])
  expect(await listed({ desk: 'duty' })).toEqual([[immediate, 'duty']])
  expect(await listed({ desk: 'children' })).toEqual([])
  expect(await listed({})).toEqual([[immediate, 'duty']])
  expect((await kent.client.inbox({ desk: 'duty', after: '' })).messages).toHaveLength(1)
})

test('what waits for a desk goes when the registry says that it is open, and not at the hour that was foreseen', async () => {
  await changeAgency(gateway, KENT, { desks: [desk('children', { hours: hours(2, 3) })] })
  const id = await send(toKent('routine'))
  expect((await routed(id)).nextAttemptAt).toBeDefined()
  await changeAgency(gateway, KENT, { desks: [desk('children', { hours: hours(3, 4) })] })
  await until(async () => Date.parse((await ctac.client.status(id)).nextAttemptAt ?? '') > Date.now() + 2.5 * HOUR)
  await changeAgency(gateway, KENT, { desks: [desk('children', { hours: hours(-1, 1) })] })
  await until(async () => (await ctac.client.status(id)).state === 'consigned')
})

test('whoever submits is told at once where it goes and whether it waits, the second time as the first', async () => {
  // On another day than this one, whatever the clock says.
  const later = ALWAYS[(new Date().getUTCDay() + 3) % ALWAYS.length]
  const closed = desk('children', { hours: { timeZone: 'UTC', open: [{ days: [later], from: '09:00', to: '17:00' }] } })
  await changeAgency(gateway, KENT, { desks: [closed] })
  const entry = async () => (await ctac.client.directory()).agencies.find(({ id }) => id === KENT)
  const { opensAt } = (await entry())?.desks?.[0] ?? {}
  const { message, envelope: _, ...first } = await ctac.client.send(toKent('urgent'))
  expect(first).toMatchObject({ state: 'accepted', desk: 'children', replayed: false, notBefore: expect.any(String) })
  expect(Date.parse(first.notBefore ?? '')).toBe(Date.parse(opensAt ?? ''))
  expect(await ctac.client.submit(message)).toEqual({ ...first, replayed: true })
  const status = await routed(first.messageId)
  expect(Date.parse(status.nextAttemptAt ?? '')).toBe(Date.parse(first.notBefore ?? ''))

  await changeAgency(gateway, KENT, { desks: [closed, desk('duty', { handles: { priorities: ['urgent'] } })] })
  const urgent = await ctac.client.send(toKent('urgent'))
  expect(urgent).toMatchObject({ desk: 'duty' })
  expect(urgent).not.toHaveProperty('notBefore')
  expect(await routed(urgent.messageId)).toMatchObject({ state: 'consigned', desk: 'duty' })

  await changeAgency(gateway, KENT, { desks: [] })
  const plain = await ctac.client.send(toKent('urgent'))
  expect(plain).not.toHaveProperty('desk')
  expect(plain).not.toHaveProperty('notBefore')
})

test('the directory shows the desks, when they are open, and whom to ring', async () => {
  const closed = desk('children', { handles: { types: ['assessment-referral'] }, hours: hours(2, 3) })
  await changeAgency(gateway, KENT, { desks: [closed, desk('duty', {})] })
  const entry = (await ctac.client.directory()).agencies.find(({ id }) => id === KENT)
  expect(entry?.desks).toEqual([
    {
      id: 'children',
      name: { en: 'children', fr: 'children' },
      hours: Reflect.get(closed, 'hours'),
      openNow: false,
      opensAt: expect.stringMatching(/Z$/),
    },
    { id: 'duty', name: { en: 'duty', fr: 'duty' }, openNow: true },
  ])
  expect(entry?.dutyTelephone).toBe(entry?.contact?.outOfHours)
  expect(entry?.dutyTelephone).toMatch(/^\+44/)
})

test('where no desk is open, immediate goes to the agency itself at once', async () => {
  await changeAgency(gateway, KENT, { desks: [desk('children', { hours: hours(2, 3) })] })
  const status = await routed(await send(toKent('immediate')))
  expect(status.state).toBe('consigned')
  expect(status.desk).toBeUndefined()
})

test('the child’s age decides where a desk asks for it, and is logged nowhere', async () => {
  await changeAgency(gateway, KENT, {
    desks: [
      desk('under-12', { handles: { ages: { to: 11 } } }),
      desk('teenagers', { handles: { ages: { from: 12, to: 17 } } }),
    ],
  })
  const aged = (years: number) => {
    const envelope = toKent('urgent')
    const { child, ...body } = structuredClone(envelope.body) as { child: { age?: object } }
    return { ...envelope, body: { ...body, child: { ...child, age: { ...child.age, years } } } } as unknown as Message
  }
  expect(await routed(await send(aged(9)))).toMatchObject({ state: 'consigned', desk: 'under-12' })
  expect(await routed(await send(aged(16)))).toMatchObject({ state: 'consigned', desk: 'teenagers' })
  const shown = await askOperations(gateway, '/api/messages?limit=100', { operator: 'duty' })
  expect(shown.text).not.toMatch(/age(?:Years)?"/)
  expect(gateway.process.stderr()).not.toMatch(/"age(?:Years)?"/)
})

test('no more than a desk takes in a minute; the others can be seen to wait', async () => {
  const delivery = { mode: 'mailbox', maxPerMinute: 3 }
  await changeAgency(gateway, KENT, { desks: [desk('three-a-minute', { delivery })] })
  const ids = await Promise.all(Array.from({ length: 5 }, () => send(toKent('routine'))))
  const found = await Promise.all(ids.map(routed))
  expect(found.map(({ state }) => state).toSorted()).toEqual([
    'accepted',
    'accepted',
    'consigned',
    'consigned',
    'consigned',
  ])
  for (const { state, nextAttemptAt, attempts } of found) {
    expect(attempts).toBe(state === 'accepted' ? 0 : 1)
    if (state === 'accepted') expect(Date.parse(nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(10_000)
  }
})

test('a notification says that something waits and how urgent it is, in both languages, and nothing else', async () => {
  const notify = { email: 'duty.desk@kent.example' }
  await changeAgency(gateway, KENT, { desks: [], delivery: { mode: 'mailbox', notify } })
  const mark = makeMark()
  const envelope = toKent('immediate')
  await send({ ...envelope, body: { ...envelope.body, ...markFree(envelope, mark) } } as Message)
  // What waited for a desk goes out, too, and is told of by itself.
  const isImmediate = ({ text }: { text: string }) => /immediate message/.test(text)
  await until(() => mails.some(isImmediate))
  const { to, text } = mails.find(isImmediate) ?? { to: [], text: '' }
  expect(to).toEqual([notify.email])
  expect(text).toMatch(/imm=C3=A9diat|immédiat/)
  expect(occurs(mark, text)).toBe(false)
  for (const secret of [envelope.id, envelope.caseId, 'gb-ctac', 'assessment-referral'])
    expect(text).not.toContain(secret)
})

/** Any text of the body that its schema leaves free. */
function markFree({ body }: Envelope, mark: string): object {
  const name = Object.entries(body).find(([, value]) => typeof value === 'string' && value.includes(' '))?.[0]
  return name === undefined ? {} : { [name]: `${mark} ${mark}` }
}

test('what was accepted before an agency was suspended is held, and goes on when it is active again', async () => {
  let status = 503
  await using endpoint = await startPushEndpoint(gateway, KENT, (_request, response) =>
    response.writeHead(status).end(),
  )
  await changeAgency(gateway, KENT, { desks: [], delivery: await pushTo(gateway, endpoint) })
  const id = await send(toKent('immediate'))
  await until(() => endpoint.seen.length > 0)
  await changeAgency(gateway, KENT, { status: 'suspended' })
  status = 200
  // Another agency's message is sent, delivered and looked at: longer than any attempt of the held one would have waited.
  const before = endpoint.seen.length
  const other = await send(makeEnvelope('assessment-referral', 'gb-ctac', 'gb-la-e09000008', { priority: 'routine' }))
  await until(async () => (await ctac.client.status(other)).state === 'consigned')
  await until(
    async () => Date.parse((await ctac.client.status(id)).nextAttemptAt ?? '1970-01-01T00:00:00Z') < Date.now(),
  )
  expect(endpoint.seen.length - before).toBeLessThanOrEqual(1)
  expect((await ctac.client.status(id)).state).toBe('accepted')
  await changeAgency(gateway, KENT, { status: 'active' })
  await until(async () => (await ctac.client.status(id)).state === 'consigned')
})
