import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { dueUntil, eraseDue, LARGEST_TURN } from '../../gateway/operations/retention.ts'
import { type DueCase, dueCases, takeRetention } from '../../gateway/record/erasures.ts'
import { transaction } from '../../gateway/record/record.ts'
import { newId } from '../../sdk/sign.ts'
import { acknowledge, read, type Said, say } from '../support/case.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { payloadOf } from '../support/forge.ts'
import { openParts, seed, type TestParts } from '../support/parts.ts'
import { copyPki } from '../support/pki.ts'

const RYS = 'fr-rys'
const CTAC = 'gb-ctac'
const DAYS = 30
const DAY_MS = 24 * 3_600_000

let folder: TemporaryFolder
let pki: DevelopmentPki
let registry: string
let database: TestDatabase
let parts: TestParts
let start = new Date()
/** What the retention goes by; messages are accepted at the time they are signed at. */
let now = start

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await copyPki(join(folder.path, 'pki'))
  registry = await readFile(join(pki.folder, 'agencies.json'), 'utf8')
  database = await createDatabase()
  parts = await openParts(pki, database.url, withRetention({ contentDays: DAYS }), { now: () => start })
})
afterAll(async () => {
  await parts[Symbol.asyncDispose]()
  await database.drop()
  await folder.remove()
})
beforeEach(async () => {
  start = new Date()
  now = start
  await parts.database.query('truncate message, case_fact, delivery, leaf, case_key, act, erasure restart identity')
})

const turn = (process = parts, at = now, stop?: AbortSignal): Promise<number> =>
  eraseDue({ ...process, now: () => at }, stop)

const due = async (limit = 10, after?: DueCase): Promise<readonly DueCase[]> =>
  await dueCases(parts.database, dueUntil(parts.registry(), now) ?? new Date(0), limit, after)

const withRetention = (of: object): string => JSON.stringify({ ...JSON.parse(registry), retention: of })
const day = (days: number): Date => new Date(start.getTime() + days * DAY_MS)

async function settle(type: string, from: string, to: string, caseId: string): Promise<Said> {
  const said = await say(pki, parts, type, { from, to, caseId })
  await acknowledge(pki, parts, said)
  return said
}

/** A referral that was closed, both acknowledged. */
async function closedCase(caseId = newId()): Promise<Said> {
  const said = await settle('referral', RYS, CTAC, caseId)
  await settle('case-closure', CTAC, RYS, caseId)
  return said
}

/** As if all that was said in a case so far had been accepted so many days later. */
const age = (caseId: string, days: number) =>
  parts.database.query(`update message set accepted_at = accepted_at + make_interval(days => $2) where case_id = $1`, [
    caseId,
    days,
  ])

const isErased = async (said: Said): Promise<boolean> =>
  await read(parts, said).then(
    () => false,
    (error: unknown) => (error as { code?: string }).code === 'erased',
  )

test('the contents of a case go as many days after its closure as the registry says, and not a moment before', async () => {
  const said = await closedCase()
  now = new Date(day(DAYS).getTime() - 1)
  expect(await due()).toEqual([])
  expect(await turn()).toBe(0)
  expect(await isErased(said)).toBe(false)
  now = day(DAYS)
  expect(await turn()).toBe(1)
  expect(await isErased(said)).toBe(true)
  expect(await turn(), 'once').toBe(0)
})

test('a case that was never closed stays', async () => {
  const said = await settle('referral', RYS, CTAC, newId())
  now = day(10 * DAYS)
  expect(await turn()).toBe(0)
  expect(await isErased(said)).toBe(false)
})

test('days count from the newest message of a closed case: from the last of several closures, and from what came after', async () => {
  const caseId = newId()
  const said = await closedCase(caseId)
  await age(caseId, -2)
  await settle('case-closure', CTAC, RYS, caseId)
  await age(caseId, -1)
  const late = await settle('information-request', CTAC, RYS, caseId)
  for (const [at, many] of [
    [DAYS - 3, 0],
    [DAYS - 1, 0],
    [DAYS, 1],
  ] as const) {
    now = day(at)
    expect(await due(), `on day ${at}`).toHaveLength(many)
  }
  expect(await due()).toEqual([{ caseId, messages: 4, attachments: 0, closedAt: day(-1), newest: start, closureNo: 3 }])
  expect(await turn()).toBe(1)
  expect([await isErased(said), await isErased(late)]).toEqual([true, true])
})

test('while a message of a case is not settled nothing of it goes', async () => {
  const caseId = newId()
  const said = await closedCase(caseId)
  const open = await say(pki, parts, 'referral', { from: RYS, to: CTAC, caseId })
  now = day(DAYS)
  expect(await turn()).toBe(0)
  await acknowledge(pki, parts, open)
  expect(await turn()).toBe(1)
  expect([await isErased(said), await isErased(open)]).toEqual([true, true])
})

test('new content of a case that was erased stays until it is closed again', async () => {
  const caseId = newId()
  await closedCase(caseId)
  now = day(DAYS)
  await turn()
  const again = await settle('referral', RYS, CTAC, caseId)
  now = day(10 * DAYS)
  expect(await turn()).toBe(0)
  expect(await isErased(again)).toBe(false)
  await settle('case-closure', CTAC, RYS, caseId)
  expect(await turn()).toBe(1)
})

test('its leaf names no operator and no reason', async () => {
  const caseId = newId()
  await closedCase(caseId)
  now = day(DAYS)
  await turn()
  const { rows } = await parts.database.query<{ jws: Buffer }>(
    `select jws from leaf where typ = 'operator-act+jws' order by index`,
  )
  expect(rows.map(({ jws }) => payloadOf(jws.toString('latin1')))).toEqual([
    {
      actId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: now.toISOString(),
      gateway: parts.issuer.gateway,
      act: 'retention',
      caseId,
    },
  ])
  const { rows: acts } = await parts.database.query(
    'select act, operator, sealed_reason, case_id, leaf_index >= 0 as logged from act',
  )
  expect(acts).toEqual([{ act: 'retention', operator: null, sealed_reason: null, case_id: caseId, logged: true }])
})

test('what is due is told before it is done, and nothing is changed by telling', async () => {
  const [one, two] = [await closedCase(), await closedCase()]
  now = day(DAYS)
  expect((await due()).map(({ caseId }) => caseId)).toEqual([one.envelope.caseId, two.envelope.caseId])
  const [first] = await due(1)
  expect((await due(10, first)).map(({ caseId }) => caseId)).toEqual([two.envelope.caseId])
  expect([await isErased(one), await isErased(two)]).toEqual([false, false])
})

test('without `retention` in the registry file nothing ever goes', async () => {
  const said = await closedCase()
  await using without = await openParts(pki, database.url, registry, { now: () => start })
  expect(dueUntil(without.registry(), now)).toBeUndefined()
  expect(await turn(without, day(1_000 * DAYS))).toBe(0)
  expect(await isErased(said)).toBe(false)
})

test('one process at a time, a bounded turn, and each case once', async () => {
  const many = LARGEST_TURN + 20
  const closures = Array.from({ length: many }, () => ({ from: CTAC, to: RYS, type: 'case-closure', priority: 2 }))
  await seed(pki, parts, closures, start)
  await parts.database.query(`update delivery set state = 'handed-over'`)
  now = day(DAYS)
  await transaction(parts.database, async (tx) => {
    await takeRetention(tx)
    expect(await turn(), 'another process is at it').toBe(0)
    return { result: undefined }
  })
  expect(await turn()).toBe(LARGEST_TURN)
  await using other = await openParts(pki, database.url, withRetention({ contentDays: DAYS }), { now: () => start })
  const both = await Promise.all([turn(), turn(other)])
  let erased = both[0] + both[1]
  while (erased < 20) erased += await turn()
  const { rows } = await parts.database.query(
    'select count(*)::int as acts, count(distinct case_id)::int as cases from act',
  )
  expect(rows).toEqual([{ acts: many, cases: many }])
})

test('a turn that is told to stop ends with the case that it is at', async () => {
  await closedCase()
  now = day(DAYS)
  expect(await turn(parts, now, AbortSignal.abort())).toBe(0)
  expect(await due()).toHaveLength(1)
})

test('what is due is found by the index of closures that have contents', async () => {
  const { rows } = await parts.database.query<{ 'QUERY PLAN': string }>(
    `explain select from message where type = 'case-closure' and sealed is not null and accepted_at <= now() order by accepted_at, no`,
  )
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index (?:Only )?Scan using message_closing/)
})
