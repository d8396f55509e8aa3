import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase, transaction } from '../../gateway/record/database.ts'
import { lease, lockDue, overdueLanes, pressingBefore } from '../../gateway/record/deliveries.ts'
import { openClock } from '../../gateway/record/clock.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { takeRate } from '../../gateway/record/rate.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const RECIPIENT = 'gb-ctac'
const start = new Date('2017-01-06T18:00:00Z')
const after = (ms: number): Date => new Date(start.getTime() + ms)

let place: TestDatabase
let database: Database
beforeAll(async () => {
  place = await createDatabase()
  database = openDatabase(place.url, () => undefined)
  await migrate(database)
  await database.query(`
    insert into message (sender, id, recipient, case_id, type, schema_version, priority, digest, size, accepted_at)
    select 'fr-rys', gen_random_uuid(), '${RECIPIENT}', gen_random_uuid(), 'referral', '1.0', 0, decode(repeat('00', 32), 'hex'), 1, now()
    from generate_series(1, 2)`)
})
afterAll(async () => {
  await database.end()
  await place.drop()
})

const due = async (now: Date, busy: readonly number[] = []): Promise<readonly number[]> => {
  const asked = { recipient: RECIPIENT, priority: 0, now, limit: 10, busy }
  return (await lockDue(database, asked)).map(({ no }) => no)
}

test('the record’s time is told whatever this machine’s clock says', async () => {
  const shifted = Date.now
  await using clock = await openClock(database, (error) => expect.fail(String(error)))
  const { rows } = await database.query<{ now: Date }>('select clock_timestamp() as now')
  expect(Math.abs(clock.now().getTime() - (rows[0]?.now.getTime() ?? 0))).toBeLessThan(1_000)
  try {
    for (const by of [HOUR, -HOUR]) {
      const before = clock.now().getTime()
      Date.now = () => shifted() + by
      expect(clock.now().getTime() - before).toBeGreaterThanOrEqual(0)
      expect(clock.now().getTime() - before).toBeLessThan(1_000)
    }
  } finally {
    Date.now = shifted
  }
})

test('a lease holds for its time, and where the record’s clock went back an hour no longer; what is pushed here is let be', async () => {
  await database.query(
    `insert into delivery (message_no, recipient, priority, state, due_at) select no, recipient, priority, 'accepted', $1 from message`,
    [after(-2 * HOUR)],
  )
  const nos = await due(start)
  expect(nos).toHaveLength(2)
  await transaction(database, async (tx) => {
    const leased = nos.map((messageNo) => ({ messageNo, desk: undefined }))
    await lease(tx, leased, { until: after(MINUTE), deadline: after(72 * HOUR) })
    return { result: undefined }
  })
  const lanes = async (now: Date) => await overdueLanes(database, [RECIPIENT], now, now)
  const isPressing = async (now: Date) =>
    await pressingBefore(database, { recipient: RECIPIENT, priority: 1 }, undefined, now)
  expect(await due(after(MINUTE - 1))).toEqual([])
  expect(await lanes(after(MINUTE - 1))).toEqual([])
  expect(await isPressing(after(MINUTE - 1))).toBe(false)
  expect(await due(after(MINUTE + 1))).toEqual(nos)
  // Whoever made the lease may have died since; a living one knows what it is doing.
  expect(await due(after(-HOUR))).toEqual(nos)
  expect(await lanes(after(-HOUR))).toEqual([{ recipient: RECIPIENT, priority: 0 }])
  expect(await isPressing(after(-HOUR))).toBe(true)
  expect(await due(after(-HOUR), nos)).toEqual([])
  expect(await due(after(HOUR), nos.slice(0, 1))).toEqual(nos.slice(1))
})

test('a rate whose minute began in the future begins a new one, and forgets nothing', async () => {
  expect(await takeRate(database, 'agency:fr-rys', 10, 10)).toMatchObject({ granted: 10 })
  await database.query(`update rate set window_start = window_start + interval '1 hour'`)
  const refused = await takeRate(database, 'agency:fr-rys', 1, 10)
  expect(refused.granted).toBe(0)
  expect(refused.retryAfterMs).toBeLessThanOrEqual(10_000)
})
