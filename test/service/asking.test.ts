import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLookup } from '../../gateway/exchange/lookup.ts'
import { type Database, openDatabase, transaction } from '../../gateway/record/database.ts'
import { openLog } from '../../gateway/record/leaves.ts'
import { acceptMessages, findMessages, readMessages, tookPart } from '../../gateway/record/messages.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { makeMessage } from '../support/new-message.ts'

let place: TestDatabase
let database: Database

beforeAll(async () => {
  place = await createDatabase()
  database = openDatabase(place.url, () => undefined)
  await migrate(database)
  await transaction(database, async (tx) => ({ result: await openLog(tx, 'test/log') }))
})
afterAll(async () => {
  await database.end()
  await place.drop()
})

test('what was sent to another is not there, for whoever asks, as what never was', async () => {
  const message = makeMessage()
  await acceptMessages(database, [message])
  const { from: sender, id, to } = message.envelope
  const never = makeMessage().envelope.id
  const keys = [
    { sender, id, recipient: to },
    { sender, id, recipient: 'somebody-else' },
    { sender, id: never, recipient: to },
    { sender, id },
  ]
  for (const found of [await findMessages(database, keys), await readMessages(database, keys)])
    expect(found.map((one) => one?.id)).toEqual([id, undefined, undefined, id])
})

test('what a recipient has read is remembered for that one alone, however others ask', async () => {
  const message = makeMessage()
  await acceptMessages(database, [message])
  const { from, id, to } = message.envelope
  const lookup = openLookup(database)
  expect(await lookup.content(from, id, to)).toMatchObject({ id })
  expect(await lookup.content(from, id, 'somebody-else')).toBeUndefined()
  expect(lookup.recall(from, id, 'somebody-else')).toBeUndefined()
  expect(lookup.recall(from, id, to), 'and not forgotten because somebody else asked').toMatchObject({ id })
})

test('a message to oneself makes nobody take part in a case; one to another, and one from another, do', async () => {
  const { envelope } = makeMessage()
  const toOneself = makeMessage({ caseId: envelope.caseId, from: 'stranger', to: 'stranger' })
  const other = makeMessage({ caseId: envelope.caseId, from: 'a', to: 'b', wrapped: toOneself.key.wrapped })
  await acceptMessages(database, [toOneself])
  expect(await tookPart(database, envelope.caseId, 'stranger')).toBe(false)
  await acceptMessages(database, [other])
  for (const [agency, took] of [
    ['stranger', false],
    ['a', true],
    ['b', true],
  ] as const)
    expect(await tookPart(database, envelope.caseId, agency)).toBe(took)
})
