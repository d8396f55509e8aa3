import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase, type Queryable } from '../../gateway/record/database.ts'
import { acknowledgeMessages } from '../../gateway/record/acknowledgements.ts'
import { makeCurrent } from '../../gateway/record/data-keys.ts'
import { call } from '../../gateway/record/functions.ts'
import { openLog } from '../../gateway/record/leaves.ts'
import { acceptMessages, type MessageRow } from '../../gateway/record/messages.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts'
import { makeMessage } from '../support/new-message.ts'

const MIGRATIONS = join(import.meta.dirname, '../../gateway/record/migrations')

let own: TestDatabase
let database: Database

beforeEach(async () => {
  own = await createEmptyDatabase()
  database = openDatabase(own.url, () => undefined)
})
afterEach(async () => {
  await database.end()
  await own.drop()
})

async function acceptAndAcknowledge(queryable: Queryable): Promise<void> {
  const message = makeMessage()
  expect(await acceptMessages(queryable, [message])).toEqual([{ outcome: 'made' }])
  // As every release can read it.
  const { rows } = await database.query<MessageRow>(
    'select * from message join delivery on message_no = no where sender = $1 and id = $2',
    [message.envelope.from, message.envelope.id],
  )
  const [row] = rows
  if (row === undefined) throw new Error('no message')
  const leaves = ['ContentConsignment', 'ContentHandover'].map((event) => {
    return { id: randomUUID(), typ: 'delivery-receipt+jws' as const, jws: 'a.b.c', event, messageNo: row.no, feed: 'a' }
  })
  expect(await acknowledgeMessages(queryable, [{ message: row, to: 'handed-over', leaves }])).toEqual(['written'])
}

test('an argument goes by the name of its parameter: in any order it is the same, under another name it fails', async () => {
  await migrate(database)
  const take = async (args: Record<string, unknown>) => {
    const { sql, values } = call('take_rate', args)
    return (await database.query(`select granted, remaining from ${sql}`, [...values])).rows
  }
  expect(await take({ taker: 'one', wanted: 3, allowed: 10 })).toEqual([{ granted: 3, remaining: 7 }])
  expect(await take({ allowed: 10, wanted: 3, taker: 'two' })).toEqual([{ granted: 3, remaining: 7 }])
  const failing = [
    { taker: 'one', wanted: 3, permitted: 10 },
    { taker: 'one', wanted: 3 },
    { taker: 'one', wanted: 3, allowed: 10, more: 1 },
  ]
  for (const args of failing) await expect(take(args)).rejects.toMatchObject({ code: '42883' })
})

test('a parameter that is renamed in the database is missed by the gateway', async () => {
  await migrate(database)
  await openLog(database, 'test/log')
  await acceptAndAcknowledge(database)
  for (const [name, parameter] of [
    ['accept_messages', 'recipients'],
    ['acknowledge_messages', 'states_to'],
    ['append_leaves', 'starts'],
  ] as const) {
    await renameParameter(name, parameter)
    await expect(acceptAndAcknowledge(database), name).rejects.toMatchObject({ code: '42883' })
    await renameParameter(name, `other_${parameter}`, parameter)
    await acceptAndAcknowledge(database)
  }
})

/** Makes a function again as it stands, but that one of its parameters has another name. */
async function renameParameter(name: string, from: string, to = `other_${from}`): Promise<void> {
  const { rows } = await database.query<{ text: string }>('select pg_get_functiondef($1::regproc) as text', [name])
  const renamed = rows[0]?.text.replaceAll(new RegExp(`\\b${from}\\b(?! =>)`, 'g'), to) ?? ''
  await database.query(`drop function ${name}`)
  await database.query(renamed)
}

/** As the first release called its functions on one connection that it keeps: prepared, by position, and without request ids. */
function byPosition(client: pg.PoolClient): Queryable {
  const query = ({ text, values = [], ...rest }: pg.QueryConfig) => {
    const [later = ''] = /, request_ids => \$\d+/.exec(text) ?? []
    const positional = text.replace(later, '').replaceAll(/\w+ => /g, '')
    return client.query({ ...rest, text: positional, values: later === '' ? values : values.slice(0, -1) })
  }
  return { query } as Queryable
}

test('a process of the first release that still runs goes on when another has migrated, until the record knows a data key', async () => {
  await database.query('create table migration (name text primary key, at timestamptz not null default now())')
  for (const name of ['001-record.sql', '002-accept-messages.sql', '003-acknowledge-messages.sql']) {
    await database.query(await readFile(join(MIGRATIONS, name), 'utf8'))
    await database.query('insert into migration (name) values ($1)', [name])
  }
  await openLog(database, 'test/log')
  const client = await database.connect()
  try {
    await acceptAndAcknowledge(byPosition(client))
    await migrate(database)
    await acceptAndAcknowledge(byPosition(client))
    await acceptAndAcknowledge(database)
    await makeCurrent(database, randomBytes(8))
    await expect(acceptAndAcknowledge(byPosition(client))).rejects.toMatchObject({ code: 'PK001' })
  } finally {
    client.release()
  }
  const { rows } = await database.query<{ whole: boolean }>(
    'select (select size from log) = count(*) and max(index) = count(*) - 1 as whole from leaf',
  )
  expect(rows).toEqual([{ whole: true }])
})

test('functions that are made again while messages come in take none of them away', async () => {
  await migrate(database)
  await openLog(database, 'test/log')
  const over = new AbortController()
  let accepted = 0
  const send = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await acceptAndAcknowledge(database)
      accepted += 1
    }
  }
  const makeAgain = async (): Promise<void> => {
    try {
      for (let round = 0; round < 20; round++) {
        await database.query('delete from function_made')
        await migrate(database)
      }
    } finally {
      over.abort()
    }
  }
  await Promise.all([send(), send(), send(), send(), makeAgain()])
  expect(accepted).toBeGreaterThan(0)
  const { rows } = await database.query<{ messages: number; leaves: number }>(
    'select (select count(*) from message) as messages, (select count(*) from leaf) as leaves',
  )
  expect(rows).toEqual([{ messages: accepted, leaves: accepted * 3 }])
})
