import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { sweepOnce } from '../../gateway/delivery/sweep.ts'
import { pendingOf } from '../../gateway/operations/act-pages.ts'
import { lapsePauses } from '../../gateway/operations/pauses.ts'
import { type Acts, openActs } from '../../gateway/operations/perform.ts'
import { pauses } from '../../gateway/record/pauses.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { openParts, seed, type TestParts } from '../support/parts.ts'
import { copyPki } from '../support/pki.ts'

/** Protocol section 11: deliveries to an agency are held, and go on. */

const KENT = 'gb-la-e10000016'
const HOUR = 3_600_000
const duty = { operator: { id: 'duty', name: 'Duty', role: 'act' as const }, reason: 'Kent moves its system' }
const other = { operator: { id: 'manager', name: 'Manager', role: 'act' as const }, reason: 'I know of it' }
const lane = (priority: number) => ({ recipient: KENT, priority })
const ALL = [lane(0), lane(1), lane(2)]

let folder: TemporaryFolder
let pki: DevelopmentPki
let database: TestDatabase
let parts: TestParts
let acts: Acts
let now: Date

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await copyPki(join(folder.path, 'pki'))
})
afterAll(() => folder.remove())
beforeEach(async () => {
  database = await createDatabase()
  now = new Date()
  parts = await openParts(pki, database.url, await readFile(join(pki.folder, 'agencies.json'), 'utf8'), {
    now: () => now,
  })
  acts = openActs({ ...parts, enqueue: (one) => void parts.called.push(one) })
})
afterEach(async () => {
  await parts[Symbol.asyncDispose]()
  await database.drop()
})

const later = (ms: number): void => void (now = new Date(now.getTime() + ms))
const send = (priority: number) =>
  seed(pki, parts, [{ from: 'gb-ctac', to: KENT, type: 'assessment-referral', priority }], now)

async function states(): Promise<readonly string[]> {
  const { rows } = await parts.database.query<{ state: string }>('select state from delivery order by message_no')
  return rows.map(({ state }) => state)
}

async function actLeaves(): Promise<readonly string[]> {
  const { rows } = await parts.database.query<{ jws: Buffer }>(
    `select jws from leaf where typ = 'operator-act+jws' order by index`,
  )
  return rows.map(({ jws }) => {
    const payload = Buffer.from(jws.toString('latin1').split('.')[1] ?? '', 'base64url').toString()
    const { act, agency, operator = 'nobody' } = JSON.parse(payload) as Record<string, string>
    return `${act} ${agency} by ${operator}`
  })
}

async function work(): Promise<void> {
  for (const one of ALL) await parts.work(one)
}

describe('an agency that is paused', () => {
  test('is delivered nothing, and no lane of it is called; accepting goes on, and what waited goes when it is resumed', async () => {
    await send(1)
    expect(await acts.onAgency('pause', KENT, duty)).toEqual({ pending: false, changed: 1 })
    await send(2)
    await work()
    expect(await states()).toEqual(['accepted', 'accepted'])
    const called: unknown[] = []
    later(10_000)
    expect(await sweepOnce(parts, { recall: (lanes) => void called.push(...lanes) })).toEqual([])
    expect(called).toEqual([])

    parts.called.length = 0
    expect(await acts.onAgency('resume', KENT, other)).toEqual({ pending: false, changed: 1 })
    expect(parts.called).toEqual(ALL)
    await work()
    expect(await states()).toEqual(['consigned', 'consigned'])
    expect(await actLeaves()).toEqual([`pause ${KENT} by duty`, `resume ${KENT} by manager`])
  })

  test('keeps others waiting for nothing', async () => {
    await acts.onAgency('pause', KENT, duty)
    await seed(pki, parts, [{ from: 'gb-ctac', to: 'fr-rys', type: 'information-request', priority: 1 }], now)
    await parts.work({ recipient: 'fr-rys', priority: 1 })
    expect(await states()).toEqual(['consigned'])
  })

  test('gives what is tried its time back: the horizon does not count while it is held', async () => {
    const [no] = await send(1)
    const deadline = new Date(now.getTime() + HOUR)
    await parts.database.query('update delivery set deadline = $2 where message_no = $1', [no, deadline])
    await acts.onAgency('pause', KENT, duty)
    later(5 * HOUR)
    await acts.onAgency('resume', KENT, duty)
    const { rows } = await parts.database.query<{ deadline: Date }>('select deadline from delivery')
    expect(rows[0]?.deadline.getTime()).toBe(deadline.getTime() + 5 * HOUR)
  })

  test('stays so when the registry is read again, and held where it is suspended when the pause ends', async () => {
    await send(1)
    await acts.onAgency('pause', KENT, duty)
    const registry = parts.registry()
    await parts.enforce({ registry: registry, keys: parts.keys }, () => undefined)
    await work()
    expect(await states()).toEqual(['accepted'])

    const kent = registry.agencies.get(KENT)
    if (kent === undefined) throw new Error('Kent is in the registry')
    const suspended = { ...registry, agencies: new Map([[KENT, { ...kent, status: 'suspended' as const }]]) }
    const there = openActs({ ...parts, registry: () => suspended, enqueue: () => undefined })
    await parts.enforce({ registry: suspended, keys: parts.keys }, () => undefined)
    await there.onAgency('resume', KENT, duty)
    expect((await parts.database.query('select from hold where agency = $1', [KENT])).rowCount).toBe(1)
    await parts.enforce({ registry: registry, keys: parts.keys }, () => undefined)
    expect((await parts.database.query('select from hold where agency = $1', [KENT])).rowCount).toBe(0)
  })

  test('is paused once by one operator, joined by one of another id, and by nobody else', async () => {
    const third = { ...other, operator: { ...other.operator, id: 'third' } }
    const done = []
    for (const decision of [duty, duty, other, other, third]) done.push(await acts.onAgency('pause', KENT, decision))
    expect(done.map((one) => !one.pending && one.changed)).toEqual([1, 0, 1, 0, 0])
    expect(await pauses(parts.database)).toMatchObject([{ agency: KENT, operator: 'duty', joinedBy: 'manager' }])
    expect(await actLeaves()).toEqual([`pause ${KENT} by duty`, `pause ${KENT} by manager`])
  })

  test('that was not, is resumed without a word', async () => {
    expect(await acts.onAgency('resume', KENT, duty)).toEqual({ pending: false, changed: 0 })
    expect(await actLeaves()).toEqual([])
  })
})

describe('a pause that nobody joins', () => {
  test('lapses after an hour with an immediate message waiting, by an act of nobody', async () => {
    await send(0)
    await acts.onAgency('pause', KENT, duty)
    later(HOUR - 1)
    expect(await lapsePauses({ ...parts, enqueue: () => undefined })).toEqual([])
    later(1)
    expect(await pendingOf(parts)).toEqual([
      expect.objectContaining({ act: 'pause', agency: KENT, operator: 'duty', until: now }),
    ])
    const called: unknown[] = []
    const both = { ...parts, enqueue: (one: unknown) => void called.push(one) }
    expect((await Promise.all([lapsePauses(both), lapsePauses(both)])).flat()).toEqual([KENT])
    expect(called).toEqual(ALL)
    await work()
    expect(await states()).toEqual(['consigned'])
    expect(await actLeaves()).toEqual([`pause ${KENT} by duty`, `resume ${KENT} by nobody`])
    expect(await pendingOf(parts)).toEqual([])
  })

  test('lapses at once where an immediate message comes later than that', async () => {
    await acts.onAgency('pause', KENT, duty)
    later(3 * HOUR)
    expect(await lapsePauses({ ...parts, enqueue: () => undefined })).toEqual([])
    await send(0)
    expect(await lapsePauses({ ...parts, enqueue: () => undefined })).toEqual([KENT])
  })

  test.each([1, 2])('goes on where what waits is of priority %i', async (priority) => {
    await send(priority)
    await acts.onAgency('pause', KENT, duty)
    later(100 * HOUR)
    expect(await pendingOf(parts)).toEqual([expect.objectContaining({ act: 'pause', until: undefined })])
    expect(await lapsePauses({ ...parts, enqueue: () => undefined })).toEqual([])
  })
})

test('a pause of two does not lapse', async () => {
  await send(0)
  await acts.onAgency('pause', KENT, duty)
  await acts.onAgency('pause', KENT, other)
  later(100 * HOUR)
  expect(await lapsePauses({ ...parts, enqueue: () => undefined })).toEqual([])
  expect(await pendingOf(parts)).toEqual([])
})
