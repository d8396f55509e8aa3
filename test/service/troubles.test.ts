import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createMetrics } from '../../gateway/base/metrics.ts'
import { readConfig } from '../../gateway/base/config.ts'
import { alarmsOf, unreachableSince } from '../../gateway/operations/alarms.ts'
import { openActs } from '../../gateway/operations/perform.ts'
import { openAlarms } from '../../gateway/operations/watching.ts'
import { noteAlarms, standingAlarms } from '../../gateway/record/alarms.ts'
import { troubles } from '../../gateway/record/troubles.ts'
import { nothingPublished, nothingSeen } from '../support/alarms.ts'
import { quiet } from '../support/quiet.ts'
import type { TestParts } from '../support/parts.ts'
import { HOUR, MINUTE, payloadOf, setStage } from '../support/stage.ts'

const KENT = 'gb-la-e10000016'
const stage = setStage()
const toKent = { from: 'gb-ctac', to: KENT, type: 'assessment-referral', priority: 0 }
const look = (parts: TestParts) =>
  troubles(parts.database, [...parts.registry().agencies.keys()], unreachableSince(stage.now))

describe('what is in trouble at an agency', () => {
  test('a dead letter, until it is put back', async () => {
    const parts = await stage.open()
    const [message] = await stage.send(parts, toKent)
    expect(await look(parts)).toEqual([])
    await parts.database.query(`update delivery set state = 'dead-lettered'`)
    expect(await look(parts)).toEqual([{ code: 'dead-letter', agency: KENT }])
    const acts = openActs({ ...parts, enqueue: () => undefined })
    if (message)
      await acts.onMessage('retry', message, { operator: { id: 'duty', name: 'Duty', role: 'act' }, reason: 'Mended' })
    expect(await look(parts)).toEqual([])
  })

  test('an immediate message that lies unread; one of another priority is not', async () => {
    const parts = await stage.open()
    await stage.send(parts, toKent, { ...toKent, to: 'fr-rys', priority: 1 })
    await parts.database.query(`update delivery set state = 'consigned', consigned_leaf = 0, expired_at = now()`)
    expect(await look(parts)).toEqual([{ code: 'immediate-unread', agency: KENT }])
  })

  test('an endpoint that has taken a message in none of its attempts for 15 minutes', async () => {
    const parts = await stage.open()
    await stage.send(parts, toKent)
    await parts.database.query('update delivery set attempts = 3, due_at = $1', [stage.after(HOUR)])
    const attempt = (number: number) =>
      parts.database.query(
        `insert into attempt (message_no, attempt, at, endpoint, outcome, detail, duration_ms)
         select message_no, $1, $2, 'kent.example', 'retry', 'refused', 1 from delivery`,
        [number, stage.now],
      )
    for (let number = 1; number <= 3; number++) {
      await attempt(number)
      stage.wait(5 * MINUTE - 1)
    }
    expect(await look(parts)).toEqual([])
    stage.wait(3)
    expect(await look(parts)).toEqual([{ code: 'agency-unreachable', agency: KENT }])
    // What was spent before it was put back counts no more.
    await parts.database.query('update delivery set spent = 2')
    expect(await look(parts)).toEqual([])
    await parts.database.query(`update delivery set spent = 0, state = 'consigned'`)
    expect(await look(parts)).toEqual([])
  })
})

describe('an alarm of what a process sees', () => {
  const seen = async (parts: TestParts, change: object, now = stage.now): Promise<readonly string[]> => {
    const trust = { alarms: () => [] }
    const looked = { ...nothingSeen, keys: parts.keys, registry: { agencies: new Map() }, trust, ...change }
    return alarmsOf(looked, now).map(({ code, subject }) => `${code} ${subject}`)
  }

  test.each([
    [{ reasons: ['record-read-only', 'queue-full', 'stopping'] }, ['record-read-only record', 'queue-full queue']],
    [{ unaccounted: 1 }, ['messages-unaccounted record']],
    [{ troubles: [{ code: 'dead-letter', agency: KENT }] }, [`dead-letter ${KENT}`]],
    [{ gone: [KENT] }, [`agency-gone ${KENT}`]],
    [{ clockOffsetMs: 2_000 }, []],
    [{ disk: 'full', backup: { isOverdue: () => true } }, ['disk-full record', 'backup-overdue record']],
    [{ isStampLate: true }, ['time-stamps-late log']],
    [{ isUncosigned: true, contradicted: ['w.example/fr'] }, ['log-uncosigned log', 'log-contradicted w.example/fr']],
  ])('%o', async (change, codes) => {
    expect(await seen(await stage.open(), change)).toEqual(codes)
  })

  test('a clock that is more than 2 s off, in either direction', async () => {
    const parts = await stage.open()
    for (const clockOffsetMs of [2_001, -2_001])
      expect(await seen(parts, { clockOffsetMs })).toEqual([expect.stringMatching(/^clock-off ./)])
  })

  test('an agency whose last certificate for a use ends within 30 days', async () => {
    const parts = await stage.open()
    const { agencies } = parts.registry()
    const [first] = agencies.get(KENT)?.certificates ?? []
    const days = (many: number) => new Date((first?.certificate.notAfter.getTime() ?? 0) - many * 24 * HOUR)
    const registry = { agencies: new Map([[KENT, agencies.get(KENT)]]) }
    expect((await seen(parts, { registry }, days(31))).filter((one) => one.startsWith('agency-'))).toEqual([])
    expect(await seen(parts, { registry }, days(29))).toContain(`agency-certificate-expires ${KENT}`)
  })
})

test('an operator acknowledges an alarm once, with a reason: a leaf of the log', async () => {
  const parts = await stage.open()
  await noteAlarms(parts.database, [{ code: 'dead-letter', subject: KENT }], stage.now)
  const [alarm] = await standingAlarms(parts.database)
  if (alarm === undefined) throw new Error('an alarm is on')
  const acts = openActs({ ...parts, enqueue: () => undefined })
  const decide = (id: string) => ({
    operator: { id, name: id, role: 'act' as const },
    reason: 'Kent mends its firewall',
  })
  expect(await acts.onAlarm('acknowledge', alarm, decide('duty'))).toEqual({ pending: false, changed: 1 })
  expect(await acts.onAlarm('acknowledge', alarm, decide('manager'))).toMatchObject({ pending: false, changed: 0 })
  expect(await standingAlarms(parts.database)).toMatchObject([{ acknowledgedBy: 'duty' }])
  const { rows } = await parts.database.query<{ jws: Buffer }>(`select jws from leaf where typ = 'operator-act+jws'`)
  expect(rows.map(({ jws }) => payloadOf(jws.toString('latin1')))).toMatchObject([
    { act: 'acknowledge', operator: 'duty', alarm: 'dead-letter', agency: KENT },
  ])
  expect(JSON.stringify(rows.map(({ jws }) => payloadOf(jws.toString('latin1'))))).not.toContain('firewall')
})

test('a process sees that a delivery was deleted, tells it in its metrics, and raises the alarm', async () => {
  const parts = await stage.open()
  await stage.send(parts, toKent)
  await parts.database.query('delete from delivery')
  const metrics = createMetrics()
  await using alarms = await openAlarms({
    ...parts,
    config: readConfig({}),
    log: quiet,
    metrics,
    keys: () => parts.keys,
    trust: () => ({ alarms: () => [] }),
    onTrustChange: () => undefined,
    disk: { state: () => 'enough' },
    attachments: { away: () => [] },
    backup: { isOverdue: () => false },
    cosigning: { contradicted: () => [] },
    tree: { state: () => nothingPublished },
    health: { reasons: async () => [] },
    refused: () => [],
    machineNow: () => stage.after(3_000),
  })
  await expect
    .poll(() => alarms.on().map(({ code }) => code), { timeout: 10_000 })
    .toEqual(['messages-unaccounted', 'clock-off'])
  await expect
    .poll(async () => (await alarms.standing()).map(({ code }) => code), { timeout: 20_000 })
    .toEqual(['clock-off', 'messages-unaccounted'])
  const text = await metrics.registry.metrics()
  expect(text).toContain('\npasserelle_messages_unaccounted 1\n')
  expect(text).toContain('\npasserelle_clock_offset_seconds 3\n')
})

test('an address without a mail server, and a webhook without a secret, end the start', async () => {
  const parts = await stage.open()
  const open = (env: Record<string, string>) =>
    openAlarms({ ...parts, config: readConfig(env) } as unknown as Parameters<typeof openAlarms>[0])
  await expect(open({ PASSERELLE_ALARM_EMAIL: 'duty@example.org' })).rejects.toThrow(
    'PASSERELLE_ALARM_EMAIL needs PASSERELLE_SMTP_URL',
  )
  await expect(open({ PASSERELLE_ALARM_WEBHOOK: 'https://alarms.example.org/a' })).rejects.toThrow(
    /^PASSERELLE_ALARM_WEBHOOK_SECRET must name a file/,
  )
  const secret = join(stage.pki.folder, 'none')
  await expect(
    open({ PASSERELLE_ALARM_WEBHOOK: 'https://alarms.example.org/a', PASSERELLE_ALARM_WEBHOOK_SECRET: secret }),
  ).rejects.toThrow(/^PASSERELLE_ALARM_WEBHOOK_SECRET: cannot read/)
})
