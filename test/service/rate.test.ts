import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRateLimit } from '../../gateway/http/rate-limit.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { takeRate } from '../../gateway/record/rate.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

let place: TestDatabase
let database: Database
let other: Database

beforeAll(async () => {
  place = await createDatabase()
  database = openDatabase(place.url, () => undefined)
  other = openDatabase(place.url, () => undefined)
  await migrate(database)
})
afterAll(async () => {
  await database.end()
  await other.end()
  await place.drop()
})

/** As if so many seconds had passed. */
async function age(key: string, seconds: number): Promise<void> {
  await database.query(`update rate set window_start = window_start - make_interval(secs => $2) where key = $1`, [
    key,
    seconds,
  ])
}

test('grants up to the limit, tells what is left and when to ask again', async () => {
  expect(await takeRate(database, 'a', 4, 10)).toMatchObject({ granted: 4, remaining: 6 })
  expect(await takeRate(database, 'a', 4, 10)).toMatchObject({ granted: 4, remaining: 2 })
  const last = await takeRate(database, 'a', 4, 10)
  expect(last).toMatchObject({ granted: 2, remaining: 0 })
  expect(last.retryAfterMs).toBeGreaterThan(0)
  expect(last.retryAfterMs).toBeLessThanOrEqual(66_000)
  expect(await takeRate(database, 'a', 1, 10)).toMatchObject({ granted: 0 })
  expect(await takeRate(database, 'b', 10, 10), 'each has its own').toMatchObject({ granted: 10 })
})

test('asking for more at once than there is grants what there is', async () => {
  expect(await takeRate(database, 'c', 25, 10)).toMatchObject({ granted: 10, remaining: 0 })
})

test('the minute slides: half of what was used counts half a minute later, nothing after two', async () => {
  await takeRate(database, 'd', 10, 10)
  await age('d', 90)
  const half = await takeRate(database, 'd', 10, 10)
  expect(half.granted).toBeGreaterThanOrEqual(4)
  expect(half.granted).toBeLessThanOrEqual(5)
  await age('d', 200)
  expect(await takeRate(database, 'd', 10, 10)).toMatchObject({ granted: 10 })
})

test('what it says to wait is enough, and not much too long', async () => {
  await takeRate(database, 'e', 10, 10)
  const { retryAfterMs } = await takeRate(database, 'e', 1, 10)
  await age('e', retryAfterMs / 1000)
  expect(await takeRate(database, 'e', 1, 10)).toMatchObject({ granted: 1 })
  const next = await takeRate(database, 'e', 5, 10)
  expect(next.granted).toBe(0)
  await age('e', next.retryAfterMs / 1000)
  expect(await takeRate(database, 'e', 1, 10)).toMatchObject({ granted: 1 })
})

test('within what the minute before left, it waits for as much of that to fade as one more needs', async () => {
  await takeRate(database, 'f', 10, 10)
  await age('f', 75)
  const some = await takeRate(database, 'f', 5, 10)
  expect(some.granted, 'a quarter has faded').toBe(2)
  expect(some.retryAfterMs, 'three tenths have at 18 s').toBeGreaterThan(2_000)
  expect(some.retryAfterMs).toBeLessThanOrEqual(3_000)
  await age('f', some.retryAfterMs / 1000)
  expect(await takeRate(database, 'f', 1, 10)).toMatchObject({ granted: 1 })
})

test('a limit that was lowered below what is used grants nothing, and says when it will', async () => {
  await takeRate(database, 'g', 10, 10)
  const none = await takeRate(database, 'g', 1, 4)
  expect(none).toMatchObject({ granted: 0, remaining: 0 })
  await age('g', none.retryAfterMs / 1000 - 1)
  expect(await takeRate(database, 'g', 1, 4), 'a second too early').toMatchObject({ granted: 0 })
  await age('g', 1)
  expect(await takeRate(database, 'g', 1, 4)).toMatchObject({ granted: 1 })
})

test('over two processes and many requests at once no more than the limit are admitted', async () => {
  const LIMIT = 50
  const limits = [createRateLimit(database, LIMIT), createRateLimit(other, LIMIT)]
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, at) => limits[at % 2]?.admit('fr-rys') ?? Promise.reject(new Error('two'))),
  )
  expect(answers.filter(({ retryAfter }) => retryAfter === undefined)).toHaveLength(LIMIT)
  for (const { retryAfter } of answers)
    if (retryAfter !== undefined) expect(Number.isInteger(retryAfter) && retryAfter >= 1).toBe(true)
  expect(await limits[0]?.admit('gb-ctac'), 'another agency').toEqual({})
})

test('a high limit, of which much is free, costs no round trip each and still ends where it says', async () => {
  const LIMIT = 4_000
  const limits = [createRateLimit(database, LIMIT), createRateLimit(other, LIMIT)]
  let admitted = 0
  for (let round = 0; round < 100; round++) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) => limits[at % 2]?.admit('gb-ctac-busy') ?? Promise.reject(new Error('two'))),
    )
    const some = answers.filter(({ retryAfter }) => retryAfter === undefined).length
    admitted += some
    if (some === 0) break
  }
  expect(admitted).toBeGreaterThanOrEqual(LIMIT * 0.99)
  expect(admitted).toBeLessThanOrEqual(LIMIT)
})

test('whoever cannot be counted is not admitted', async () => {
  const closed = openDatabase(place.url, () => undefined)
  await closed.end()
  await expect(createRateLimit(closed, 10).admit('fr-rys')).rejects.toMatchObject({ code: 'unavailable' })
})
