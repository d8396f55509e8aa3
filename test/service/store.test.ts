import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type DevelopmentPki, makeDevelopmentPki } from '../../certs-dev/tree.ts'
import { parseRegistry, type Registry } from '../../gateway/identity/registry.ts'
import { transaction } from '../../gateway/record/database.ts'
import { resume } from '../../gateway/record/dead-letters.ts'
import { lease, lockDue } from '../../gateway/record/deliveries.ts'
import { appendLeaves, type Leaf } from '../../gateway/record/leaves.ts'
import { caseOf } from '../../gateway/record/messages.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import type { RegistryFile } from '../support/gateway.ts'
import { openParts, seed, type TestParts } from '../support/parts.ts'

const KENT = 'gb-la-e10000016'
const toKent = { from: 'gb-ctac', to: KENT, type: 'assessment-referral' }
const HOUR = 3_600_000
const start = new Date('2026-03-02T10:00:00Z') // a Monday
const after = (ms: number) => new Date(start.getTime() + ms)

let folder: TemporaryFolder
let pki: DevelopmentPki
let standard: RegistryFile
let database: TestDatabase
let parts: TestParts
let now: Date

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await makeDevelopmentPki(join(folder.path, 'pki'), { now: start })
  standard = JSON.parse(await readFile(join(pki.folder, 'agencies.json'), 'utf8')) as RegistryFile
})
afterAll(() => folder.remove())
beforeEach(async () => {
  database = await createDatabase()
  now = start
})
afterEach(async () => {
  await parts?.[Symbol.asyncDispose]()
  await database.drop()
})

/** The registry with one agency changed. */
function withAgency(id: string, values: object): string {
  const changed = structuredClone(standard)
  Object.assign(changed.agencies.find((one) => one.id === id) ?? {}, values)
  return JSON.stringify(changed)
}

/** Opens the parts at a time of the test's own; certificates are not judged by it. */
async function open(registry = JSON.stringify(standard)): Promise<void> {
  parts = await openParts(pki, database.url, registry, { now: () => now })
}

async function work(priority: number): Promise<void> {
  await parts.work({ recipient: KENT, priority })
}

async function enforce(registry: Registry, at: Date): Promise<void> {
  now = at
  await parts.enforce({ registry, keys: parts.keys }, (lane) => void parts.called.push(lane))
}

async function delivery(no: number) {
  const { rows } = await parts.database.query<{
    state: string
    desk: string | null
    due_at: Date
    deadline: Date | null
    attempts: number
  }>('select state, desk, due_at, deadline, attempts from delivery where message_no = $1', [no])
  if (rows[0] === undefined) throw new Error('no such delivery')
  return rows[0]
}

async function seedOne(priority = 1): Promise<number> {
  const [no] = await seed(pki, parts, [{ ...toKent, priority }], now)
  if (no === undefined) throw new Error('nothing was recorded')
  return no
}

/** Leases a delivery for its first attempt and lets the attempt fail. */
async function failOnce(no: number, dueAt: Date, horizonMs: number): Promise<void> {
  await transaction(parts.database, async (tx) => {
    const due = await lockDue(tx, { recipient: KENT, priority: 1, now, limit: 10 })
    expect(due.map((one) => one.no)).toEqual([no])
    await lease(tx, [{ messageNo: no, desk: undefined }], { until: after(60_000), deadline: after(horizonMs) })
    return { result: undefined }
  })
  await parts.database.query('update delivery set due_at = $2, lease_until = null where message_no = $1', [no, dueAt])
}

test('a desk that is closed: the message waits for it, goes when it opens, and the wait does not count against the horizon', async () => {
  const hours = { timeZone: 'Europe/London', open: [{ days: ['mon', 'tue'], from: '14:00', to: '17:00' }] }
  const desk = { id: 'children', name: { en: 'Children', fr: 'Enfants' }, delivery: { mode: 'mailbox' }, hours }
  await open(withAgency(KENT, { desks: [desk] }))
  const no = await seedOne()
  await failOnce(no, after(0), 3 * HOUR)
  await work(1)
  const opening = new Date('2026-03-02T14:00:00Z')
  expect(await delivery(no)).toMatchObject({
    state: 'accepted',
    desk: 'children',
    due_at: opening,
    deadline: after(7 * HOUR),
  })
  now = new Date(opening.getTime() - 1)
  await work(1)
  expect((await delivery(no)).state).toBe('accepted')
  now = opening
  await work(1)
  expect(await delivery(no)).toMatchObject({ state: 'consigned', desk: 'children' })
})

test('the horizon begins with the first attempt, stands still while an agency is suspended, and begins anew at a retry', async () => {
  await open()
  const no = await seedOne()
  expect((await delivery(no)).deadline).toBeNull()
  await failOnce(no, after(1_000), 72 * HOUR)
  expect((await delivery(no)).deadline).toEqual(after(72 * HOUR))

  const suspended = parseRegistry(withAgency(KENT, { status: 'suspended' }))
  const active = parseRegistry(JSON.stringify(standard))
  await enforce(suspended, after(HOUR))
  await enforce(suspended, after(2 * HOUR))
  parts.called.length = 0
  await enforce(active, after(11 * HOUR))
  expect((await delivery(no)).deadline, 'held for ten hours').toEqual(after(82 * HOUR))
  expect(parts.called.map(({ recipient, priority }) => `${recipient}.${priority}`)).toEqual(
    [0, 1, 2].map((one) => `${KENT}.${one}`),
  )
  parts.called.length = 0
  await enforce(active, after(12 * HOUR))
  expect(parts.called).toEqual([])
  expect((await delivery(no)).deadline).toEqual(after(82 * HOUR))

  await parts.database.query(`update delivery set state = 'dead-lettered' where message_no = $1`, [no])
  await transaction(parts.database, async (tx) => ({ result: await resume(tx, [no], after(20 * HOUR)) }))
  expect(await delivery(no)).toMatchObject({ state: 'accepted', deadline: null, due_at: after(20 * HOUR), attempts: 1 })
})

test('where a desk takes so many a minute, immediate goes ahead of what waits, also when the others are looked at first', async () => {
  const desk = { id: 'one', name: { en: 'One', fr: 'Un' }, delivery: { mode: 'mailbox', maxPerMinute: 1 } }
  await open(withAgency(KENT, { desks: [desk] }))
  const [first, second, immediate] = [await seedOne(2), await seedOne(2), await seedOne(0)]
  now = after(1)
  await work(2)
  expect(
    [(await delivery(first)).state, (await delivery(second)).state],
    'they let the immediate one go ahead',
  ).toEqual(['accepted', 'accepted'])
  await work(0)
  expect((await delivery(immediate)).state).toBe('consigned')
  now = after(10_000)
  await work(2)
  expect((await delivery(first)).state, 'the minute is used up').toBe('accepted')
  await parts.database.query(`update rate set window_start = window_start - interval '3 minutes'`)
  now = after(180_000)
  await work(2)
  expect([(await delivery(first)).state, (await delivery(second)).state].toSorted()).toEqual(['accepted', 'consigned'])
  expect((await delivery(first)).state, 'the older one first').toBe('consigned')
})

test('what waits for the rate of its desk waits within its horizon', async () => {
  const desk = { id: 'one', name: { en: 'One', fr: 'Un' }, delivery: { mode: 'mailbox', maxPerMinute: 1 } }
  await open(withAgency(KENT, { desks: [desk] }))
  const no = await seedOne()
  await failOnce(no, after(0), 3 * HOUR)
  await seedOne(0)
  now = after(1)
  await work(1)
  const { state, due_at, deadline } = await delivery(no)
  expect(state).toBe('accepted')
  expect(due_at > now).toBe(true)
  expect(deadline).toEqual(after(3 * HOUR))
})

test('a case is given by its newest messages, the oldest of them first', async () => {
  await open()
  const nos = [await seedOne(), await seedOne(), await seedOne(), await seedOne()]
  await parts.database.query('update message set case_id = (select case_id from message where no = $1)', [nos[0]])
  const { rows } = await parts.database.query<{ case_id: string }>('select case_id from message limit 1')
  const caseId = rows[0]?.case_id ?? ''
  expect((await caseOf(parts.database, caseId, KENT, 3)).map(({ no }) => no)).toEqual(nos.slice(1))
  expect(await caseOf(parts.database, caseId, 'fr-rys', 3)).toEqual([])
})

test('two lanes that meet two desks with a rate in opposite order do not wait for each other for ever', async () => {
  const desk = (id: string, types: string[]) => ({
    id,
    name: { en: id, fr: id },
    delivery: { mode: 'mailbox', maxPerMinute: 10_000 },
    handles: { types },
  })
  await open(withAgency(KENT, { desks: [desk('a', ['assessment-referral']), desk('b', ['safeguarding-information'])] }))
  const [a, b] = ['assessment-referral', 'safeguarding-information']
  if (a === undefined || b === undefined) throw new Error('two types')
  for (let round = 0; round < 8; round++) {
    await seed(
      pki,
      parts,
      [a, b].map((type) => ({ ...toKent, type, priority: 1 })),
      now,
    )
    now = new Date(now.getTime() + 1)
    await seed(
      pki,
      parts,
      [b, a].map((type) => ({ ...toKent, type, priority: 2 })),
      now,
    )
    now = new Date(now.getTime() + 1)
    await Promise.all([work(1), work(2), work(1), work(2)])
  }
  now = new Date(now.getTime() + 5_000)
  await work(1)
  await work(2)
  const { rows } = await parts.database.query(`select count(*)::int from delivery where state <> 'consigned'`)
  expect(rows).toEqual([{ count: 0 }])
})

test('leaves follow the order of commits: what is appended later never has the smaller index, and a failure leaves no gap', async () => {
  await open()
  const leaf = (): Leaf => ({ id: crypto.randomUUID(), typ: 'delivery-receipt+jws', jws: 'e30.e30.AA', feed: 'fr-rys' })
  const seen: number[] = []
  await Promise.all(
    Array.from({ length: 60 }, async (_, at) => {
      const work = transaction(parts.database, async (tx) => {
        await tx.query('select pg_sleep($1)', [Math.random() / 100])
        const index = await appendLeaves(tx, Array.from({ length: (at % 3) + 1 }, leaf))
        if (at % 5 === 0) throw new Error('rolled back')
        return { result: index }
      })
      await work.then(
        (index) => seen.push(index),
        () => undefined,
      )
    }),
  )
  expect(seen).toHaveLength(48)
  expect(new Set(seen).size).toBe(48)
  const { rows } = await parts.database.query(
    'select (select size from log) = count(*) and max(index) = count(*) - 1 as whole from leaf',
  )
  expect(rows).toEqual([{ whole: true }])
})

test('a statement that fails behind the others rolls the whole transaction back, and the pool stays usable', async () => {
  await open()
  const insert = (tx: { query: (text: string) => Promise<unknown> }, agency: string) =>
    tx.query(`insert into hold (agency, since) values ('${agency}', now())`)
  const failing = transaction(parts.database, async (tx) => {
    await insert(tx, 'fr-rys')
    return { result: 'never', pending: [insert(tx, 'fr-dep-62'), insert(tx, 'fr-rys'), insert(tx, 'fr-dep-59')] }
  })
  await expect(failing).rejects.toMatchObject({ code: '23505' })
  const { rows } = await parts.database.query('select agency from hold')
  expect(rows).toEqual([])
  await Promise.all(Array.from({ length: 40 }, () => parts.database.query('select 1')))
})
