import { createHmac, randomBytes } from 'node:crypto'
import { Agent } from 'node:https'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Issued, issue, makeRoot, toPem } from '../../certs-dev/pki.ts'
import { createMetrics } from '../../gateway/base/metrics.ts'
import { openMailer } from '../../gateway/delivery/mailer.ts'
import type { Alarm } from '../../gateway/identity/trust.ts'
import type { Channel } from '../../gateway/operations/alarm-channel.ts'
import { openAlarmMail } from '../../gateway/operations/alarm-mail.ts'
import { openAlarmWebhook } from '../../gateway/operations/alarm-webhook.ts'
import { openAnnouncing } from '../../gateway/operations/announcing.ts'
import { acknowledgeAlarm, standingAlarms } from '../../gateway/record/alarms.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type Endpoint, startEndpoint } from '../support/endpoint.ts'
import { readMail } from '../support/mail.ts'
import { startMailServer } from '../support/mail-server.ts'
import { quiet } from '../support/quiet.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const disk: Alarm = { code: 'disk-low', subject: 'record' }
const dead: Alarm = { code: 'dead-letter', subject: 'gb-la-e10000016' }
const never = new AbortController().signal
const secret = randomBytes(32)

let tls: Issued
let anchor: string
let database: TestDatabase
let record: Database
let receiver: Endpoint
let status: number
let now: Date
const opened: AsyncDisposableStack[] = []

beforeAll(async () => {
  const validity = { notBefore: new Date(Date.now() - MINUTE), notAfter: new Date(Date.now() + HOUR) }
  const root = await makeRoot('CN=receiver root', validity)
  anchor = toPem(root.certificate)
  tls = await issue(root, { subject: 'CN=receiver', validity, use: 'tls', local: true })
})
beforeEach(async () => {
  database = await createDatabase()
  record = openDatabase(database.url, () => undefined)
  await migrate(record)
  status = 204
  now = new Date()
  receiver = await startEndpoint((_request, response) => response.writeHead(status).end(), {
    key: tls.key,
    cert: tls.crt,
    requestCert: false,
  })
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.disposeAsync()
  receiver.server.close()
  for (const socket of receiver.sockets) socket.destroy()
  await record.end()
  await database.drop()
})

const wait = (ms: number): void => void (now = new Date(now.getTime() + ms))

/** A process that tells by webhook, on the record. */
function openProcess(channels: readonly Channel[] = [openWebhook()], at: Database = record) {
  const announcing = openAnnouncing({ log: quiet, metrics: createMetrics(), database: at, channels, now: () => now })
  return (...on: readonly Alarm[]) => announcing.announce(on, never)
}

function openWebhook(agent = new Agent({ ca: anchor })): Channel {
  const stack = new AsyncDisposableStack()
  stack.defer(() => agent.destroy())
  opened.push(stack)
  return openAlarmWebhook({
    url: receiver.url,
    secrets: [secret],
    gateway: () => 'gateway',
    environment: 'test',
    now: () => now,
    agent,
  })
}

type Posted = { readonly type: string; readonly data: { readonly code: string; readonly alarmId: string } }
const posted = (): readonly Posted[] => receiver.seen.map(({ body }) => JSON.parse(body.toString()) as Posted)
const types = (): readonly string[] => posted().map(({ type, data }) => `${type} ${data.code}`)

describe('an alarm', () => {
  test('is told once, over all processes, and again every hour', async () => {
    const [one, other] = [openProcess(), openProcess()]
    await Promise.all([one(disk), other(disk)])
    await Promise.all([one(disk), other(disk)])
    expect(types()).toEqual(['alarm.on disk-low'])
    for (let minutes = 0; minutes < 125; minutes++) {
      wait(MINUTE / 2)
      await one(disk)
      wait(MINUTE / 2)
      await other(disk)
    }
    expect(types()).toEqual(['alarm.on disk-low', 'alarm.still-on disk-low', 'alarm.still-on disk-low'])
  })

  test('is over when no process has seen it for a minute, and that is told', async () => {
    const [one, other] = [openProcess(), openProcess()]
    await one(disk, dead)
    wait(MINUTE - 1)
    await other(dead)
    expect(await standingAlarms(record)).toHaveLength(2)
    wait(2)
    await other(dead)
    expect((await standingAlarms(record)).map(({ code }) => code)).toEqual(['dead-letter'])
    expect(types()).toEqual(['alarm.on dead-letter', 'alarm.on disk-low', 'alarm.over disk-low'])
    wait(2 * HOUR)
    await one()
    await one()
    expect(types().slice(3)).toEqual(['alarm.over dead-letter'])
    wait(25 * HOUR)
    await one()
    expect((await record.query('select from alarm')).rowCount).toBe(0)
  })

  test('that comes again is told again, under an id of its own', async () => {
    const one = openProcess()
    await one(disk)
    wait(2 * MINUTE)
    await one()
    await one(disk)
    expect(types()).toEqual(['alarm.on disk-low', 'alarm.over disk-low', 'alarm.on disk-low'])
    expect(new Set(posted().map(({ data }) => data.alarmId)).size).toBe(2)
  })

  test('that somebody has acknowledged is told no more until it is over', async () => {
    const one = openProcess()
    await one(disk)
    const [standing] = await standingAlarms(record)
    expect(await acknowledgeAlarm(record, standing?.id ?? '', 'duty', standing?.id ?? '')).toBe(true)
    expect(await acknowledgeAlarm(record, standing?.id ?? '', 'manager', standing?.id ?? '')).toBe(false)
    expect(await standingAlarms(record)).toMatchObject([{ code: 'disk-low', acknowledgedBy: 'duty' }])
    for (let halves = 0; halves < 6; halves++) {
      wait(HOUR / 2)
      await record.query('update alarm set seen_at = $1', [now])
      await one(disk)
    }
    expect(types()).toEqual(['alarm.on disk-low'])
    wait(2 * MINUTE)
    await one()
    expect(types()).toEqual(['alarm.on disk-low', 'alarm.over disk-low'])
  })

  test('of a thousand others is told with the next looks, twenty at a time', async () => {
    const one = openProcess()
    const files = Array.from({ length: 1_200 }, (_, at) => ({ code: 'trust-file-ignored', subject: `${at}.crl` }))
    await one(...files)
    expect((await record.query('select from alarm')).rowCount).toBe(1_000)
    expect(receiver.seen).toHaveLength(20)
    await one(...files)
    expect(receiver.seen).toHaveLength(40)
  })
})

describe('by webhook', () => {
  test('each is a post that its receiver can verify, with codes and ids alone', async () => {
    await openProcess()(dead)
    const [seen] = receiver.seen
    const { headers } = seen?.request ?? {}
    const signed = `${String(headers?.['webhook-id'])}.${String(headers?.['webhook-timestamp'])}.${seen?.body.toString()}`
    expect(headers?.['webhook-signature']).toBe(`v1,${createHmac('sha256', secret).update(signed).digest('base64')}`)
    expect(Number(headers?.['webhook-timestamp'])).toBe(Math.floor(now.getTime() / 1000))
    const [{ data, ...said } = { data: undefined }] = posted()
    expect(said).toEqual({ type: 'alarm.on', timestamp: now.toISOString() })
    expect(Object.keys(data ?? {})).toEqual(['alarmId', 'code', 'subject', 'since', 'gateway', 'environment', 'remedy'])
  })

  test.each([500, 302, 404])(
    'one that is answered with %s is tried again, later and later, under the same id',
    async (answer) => {
      status = answer
      const [one, other] = [openProcess(), openProcess()]
      const tried: number[] = []
      for (let seconds = 0; seconds < 960; seconds += 20) {
        const before = receiver.seen.length
        await one(disk)
        await other(disk)
        if (receiver.seen.length > before) tried.push(seconds)
        wait(20_000)
      }
      expect(tried).toEqual([0, 60, 180, 420, 900])
      status = 200
      wait(20 * MINUTE)
      await record.query('update alarm set seen_at = $1', [now])
      await one(disk)
      await one(disk)
      expect(receiver.seen).toHaveLength(6)
      expect(new Set(receiver.seen.map(({ request }) => request.headers['webhook-id'])).size).toBe(1)
    },
  )

  test('is not posted to somebody whose certificate nobody vouches for', async () => {
    await openProcess([openWebhook(new Agent())])(disk)
    expect(receiver.seen).toEqual([])
    wait(2 * MINUTE)
    await record.query('update alarm set seen_at = $1', [now])
    await openProcess()(disk)
    expect(types()).toEqual(['alarm.on disk-low'])
  })
})

describe('by e-mail', () => {
  test('all that are due come in one, in both languages, and what cannot be sent is sent later', async () => {
    await using server = await startMailServer(tls)
    const mailer = openMailer(`smtp://127.0.0.1:${server.port}`, quiet)
    const one = openProcess([openAlarmMail({ mailer, to: 'duty@example.org', environment: 'test' })])
    await one(disk, dead)
    await one(disk, dead)
    wait(2 * MINUTE)
    await one()
    await mailer.close()
    const [on, over, ...more] = server.mails.map((mail) => ({ ...mail, ...readMail(mail) }))
    expect(more).toEqual([])
    expect(on?.to).toEqual(['duty@example.org'])
    expect(on?.header('Subject')).toBe('[test] Passerelle: alarm / alarme: dead-letter (+1)')
    expect(on?.body).toContain('disk-low: record')
    expect(on?.body).toContain('dead-letter: gb-la-e10000016')
    expect(on?.body).toContain('Make room, or enlarge the disk')
    expect(on?.body).toContain('Libérez de la place, ou agrandissez le disque')
    expect(on?.header('X-Priority')).toBe('1 (Highest)')
    expect(over?.header('Subject')).toBe('[test] Passerelle: alarm over / alarme terminée: dead-letter (+1)')
    expect(over?.body).not.toContain('Make room')
  })

  test('a server that is away keeps no webhook, and is tried again', async () => {
    const away = await startMailServer(tls)
    const url = `smtp://127.0.0.1:${away.port}`
    await away[Symbol.asyncDispose]()
    const mailer = openMailer(url, quiet)
    const one = openProcess([openAlarmMail({ mailer, to: 'duty@example.org', environment: 'test' }), openWebhook()])
    await one(disk)
    await mailer.close()
    expect(types()).toEqual(['alarm.on disk-low'])
    const { rows } = await record.query('select channel, told, attempts from alarm_notice order by channel')
    expect(rows).toEqual([
      { channel: 'email', told: 0, attempts: 1 },
      { channel: 'webhook', told: 1, attempts: 0 },
    ])
  })
})

test('a record that is away is told by each process itself, once an hour, and that it is back', async () => {
  const away: Alarm = { code: 'record-read-only', subject: 'record' }
  const standby = openDatabase(database.url, () => undefined)
  standby.on('connect', (client) => void client.query('set default_transaction_read_only = on'))
  const lost = openProcess([openWebhook()], standby)
  for (let minutes = 0; minutes < 65; minutes++) {
    await expect(lost(away, disk)).rejects.toThrow(/read-only/)
    wait(MINUTE)
  }
  expect(types()).toEqual(['alarm.on record-read-only', 'alarm.still-on record-read-only'])
  await standby.query('set default_transaction_read_only = off')
  await lost(disk)
  await lost(disk)
  expect(types().slice(2)).toEqual(['alarm.over record-read-only', 'alarm.on disk-low'])
  await standby.end()
})
