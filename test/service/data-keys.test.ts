import { randomBytes, randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isOutage } from '../../gateway/record/database.ts'
import { nameDataKey, openUnder, sealUnder, UnknownDataKeyFault } from '../../gateway/record/data-key.ts'
import { beginAttachment } from '../../gateway/record/attachments.ts'
import { openLog } from '../../gateway/record/leaves.ts'
import { acceptMessages, type Recorded } from '../../gateway/record/messages.ts'
import { attachmentPlace, SEALED_UNDER_DATA_KEY } from '../../gateway/record/places.ts'
import { type OpenRecord, openRecord } from '../../gateway/record/record.ts'
import { rotate, type Rotation } from '../../gateway/record/rotation.ts'
import { sealBytes } from '../../gateway/record/sealing.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { makeMessage } from '../support/new-message.ts'

const [A, B, C] = [randomBytes(32), randomBytes(32), randomBytes(32)]
const LACKING = /^PASSERELLE_DATA_KEY: /

let own: TestDatabase
let stack: AsyncDisposableStack
beforeEach(async () => {
  stack = new AsyncDisposableStack()
  own = await createDatabase()
})
afterEach(async () => {
  await stack.disposeAsync()
  await own.drop()
})

/** As a gateway process has it. */
async function open(...keys: readonly Buffer[]): Promise<OpenRecord> {
  const record = stack.use(await openRecord(own.url, keys, () => undefined))
  await openLog(record.database, 'test/log')
  return record
}

async function accept({ database, vault }: OpenRecord, caseId: string): Promise<Recorded['outcome']> {
  const [recorded] = await vault.sealing(() => {
    const message = makeMessage({ caseId })
    return acceptMessages(database, [{ ...message, key: vault.keyOf(caseId) }])
  })
  if (recorded === undefined) throw new Error('no answer')
  if (recorded.outcome === 'other-key') vault.settle(caseId, recorded.standing)
  else vault.confirm(caseId)
  return recorded.outcome
}

async function fill(record: OpenRecord, count: number): Promise<readonly string[]> {
  const cases = Array.from({ length: count }, () => randomUUID())
  for (const one of cases) expect(await accept(record, one)).toBe('made')
  return cases
}

async function wrappedKeys({ database }: OpenRecord): Promise<ReadonlyMap<string, Buffer>> {
  const { rows } = await database.query<{ case_id: string; wrapped: Buffer }>('select case_id, wrapped from case_key')
  return new Map(rows.map(({ case_id, wrapped }) => [case_id, wrapped]))
}

/** The keys of cases, opened with these data keys alone. */
async function caseKeys(record: OpenRecord, ...keys: readonly Buffer[]): Promise<ReadonlyMap<string, string>> {
  const named = keys.map(nameDataKey)
  const opened = [...(await wrappedKeys(record))].map(
    ([id, wrapped]) => [id, openUnder(named, wrapped, Buffer.from(`case-key\n${id}`)).toString('hex')] as const,
  )
  return new Map(opened)
}

const turn = (
  { database }: OpenRecord,
  keys: readonly Buffer[],
  more: Partial<Parameters<typeof rotate>[2]> = {},
): Promise<Rotation> => rotate(database, keys, { patienceMs: 0, tell: () => undefined, batch: 7, ...more })

const refusal = (keys: readonly Buffer[]): Promise<unknown> =>
  openRecord(own.url, keys, () => undefined).then(
    async (record) => {
      await record[Symbol.asyncDispose]()
      throw new Error('it was not refused')
    },
    (error: unknown) => error,
  )

test('everything is sealed under the first key afterwards, whatever an earlier release or a key before sealed; the keys of cases stay', async () => {
  const record = await open(A)
  const cases = await fill(record, 30)
  const before = await caseKeys(record, A)
  // As an earlier release wrote them.
  const [legacy = ''] = cases
  const [legacyKey, legacyPlace] = [Buffer.from(before.get(legacy) ?? '', 'hex'), Buffer.from(`case-key\n${legacy}`)]
  await record.database.query('update case_key set wrapped = $2 where case_id = $1', [
    legacy,
    sealBytes(A, legacyKey, legacyPlace),
  ])
  const act = randomUUID()
  const insertAct = (id: string, leafIndex: number, sealed: Buffer | null) =>
    record.database.query(
      `insert into act (id, at, act, operator, sealed_reason, leaf_index) values ($1, now(), 'retry', 'duty', $2, $3)`,
      [id, sealed, leafIndex],
    )
  await insertAct(act, 1, record.vault.sealWords('endpoint mended', act))
  await insertAct(randomUUID(), 2, null)
  const attachment = { owner: 'fr-rys', digest: randomBytes(32) }
  const made = record.vault.makeAttachmentKey(attachment)
  const about = { ...attachment, mediaType: 'text/plain', mostBytes: 1, wrapped: made.wrapped, name: null }
  await beginAttachment(record.database, about, new Date(), 1_000_000)
  await record.dataKeys.change([B, A])
  const told: string[] = []
  const done = await turn(record, [B, A], {
    tell: ({ table, looked, sealed }) => void told.push(`${table} ${looked} ${sealed}`),
  })
  expect(done).toEqual({ outcome: 'done', sealed: 33 })
  expect(told).toEqual([
    'cursor_secret 1 1',
    'act 2 1',
    'attachment 1 1',
    ...[7, 14, 21, 28, 30].map((n) => `case_key ${n} ${n}`),
  ])
  expect(await caseKeys(record, B)).toEqual(before)
  const { rows } = await record.database.query<{ sealed_reason: Buffer }>(
    'select sealed_reason from act where id = $1',
    [act],
  )
  expect(openUnder([nameDataKey(B)], rows[0]?.sealed_reason ?? B, Buffer.from(`act\n${act}`)).toString()).toBe(
    'endpoint mended',
  )
  const { rows: attachments } = await record.database.query<{ wrapped_key: Buffer }>(
    'select wrapped_key from attachment',
  )
  expect(openUnder([nameDataKey(B)], attachments[0]?.wrapped_key ?? B, attachmentPlace(attachment))).toEqual(made.key)
  // The other one may go; and a case that is known by its earlier wrapping goes on, after one more round.
  await record.dataKeys.change([B])
  for (const one of cases.slice(0, 3))
    expect([await accept(record, one), await accept(record, one)]).toEqual(['other-key', 'made'])
  const later = await open(B)
  expect(later.dataKeys.cursorSecret).toEqual(record.dataKeys.cursorSecret)
  expect(await accept(later, cases[5] ?? '')).toBe('other-key')
  expect(await turn(record, [B, A])).toEqual({ outcome: 'done', sealed: 0 })
})

test('a record of an earlier release opens with the key that sealed it, wherever that stands in the file', async () => {
  const record = await open(A)
  await fill(record, 1)
  await record.database.query('delete from data_key')
  await record.database.query('delete from cursor_secret')
  await record.database.query('insert into data_key_check (sealed) values ($1)', [
    sealBytes(A, Buffer.alloc(0), Buffer.from('data-key-check')),
  ])
  expect(await refusal([B])).toMatchObject({
    name: 'ConfigurationFault',
    message: expect.stringMatching(LACKING) as string,
  })
  const both = await open(B, A)
  expect(both.dataKeys.cursorSecret).toEqual(record.dataKeys.cursorSecret)
  await fill(both, 1)
  expect((await caseKeys(both, A)).size).toBe(2)
})

test('a key comes into force only once every process knows it, and a process that lacks a needed one neither starts nor takes the file', async () => {
  const [one, other] = [await open(A), await open(A)]
  await fill(one, 3)
  await one.dataKeys.change([B, A])
  const refused = await turn(one, [B, A])
  expect(refused).toMatchObject({
    outcome: 'not-known',
    processes: [expect.stringContaining(`process ${process.pid}`)],
  })
  await fill(one, 1)
  expect((await caseKeys(one, A)).size).toBe(4)

  await other.dataKeys.change([B, A])
  await other.dataKeys.change([A])
  await other.dataKeys.change([A, B])
  expect(await turn(one, [B, A])).toMatchObject({ outcome: 'done' })
  // What is sealed under it from now on, by whoever:
  await fill(other, 1)
  expect((await caseKeys(one, B)).size).toBe(5)
  const lacking = { name: 'ConfigurationFault', message: expect.stringMatching(LACKING) as string }
  expect(await refusal([A])).toMatchObject(lacking)
  expect(await refusal([A, C])).toMatchObject(lacking)
  await expect(one.dataKeys.change([A])).rejects.toMatchObject(lacking)
  expect(await turn(one, [C, A])).toEqual({ outcome: 'missing-key' })
  expect(await accept(one, randomUUID())).toBe('made')
})

test('a rotation that ends at any place loses nothing, keeps both lines needed, and is taken up again', async () => {
  const record = await open(A)
  const cases = await fill(record, 40)
  const before = await caseKeys(record, A)
  await record.dataKeys.change([B, A])
  for (let batches = 1; batches <= 3; batches++) {
    let left = batches + 1
    const cut = turn(record, [B, A], {
      tell() {
        left -= 1
        if (left === 0) throw new Error('killed')
      },
    })
    await expect(cut).rejects.toThrow('killed')
    expect(await caseKeys(record, A, B)).toEqual(before)
    for (const keys of [[A], [B]])
      expect(await refusal(keys)).toMatchObject({ message: expect.stringMatching(LACKING) as string })
    const again = await open(B, A)
    expect(await accept(again, cases[batches] ?? '')).toBe('other-key')
    expect(await accept(again, cases[batches] ?? '')).toBe('made')
  }
  expect(await turn(record, [B, A])).toMatchObject({ outcome: 'done' })
  expect(await caseKeys(record, B)).toEqual(before)
})

test('going back is a rotation too, also half-way', async () => {
  const record = await open(A)
  await fill(record, 20)
  const before = await caseKeys(record, A)
  await record.dataKeys.change([B, A])
  let batches = 0
  const cut = turn(record, [B, A], {
    tell: () =>
      void (
        batches++ > 1 &&
        ((): never => {
          throw new Error('killed')
        })()
      ),
  })
  await expect(cut).rejects.toThrow('killed')
  expect(await turn(record, [A, B])).toMatchObject({ outcome: 'done' })
  expect(await caseKeys(record, A)).toEqual(before)
  await record.dataKeys.change([A])
})

test('what was sealed under the key before is refused by the record itself and sealed anew, in whatever process it waited', async () => {
  const [one, other] = [await open(B, A), await open(B, A)]
  await one.database.query('update data_key set id = $1', [nameDataKey(A).id])
  const slow = await open(A, B)
  const caseId = randomUUID()
  const stale = { ...makeMessage({ caseId }), key: slow.vault.keyOf(caseId) }
  expect(await turn(one, [B, A])).toMatchObject({ outcome: 'done' })
  await expect(acceptMessages(slow.database, [stale])).rejects.toMatchObject({ code: 'PK001' })
  const words = slow.vault.sealWords('why', caseId)
  await expect(
    slow.database.query(
      `insert into act (id, at, act, operator, sealed_reason, leaf_index) values ($1, now(), 'retry', 'duty', $2, 1)`,
      [caseId, words],
    ),
  ).rejects.toMatchObject({ code: 'PK001' })
  expect(await accept(slow, caseId)).toBe('made')
  expect(await accept(other, caseId)).toBe('other-key')
  expect((await caseKeys(one, B)).size).toBe(1)
})

test('a process that nobody waited for refuses as if the record were away, and loses nothing', async () => {
  const [one, asleep] = [await open(A), await open(A)]
  const [caseId = ''] = await fill(asleep, 1)
  await one.dataKeys.change([B, A])
  await one.database.query(
    `update gateway_process set seen_at = now() - interval '1 minute' where not $1 = any(data_keys)`,
    [nameDataKey(B).id],
  )
  expect(await turn(one, [B, A])).toMatchObject({ outcome: 'done' })
  const attempt = accept(asleep, randomUUID())
  await expect(attempt).rejects.toBeInstanceOf(UnknownDataKeyFault)
  expect(isOutage(await attempt.catch((error: unknown) => error))).toBe(true)
  expect(asleep.dataKeys.isBehind()).toBe(true)
  await expect(accept(asleep, caseId)).rejects.toBeInstanceOf(UnknownDataKeyFault)
  await asleep.dataKeys.change([B, A])
  expect(asleep.dataKeys.isBehind()).toBe(false)
  expect(await accept(asleep, randomUUID())).toBe('made')
})

test('one rotation at a time; where something does not open the keys before must stay', async () => {
  const record = await open(A)
  const [caseId = ''] = await fill(record, 10)
  const whole = (await wrappedKeys(record)).get(caseId)
  await record.database.query('update case_key set wrapped = $2 where case_id = $1', [caseId, randomBytes(68)])
  await record.dataKeys.change([B, A])
  const second: Promise<Rotation>[] = []
  const first = await turn(record, [B, A], { tell: () => void second.push(turn(record, [B, A])) })
  expect(first).toEqual({ outcome: 'unreadable', entries: 1 })
  expect(await Promise.all(second)).toContainEqual({ outcome: 'busy' })
  expect(await refusal([B])).toMatchObject({ message: expect.stringMatching(LACKING) as string })
  await record.database.query('update case_key set wrapped = $2 where case_id = $1', [caseId, whole])
  expect(await turn(record, [B, A])).toMatchObject({ outcome: 'done' })
  expect((await caseKeys(record, B)).size).toBe(10)
})

test('a case that goes or gets another key meanwhile is left alone', async () => {
  const record = await open(A)
  const cases = await fill(record, 3)
  const [gone = '', renewed = ''] = cases
  await record.dataKeys.change([B, A])
  const fresh = randomBytes(32)
  const next = sealUnder(nameDataKey(B), fresh, Buffer.from(`case-key\n${renewed}`))
  const meanwhile = async (): Promise<void> => {
    await record.database.query('delete from case_key where case_id = $1', [gone])
    await record.database.query('update case_key set wrapped = $2 where case_id = $1', [renewed, next])
  }
  const query = async (text: string, values: unknown[]) => {
    if (text.startsWith('update case_key')) await meanwhile()
    return await record.database.query(text, values)
  }
  const database = new Proxy(record.database, {
    get(target, name) {
      const value: unknown = name === 'query' ? query : Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  expect(await turn({ ...record, database }, [B, A])).toEqual({ outcome: 'done', sealed: 2 })
  const left = await caseKeys(record, B)
  expect(left.has(gone)).toBe(false)
  expect(left.get(renewed)).toBe(fresh.toString('hex'))
  expect(left.size).toBe(2)
})

test('whatever is sealed under the data key is watched over: each such table but the cursors’ has the trigger', async () => {
  const record = await open(A)
  const { rows } = await record.database.query<{ table: string }>(
    `select tgrelid::regclass::text as table from pg_trigger where tgname = 'sealed_under_current_data_key'`,
  )
  const wanted = SEALED_UNDER_DATA_KEY.map(({ table }) => table).filter((table) => table !== 'cursor_secret')
  expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(wanted))
})
