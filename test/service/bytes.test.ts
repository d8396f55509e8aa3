import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBytes } from '../../gateway/http/admission/bytes.ts'
import { takeBytes } from '../../gateway/record/daily-bytes.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { judgeDisk, watchDisk } from '../../gateway/record/disk.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const MIB = 2 ** 20
let place: TestDatabase
let database: Database

beforeAll(async () => {
  place = await createDatabase()
  database = openDatabase(place.url, () => undefined)
  await migrate(database)
})
afterAll(async () => {
  await database.end()
  await place.drop()
})

/** A minute goes by with each look, so that the bytes a minute are never what refuses. */
const passing = () => {
  let now = 0
  return () => (now += 60_000)
}

test('a day’s bytes are granted once, over whoever asks, and again on the next day', async () => {
  expect(await takeBytes(database, 'a', 60, 100)).toMatchObject({ granted: 60 })
  const last = await takeBytes(database, 'a', 60, 100)
  expect(last.granted).toBe(40)
  expect(last.retryAfterS).toBeGreaterThan(0)
  expect(last.retryAfterS).toBeLessThanOrEqual(86_400)
  expect(await takeBytes(database, 'a', 1, 100)).toMatchObject({ granted: 0 })
  expect(await takeBytes(database, 'b', 100, 100), 'each has its own').toMatchObject({ granted: 100 })
  expect(await takeBytes(database, 'a', 1, 50), 'a limit that was lowered').toMatchObject({ granted: 0 })
  await database.query(`update daily_bytes set day = day - 1 where agency = 'a'`)
  expect(await takeBytes(database, 'a', 60, 100)).toMatchObject({ granted: 60 })
})

test('two processes together let no more through than a day has, and waste little of it', async () => {
  const both = [createBytes(database, 8 * MIB, passing()), createBytes(database, 8 * MIB, passing())]
  const answers = await Promise.allSettled(
    Array.from({ length: 200 }, (_, at) => both[at % 2]?.take('flood', MIB / 8) ?? Promise.reject(new Error('two'))),
  )
  const let_through = answers.filter(({ status }) => status === 'fulfilled').length
  expect(let_through).toBeLessThanOrEqual(64)
  expect(let_through).toBeGreaterThanOrEqual(62)
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'rate-limited', status: 429 })
  await both[0]?.take('other', MIB)
})

test('a small call counts as what it leaves in the record at least', async () => {
  const bytes = createBytes(database, MIB, passing())
  let taken = 0
  try {
    for (;;) {
      await bytes.take('small', 1)
      taken += 1
    }
  } catch (error) {
    expect(error).toMatchObject({ code: 'rate-limited' })
  }
  expect(taken).toBe(MIB / 4096)
})

test('a sixtieth of a day’s bytes is a minute’s: who sends more at once waits for seconds, not for tomorrow', async () => {
  const bytes = createBytes(database, 60 * MIB, () => 0)
  await bytes.take('fast', MIB / 2)
  await expect(bytes.take('fast', MIB / 8)).rejects.toMatchObject({ code: 'rate-limited', retryAfter: 8 })
})

test('who cannot be counted is not let through', async () => {
  const closed = openDatabase(place.url, () => undefined)
  await closed.end()
  await expect(createBytes(closed, MIB).take('a', 1)).rejects.toMatchObject({ code: 'unavailable', retryAfter: 5 })
})

const disk = (free: number, all: number) => ({ bavail: free, blocks: all, bsize: MIB })

test.each([
  [100 * 1024, 500 * 1024, 'enough'],
  [49 * 1024, 500 * 1024, 'low'],
  [2047, 10 * 1024, 'low'],
  [1024, 10 * 1024, 'low'],
  [1023, 10 * 1024, 'full'],
  [0, 10 * 1024, 'full'],
])('of %i MiB free of %i the record has %s', (free, all, state) => {
  expect(judgeDisk(disk(free, all))).toBe(state)
})

test('a disk is looked at before anything is said, a real one too; what can no longer be read is unknown and told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-disk-'))
  try {
    const errors: unknown[] = []
    const onError = (error: unknown): void => void errors.push(error)
    const real = await watchDisk(folder, onError)
    expect(real.state()).not.toBe('unknown')
    await real.close()
    const full = await watchDisk(folder, onError, async () => disk(10, 1000))
    expect(full.state()).toBe('full')
    await full.close()
    expect(errors).toEqual([])
    await expect(watchDisk(join(folder, 'none'), onError)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(errors).toEqual([])
    let looks = 0
    const lost = await watchDisk(folder, onError, async () => {
      if ((looks += 1) > 1) throw new Error('the folder has gone')
      return disk(100, 1000)
    })
    await expect.poll(() => lost.state()).toBe('unknown')
    await expect.poll(() => looks, { timeout: 5_000 }).toBeGreaterThan(2)
    await lost.close()
    expect(errors, 'told once').toHaveLength(1)
    expect((await watchDisk(undefined, onError)).state()).toBe('unknown')
  } finally {
    await rm(folder, { recursive: true })
  }
})
