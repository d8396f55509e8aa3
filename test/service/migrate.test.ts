import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { migrate, NewerSchemaFault } from '../../gateway/record/migrate.ts'
import { describeSchema, SCHEMA_FILE } from '../../scripts/schema-dump.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

/** As `migrate` takes it: the bytes of «PASS». */
const MIGRATION_LOCK = 0x50415353
const MIGRATIONS = join(import.meta.dirname, '../../gateway/record/migrations')

let place: TestDatabase
let database: Database

beforeEach(async () => {
  place = await createDatabase()
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

test('a process that starts while another migrates waits longer than a statement may take', async () => {
  const other = await database.connect()
  await other.query('begin')
  await other.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
  const patient = new pg.Pool({ connectionString: place.url, statement_timeout: 100 })
  const migrated = migrate(patient)
  await other.query('select pg_sleep(0.5)')
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
