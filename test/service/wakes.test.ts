import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { waitFor } from '../../gateway/exchange/waiting.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { openWakes, type Wakes } from '../../gateway/record/wakes.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/gateway.ts'

const LONG_MS = 60_000
const never = new AbortController().signal

let stack: AsyncDisposableStack
let database: TestDatabase

beforeEach(async () => {
  stack = new AsyncDisposableStack()
  database = stack.use(await createDatabase())
})
afterEach(() => stack.disposeAsync())

/** The wakes of a process of its own. */
async function open(errors: unknown[] = []): Promise<Wakes> {
  return openOn(openPool(), errors)
}

function openPool(): Database {
  return stack.adopt(
    openDatabase(database.url, () => undefined),
    (one) => one.end(),
  )
}

async function openOn(pool: Database, errors: unknown[] = []): Promise<Wakes> {
  return stack.adopt(await openWakes(database.url, pool, (error) => errors.push(error)), (one) => one.close())
}

test('a wake reaches who waits in its own process and in another, for that topic alone', async () => {
  const [here, there] = [await open(), await open()]
  const woken: string[] = []
  const wait = (wakes: Wakes, topic: string, name: string) =>
    wakes.next(topic, LONG_MS, never).then(() => woken.push(name))
  void wait(here, 'inbox:fr-rys', 'here')
  void wait(there, 'inbox:fr-rys', 'there')
  const stop = new AbortController()
  const other = there.next('inbox:gb-ctac', LONG_MS, stop.signal).then(() => woken.push('other'))
  here.wake(['inbox:fr-rys'])
  await until(() => woken.length === 2)
  expect(woken).toEqual(['here', 'there'])
  stop.abort()
  await other
})

test('a notification does not wait for the disk, and nothing else on its connection is less durable for it', async () => {
  const there = await open()
  const pool = openPool()
  const here = await openOn(pool)
  const woken = there.next('inbox:fr-rys', LONG_MS, never)
  here.wake(['inbox:fr-rys'])
  await woken
  const { rows } = await pool.query<{ setting: string }>(`select current_setting('synchronous_commit') as setting`)
  expect(rows).toEqual([{ setting: 'on' }])
})

test('many topics at once, more than one notification can hold, all arrive', async () => {
  const [here, there] = [await open(), await open()]
  const topics = Array.from({ length: 400 }, (_, at) => `inbox:gb-la-e${10_000_000 + at}`)
  const all = Promise.all(topics.map((topic) => there.next(topic, LONG_MS, never)))
  here.wake(topics)
  await all
})

test('the wait ends with its time, or when its caller has gone', async () => {
  const wakes = await open()
  await wakes.next('nothing', 1, never)
  await wakes.next('nothing', LONG_MS, AbortSignal.abort())
  const gone = new AbortController()
  const waiting = wakes.next('nothing', LONG_MS, gone.signal)
  gone.abort()
  await waiting
})

test('a listening connection that breaks is made anew, and whoever waited meanwhile looks again', async () => {
  const errors: unknown[] = []
  const [here, there] = [await open(), await open(errors)]
  const looking = there.next('inbox:fr-rys', LONG_MS, never)
  const killer = new pg.Client({ connectionString: database.url })
  await killer.connect()
  await killer.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'passerelle wakes' and datname = current_database()`)
  await looking
  await killer.end()
  expect(errors.length).toBeGreaterThan(0)
  const next = there.next('inbox:gb-ctac', LONG_MS, never)
  let woken = false
  void next.then(() => (woken = true))
  await until(() => {
    here.wake(['inbox:gb-ctac'])
    return woken
  })
})

test('what is woken just before closing is still said to the others', async () => {
  const [here, there] = [await open(), await open()]
  const told = there.next('inbox:fr-rys', LONG_MS, never)
  here.wake(['inbox:fr-rys'])
  await here.close()
  await told
})

test('beyond 64 that listen to one topic, the next sleeps its time out and looks once more at its end', async () => {
  const wakes = await open()
  const gone = new AbortController()
  const topic = 'inbox:fr-rys'
  const listening = Array.from({ length: 64 }, () => waitFor({ wakes }, topic, LONG_MS, gone.signal, async () => []))
  await until(() => wakes.waiting(topic) === 64)
  let looks = 0
  const began = performance.now()
  const crowded = waitFor({ wakes }, topic, 200, never, async () => {
    looks += 1
    return looks > 1 ? ['came meanwhile'] : []
  })
  await until(() => looks === 1)
  wakes.wake([topic])
  expect(await crowded).toEqual(['came meanwhile'])
  expect(performance.now() - began).toBeGreaterThanOrEqual(190)
  expect(looks).toBe(2)
  gone.abort()
  await Promise.all(listening)
})
