import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openWakes } from '../../gateway/record/wakes.ts'
import { type Database, isOutage, openDatabase, transaction } from '../../gateway/record/database.ts'
import { openQueue } from '../../gateway/delivery/queue.ts'
import { until } from '../support/gateway.ts'
import { startPair, type TestPostgres } from '../support/postgres.ts'

const LONG_MS = 60_000
const never = new AbortController().signal

let pair: Awaited<ReturnType<typeof startPair>>
let stack: AsyncDisposableStack
beforeAll(async () => {
  pair = await startPair()
})
afterAll(() => pair[Symbol.asyncDispose]())
beforeEach(() => void (stack = new AsyncDisposableStack()))
afterEach(() => stack.disposeAsync())

const several = (...servers: readonly TestPostgres[]): string =>
  `postgresql://passerelle@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/postgres`

const open = (url: string, silenceMs?: number): Database =>
  stack.adopt(
    openDatabase(url, () => undefined, silenceMs),
    (one) => one.end(),
  )

const portOf = async (database: Database): Promise<number> => {
  const { rows } = await database.query<{ port: number }>('select inet_server_port() as port')
  return rows[0]?.port ?? 0
}

describe('DATABASE_URL with several hosts', () => {
  test.each(['first', 'last'])('finds the one that takes writes where that is the %s', async (place) => {
    const { primary, standby } = pair
    const database = open(place === 'first' ? several(primary, standby) : several(standby, primary))
    expect(await portOf(database)).toBe(primary.port)
  })

  test('passes over one that is silent, and one that is not there', async () => {
    const url = several(pair.primary).replace('@', '@192.0.2.1:5432,127.0.0.1:1,')
    expect(await portOf(open(url))).toBe(pair.primary.port)
  })

  test('where none takes writes, that is an outage', async () => {
    const failure = await open(several(pair.standby).replace('@', '@127.0.0.1:1,'))
      .query('select 1')
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(isOutage(failure)).toBe(true)
  })

  test('a server that becomes read-only while it is used is left for the other one, with what listens', async () => {
    const { primary, standby } = pair
    await primary.ask('create table if not exists counted (n integer)')
    const url = several(primary, standby)
    const database = open(url)
    const there = stack.adopt(await openWakes(url, open(url), () => undefined), (one) => one.close())
    const queue = await openQueue({ databaseUrl: url, onError: () => undefined })
    stack.defer(() => queue.close())
    const drained: string[] = []
    await queue.work(async ({ recipient }) => void drained.push(recipient))
    await database.query('insert into counted values (1)')

    // As a cluster manager fences it: it lives on, and every connection to it.
    await primary.ask('alter system set default_transaction_read_only = on')
    await primary.ask('select pg_reload_conf()')
    await standby.ask('select pg_promote()')
    const write = () =>
      transaction(database, async (tx) => ({ result: await tx.query('insert into counted values (2)') })).then(
        () => true,
        (error: unknown) => {
          expect(isOutage(error)).toBe(true)
          return false
        },
      )
    await until(write)
    expect(await portOf(database)).toBe(standby.port)

    let woken = false
    void there.next('inbox:fr-rys', LONG_MS, never).then(() => (woken = true))
    const here = stack.adopt(await openWakes(url, open(url), () => undefined), (one) => one.close())
    await until(() => {
      here.wake(['inbox:fr-rys'])
      return woken
    })
    await until(() => {
      queue.call({ recipient: 'gb-ctac', priority: 0 })
      return drained.includes('gb-ctac')
    })

    // The old one comes back as the other's standby.
    await primary.stop()
    await primary.start()
    expect(await portOf(open(several(primary, standby)))).toBe(standby.port)
  }, 60_000)
})

describe('a session', () => {
  test('is the gateway’s own, whatever server, role, database and URL say', async () => {
    const server = pair.standby
    await server.ask(`alter database postgres set DateStyle = 'SQL, DMY'`)
    await server.ask(`alter database postgres set default_transaction_isolation = 'serializable'`)
    await server.ask(`alter database postgres set client_encoding = 'LATIN1'`)
    await server.ask(`alter role passerelle set search_path = 'pg_catalog'`)
    await server.ask(`alter role passerelle set synchronous_commit = 'off'`)
    await server.ask(`alter role passerelle set TimeZone = 'Asia/Kathmandu'`)
    await server.ask(`alter role passerelle set idle_session_timeout = '1s'`)
    // Last: nobody else gets far after it.
    await server.ask(`alter role passerelle set statement_timeout = '1ms'`)
    const url = `${server.url}?options=${encodeURIComponent('-c bytea_output=escape -c IntervalStyle=sql_standard')}&application_name=x`
    const database = open(url)
    const { rows } = await database.query(`
      select array_agg(name || '=' || setting order by name collate "C") as settings from pg_settings where name in ('DateStyle',
        'IntervalStyle', 'TimeZone', 'application_name', 'bytea_output', 'client_encoding', 'default_transaction_isolation',
        'idle_session_timeout', 'search_path', 'statement_timeout', 'synchronous_commit')`)
    expect(rows).toEqual([
      {
        settings: [
          'DateStyle=ISO, MDY',
          'IntervalStyle=postgres',
          'TimeZone=UTC',
          'application_name=passerelle',
          'bytea_output=hex',
          'client_encoding=UTF8',
          'default_transaction_isolation=read committed',
          'idle_session_timeout=0',
          'search_path="$user",public',
          'statement_timeout=15000',
          'synchronous_commit=on',
        ],
      },
    ])
    const at = new Date('2017-01-06T18:00:00.123Z')
    const values = await database.query(`select $1::timestamptz as at, '\\x00ff'::bytea as bytes, 'é' as letter`, [at])
    expect(values.rows).toEqual([{ at, bytes: Buffer.from([0, 255]), letter: 'é' }])

    // The queue's and the wakes' too.
    const errors: unknown[] = []
    const queue = await openQueue({ databaseUrl: url, onError: (error) => errors.push(error) })
    stack.defer(() => queue.close())
    const drained: string[] = []
    await queue.work(async ({ recipient }) => void drained.push(recipient))
    queue.call({ recipient: 'gb-ctac', priority: 0 })
    await until(() => drained.length === 1)
    expect(errors).toEqual([])
  })
})
