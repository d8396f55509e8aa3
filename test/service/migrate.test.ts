import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { migrate, NewerSchemaFault } from '../../gateway/record/migrate.ts'
import { describeSchema, SCHEMA_FILE } from '../../scripts/schema-dump.ts'
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts'

/** As `migrate` takes it: the bytes of «PASS». */
const MIGRATION_LOCK = 0x50415353
const MIGRATIONS = join(import.meta.dirname, '../../gateway/record/migrations')
const FUNCTIONS = join(import.meta.dirname, '../../gateway/record/functions')

/** What the first release came with. */
const PUBLISHED = {
  '001-record.sql': '2a88ae2a61b084b559264c60ecd48d5202ed3d2affbee2b2643a2b6cc40c7d84',
  '002-accept-messages.sql': '245740e6bfcb3d2d82f6a4a1be1082eda18bdf18bd081b6a9271488e94be809c',
  '003-acknowledge-messages.sql': '359bb3824932d55379b6bbd871e0de645a4a373fedb984c7022123af3fdc649e',
}

let place: TestDatabase
let database: Database

beforeEach(async () => {
  place = await createEmptyDatabase()
  database = openDatabase(place.url, () => undefined)
})
afterEach(async () => {
  await database.end()
  await place.drop()
})

async function done(): Promise<readonly { name: string }[]> {
  return (await database.query<{ name: string }>('select name from migration order by name')).rows
}

test('what the migrations come to is what stands in schema.sql (else: node scripts/dump-schema.ts)', async () => {
  await migrate(database)
  expect(await describeSchema(database)).toBe(await readFile(SCHEMA_FILE, 'utf8'))
})

/** A database as the first release left it. */
async function makeFirstRelease(): Promise<void> {
  await database.query('create table migration (name text primary key, at timestamptz not null default now())')
  for (const [name, digest] of Object.entries(PUBLISHED)) {
    const text = await readFile(join(MIGRATIONS, name), 'utf8')
    expect(createHash('sha256').update(text).digest('hex'), `${name} was published and never changes`).toBe(digest)
    await database.query(text)
    await database.query('insert into migration (name) values ($1)', [name])
  }
}

test('a database of the first release comes to the same schema, functions included', async () => {
  await makeFirstRelease()
  await migrate(database)
  expect(await describeSchema(database)).toBe(await readFile(SCHEMA_FILE, 'utf8'))
})

test('what is sealed and large is not compressed: it looks random, and trying costs time', async () => {
  await migrate(database)
  const { rows } = await database.query<{ stored: string }>(
    `select concat_ws(' ', attrelid::regclass, attstorage) as stored from pg_attribute
     where attname = 'sealed' and attrelid in ('message'::regclass, 'attachment_chunk'::regclass) order by 1`,
  )
  expect(rows.map(({ stored }) => stored)).toEqual(['attachment_chunk e', 'message e'])
})

test('run twice they do nothing more; what is in the record stays', async () => {
  await migrate(database)
  await database.query(`insert into hold (agency, since) values ('fr-rys', now())`)
  const before = await describeSchema(database)
  await migrate(database)
  expect(await describeSchema(database)).toBe(before)
  expect((await database.query('select agency from hold')).rows).toEqual([{ agency: 'fr-rys' }])
  expect((await done()).map(({ name }) => name)).toEqual((await readdir(MIGRATIONS)).toSorted())
})

test('several processes may run them at once, each on a pool of its own', async () => {
  const others = Array.from({ length: 5 }, () => openDatabase(place.url, () => undefined))
  await Promise.all([database, ...others].map(migrate))
  expect(await done()).toHaveLength((await readdir(MIGRATIONS)).length)
  for (const one of others) await one.end()
})

/** As if this database came from a release whose functions were others: in the types that they take, in names, in the text alone. */
async function standByAnother(): Promise<void> {
  await database.query('drop function append_leaves, take_rate')
  await database.query(`create function append_leaves(ids uuid[]) returns bigint language sql as 'select 4711::bigint'`)
  await database.query(`create function take_rate(agency text, wanted integer, allowed integer)
    returns integer language sql as 'select 4711'`)
  const { rows } = await database.query<{ text: string }>(
    `select pg_get_functiondef('accept_messages'::regproc) as text`,
  )
  await database.query(rows[0]?.text.replace('-- What was made needs no word.', '') ?? '')
  await database.query(`update function_made set digest = sha256('another') where name <> 'acknowledge_messages'`)
}

test('a function whose text has changed is made again, whatever it took before, once by several processes', async () => {
  await migrate(database)
  const functions = (await readdir(FUNCTIONS)).length
  expect((await database.query('select from function_made')).rowCount).toBe(functions)
  const find = `select 'accept_messages'::regproc::oid as accepting`
  const before = await database.query(find)
  await standByAnother()
  const others = Array.from({ length: 5 }, () => openDatabase(place.url, () => undefined))
  await Promise.all([database, ...others].map(migrate))
  for (const one of others) await one.end()
  expect(await describeSchema(database)).toBe(await readFile(SCHEMA_FILE, 'utf8'))
  expect((await database.query('select from function_made')).rowCount).toBe(2 * functions - 1)
  expect((await database.query(find)).rows, 'a call that comes just then finds it').toEqual(before.rows)
})

test('functions that a newer release has made are left as they are, and the older one does not start', async () => {
  await migrate(database)
  await database.query(`insert into function_made (name, digest) values ('append_leaves', sha256('newer'))`)
  await expect(migrate(database)).rejects.toThrow('the database has function append_leaves of a newer release')
  await expect(migrate(database)).rejects.toThrow(NewerSchemaFault)
  await database.query(`delete from function_made where digest = sha256('newer')`)
  await migrate(database)
  await database.query(`insert into function_made (name, digest) values ('end_message', sha256('newer'))`)
  await expect(migrate(database)).rejects.toThrow('the database has function end_message of a newer release')
})

test('a process that starts while another migrates waits longer than a statement may take', async () => {
  const other = await database.connect()
  await other.query('begin')
  await other.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
  const patient = new pg.Pool({ connectionString: place.url, statement_timeout: 1_000 })
  const migrated = migrate(patient)
  await other.query('select pg_sleep(1.5)')
  await other.query('commit')
  other.release()
  await migrated
  await patient.end()
  expect(await done()).toHaveLength((await readdir(MIGRATIONS)).length)
})

test('a database that a newer release has written is refused and left as it is', async () => {
  await migrate(database)
  await database.query(`insert into migration (name) values ('999-later.sql')`)
  const before = await describeSchema(database)
  await expect(migrate(database)).rejects.toThrow(NewerSchemaFault)
  await expect(migrate(database)).rejects.toThrow('999-later.sql')
  expect(await describeSchema(database)).toBe(before)
})

test('a message, its receipt and its delivery cannot be what the protocol does not know', async () => {
  await migrate(database)
  for (const statement of [
    `insert into delivery (message_no, recipient, priority, state, due_at) values (1, 'fr-rys', 1, 'lost', now())`,
    `insert into leaf (index, id, typ, jws) values (0, gen_random_uuid(), 'other+jws', '')`,
    `insert into leaf (index, id, typ, jws) values (-1, gen_random_uuid(), 'delivery-receipt+jws', '')`,
    `insert into message (sender, id, recipient, case_id, type, schema_version, priority, digest, size, accepted_at)
     values ('a', gen_random_uuid(), 'b', gen_random_uuid(), 't', '1.0', 3, sha256(''), 1, now())`,
    `insert into log (origin, size) values ('a', 0), ('b', 0)`,
  ])
    await expect(database.query(statement), statement).rejects.toMatchObject({ code: expect.stringMatching(/^23/) })
})
