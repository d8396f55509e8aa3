import { afterEach, beforeEach, expect, test } from 'vitest'
import { openVisits } from '../../gateway/exchange/visits.ts'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { inboxVisitors, noteInboxVisit } from '../../gateway/record/inbox-visits.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const MINUTE = 60_000
const start = new Date('2026-05-04T12:00:00Z')
const after = (ms: number): Date => new Date(start.getTime() + ms)

let own: TestDatabase
let database: Database

beforeEach(async () => {
  own = await createDatabase()
  database = openDatabase(own.url, () => undefined)
  await migrate(database)
})
afterEach(async () => {
  await database.end()
  await own.drop()
})

test('an agency that asks for its inbox is noted, every ten minutes and no more often', async () => {
  let now = start
  const visited = openVisits({ database, now: () => now })
  const since = async (at: Date) => [...(await inboxVisitors(database, at))]
  await visited('fr-rys')
  expect(await since(after(-1))).toEqual(['fr-rys'])
  expect(await since(start)).toEqual([])
  now = after(10 * MINUTE - 1)
  await visited('fr-rys')
  expect(await since(start)).toEqual([])
  now = after(10 * MINUTE)
  await visited('fr-rys')
  await visited('gb-ctac')
  expect((await since(start)).toSorted()).toEqual(['fr-rys', 'gb-ctac'])
})

test('another process, whose clock is behind, takes nothing back; what the record does not take is tried again', async () => {
  await noteInboxVisit(database, 'fr-rys', after(MINUTE))
  await noteInboxVisit(database, 'fr-rys', start)
  expect([...(await inboxVisitors(database, start))]).toEqual(['fr-rys'])
  const visited = openVisits({ database, now: () => after(2 * MINUTE) })
  await database.query('alter table inbox_visit rename to away')
  await expect(visited('gb-ctac')).rejects.toThrow()
  await database.query('alter table away rename to inbox_visit')
  await visited('gb-ctac')
  expect(await inboxVisitors(database, after(MINUTE))).toEqual(new Set(['gb-ctac']))
})
