import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { toPem } from '../../certs-dev/pki.ts'
import { type DevelopmentPki, makeDevelopmentPki } from '../../certs-dev/tree.ts'
import { type Acts, openActs } from '../../gateway/operations/perform.ts'
import { eraseCase, erasuresSince, lockCase } from '../../gateway/record/erasures.ts'
import { acceptMessages } from '../../gateway/record/messages.ts'
import { transaction } from '../../gateway/record/record.ts'
import { newId } from '../../sdk/sign.ts'
import { acknowledge, agencyOf, read, resubmit, type Said, say } from '../support/case.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { payloadOf } from '../support/forge.ts'
import { type RegistryFile, until } from '../support/gateway.ts'
import { openParts, type TestParts } from '../support/parts.ts'

const RYS = 'fr-rys'
const CTAC = 'gb-ctac'
const duty = { operator: { id: 'duty', name: 'Duty' }, reason: 'The family of Marqueur-Motif asked for it' }
const manager = { operator: { id: 'manager', name: 'Manager' }, reason: 'So did the court, for Marqueur-Motif' }

let folder: TemporaryFolder
let pki: DevelopmentPki
let registry: string
let database: TestDatabase
let parts: TestParts
let operators: Acts
let now: Date

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await makeDevelopmentPki(join(folder.path, 'pki'))
  registry = await readFile(join(pki.folder, 'agencies.json'), 'utf8')
})
afterAll(() => folder.remove())
beforeEach(async () => {
  database = await createDatabase()
  now = new Date()
  parts = await openProcess()
  operators = openActs({ ...parts, enqueue: () => undefined })
})
afterEach(async () => {
  await parts[Symbol.asyncDispose]()
  await database.drop()
})

/** What another process of the same gateway has: its own connections, and its own memory of keys. */
const openProcess = (): Promise<TestParts> => openParts(pki, database.url, registry, { now: () => now })

const refer = (caseId: string, process = parts): Promise<Said> =>
  say(pki, process, 'referral', { from: RYS, to: CTAC, caseId })

const erase = async (caseId: string): Promise<void> => {
  expect(await operators.onCase('erase', caseId, duty)).toEqual({ pending: true })
  expect(await operators.onCase('erase', caseId, manager)).toMatchObject({ pending: false })
}

/** A case with a referral that was acknowledged. */
async function settled(caseId = newId()): Promise<Said> {
  const said = await refer(caseId)
  await acknowledge(pki, parts, said)
  return said
}

const keyOf = async (caseId: string): Promise<Buffer | undefined> =>
  (await parts.database.query<{ wrapped: Buffer }>('select wrapped from case_key where case_id = $1', [caseId])).rows[0]
    ?.wrapped

async function actsOf(caseId: string): Promise<readonly unknown[]> {
  const { rows } = await parts.database.query(
    `select act, operator, sealed_reason as reason from act where case_id = $1 order by leaf_index`,
    [caseId],
  )
  return rows
}

async function leaves(): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await parts.database.query<{ jws: Buffer }>(
    `select jws from leaf where typ = 'operator-act+jws' order by index`,
  )
  return rows.map(({ jws }) => payloadOf(jws.toString('latin1')))
}

describe('two operators erase a case', () => {
  test('and key, contents and reasons are in no table any more', async () => {
    const said = await settled()
    const { caseId } = said.envelope
    // So many that PostgreSQL's statistics would hold samples of them.
    for (let others = 0; others < 4; others++) await refer(newId())
    const { rows } = await parts.database.query<{ sealed: Buffer }>('select sealed from message order by no')
    const remembered = [await keyOf(caseId), rows[0]?.sealed]
    expect(await holders(remembered)).toEqual(['case_key', 'message'])
    await operators.onCase('erase', caseId, duty)
    expect(await actsOf(caseId)).toEqual([{ act: 'erase', operator: 'duty', reason: expect.any(Buffer) }])
    expect((await read(parts, said)).equals(said.bytes), 'one alone erases nothing').toBe(true)

    expect(await operators.onCase('erase', caseId, manager)).toEqual({ pending: false, changed: 1 })
    expect(await holders(remembered)).toEqual([])
    expect(await actsOf(caseId)).toEqual([
      { act: 'erase', operator: 'duty', reason: null },
      { act: 'erase', operator: 'manager', reason: null },
    ])
    expect((await leaves()).map(({ act, operator, caseId: about }) => [act, operator, about])).toEqual([
      ['erase', 'duty', caseId],
      ['erase', 'manager', caseId],
    ])
    await expect(read(parts, said)).rejects.toMatchObject({ code: 'erased' })
  })

  test('and receipts, leaves, digests, the case’s list and repetitions stay', async () => {
    const said = await settled()
    const { id, caseId } = said.envelope
    const centre = agencyOf(parts, CTAC)
    const message = await parts.findSent(agencyOf(parts, RYS), id)
    const [listed, receipts] = [await parts.readCase(centre, caseId, 10), await parts.receiptsOf(message)]
    expect(listed).toHaveLength(1)
    await erase(caseId)
    expect(await parts.readCase(centre, caseId, 10)).toEqual(listed)
    expect(await parts.findSent(agencyOf(parts, RYS), id)).toEqual(message)
    expect(await parts.receiptsOf(message)).toEqual(receipts)
    expect(await resubmit(parts, RYS, said.bytes)).toMatchObject({ receipt: said.receipt, replayed: true })
    expect(await acknowledge(pki, parts, said), 'the same word again').toMatchObject({ state: 'handed-over' })
    await expect(read(parts, said), 'a repetition brings nothing back').rejects.toMatchObject({ code: 'erased' })
  })

  test('not while a message of it is neither acknowledged nor discarded', async () => {
    const caseId = newId()
    const [first, second] = [await settled(caseId), await refer(caseId)]
    await expect(operators.onCase('erase', caseId, duty)).rejects.toMatchObject({ code: 'case-not-settled' })
    for (const state of ['accepted', 'consigned', 'dead-lettered']) {
      await parts.database.query(`update delivery set state = $1 where answer_leaf is null`, [state])
      await expect(operators.onCase('erase', caseId, duty), state).rejects.toMatchObject({ code: 'case-not-settled' })
    }
    expect(await leaves()).toEqual([])
    await parts.database.query(`update delivery set state = 'discarded' where answer_leaf is null`)
    await erase(caseId)
    await expect(read(parts, first)).rejects.toMatchObject({ code: 'erased' })
    await expect(read(parts, second), 'discarded').rejects.toMatchObject({ code: 'not-found' })
  })

  test('not where a message came in between and is not settled', async () => {
    const { caseId } = (await settled()).envelope
    await operators.onCase('erase', caseId, duty)
    const late = await refer(caseId)
    await expect(operators.onCase('erase', caseId, manager)).rejects.toMatchObject({ code: 'case-not-settled' })
    expect((await read(parts, late)).equals(late.bytes)).toBe(true)
  })

  test('not one that is unknown, and not twice', async () => {
    await expect(operators.onCase('erase', newId(), duty)).rejects.toMatchObject({ code: 'not-found' })
    const { caseId } = (await settled()).envelope
    await erase(caseId)
    await expect(operators.onCase('erase', caseId, duty)).rejects.toMatchObject({ code: 'erased' })
  })

  test('and no other case', async () => {
    const [erased, other] = [await settled(), await settled()]
    await erase(erased.envelope.caseId)
    expect((await read(parts, other)).equals(other.bytes)).toBe(true)
  })

  test('with the reasons of earlier acts on its messages', async () => {
    const said = await refer(newId())
    const message = await parts.findSent(agencyOf(parts, RYS), said.envelope.id)
    await parts.database.query(`update delivery set state = 'dead-lettered'`)
    await operators.onMessage('retry', message, duty)
    await acknowledge(pki, parts, said)
    await erase(said.envelope.caseId)
    expect(await actsOf(said.envelope.caseId)).toEqual([
      { act: 'retry', operator: 'duty', reason: null },
      { act: 'erase', operator: 'duty', reason: null },
      { act: 'erase', operator: 'manager', reason: null },
    ])
  })

  test('and one who asks again, or much later, is the first again', async () => {
    const { caseId } = (await settled()).envelope
    await operators.onCase('erase', caseId, duty)
    expect(await operators.onCase('erase', caseId, duty)).toEqual({ pending: true })
    now = new Date(now.getTime() + 24 * 3_600_000)
    expect(await operators.onCase('erase', caseId, manager)).toEqual({ pending: true })
  })
})

describe('new content of an erased case', () => {
  test('gets a new key, also in another process that has the old one in memory', async () => {
    await using other = await openProcess()
    const old = await settled()
    const { caseId } = old.envelope
    const destroyed = await keyOf(caseId)
    expect((await read(other, old)).equals(old.bytes), 'it has the key in memory now').toBe(true)
    await erase(caseId)
    const [there, here] = [await refer(caseId, other), await refer(caseId, parts)]
    for (const process of [parts, other]) {
      for (const said of [there, here]) expect((await read(process, said)).equals(said.bytes)).toBe(true)
      await expect(read(process, old)).rejects.toMatchObject({ code: 'erased' })
    }
    expect(await keyOf(caseId)).not.toEqual(destroyed)
  })

  test('leaves nothing of the old key in any process’s memory', async () => {
    await using other = await openProcess()
    const said = await settled()
    await read(other, said)
    const { caseId } = said.envelope
    const destroyed = await keyOf(caseId)
    await erase(caseId)
    for (const process of [parts, other])
      await until(() => !process.vault.keyOf(caseId).wrapped.equals(destroyed ?? Buffer.alloc(0)))
  })

  test('never gets a key that was destroyed, whatever a process believes of it', async () => {
    const { caseId } = (await settled()).envelope
    const destroyed = await keyOf(caseId)
    if (destroyed === undefined) throw new Error('the case has a key')
    await erase(caseId)
    const { envelope } = await refer(newId())
    // As a process asks that has made the key and never learned whether the record took it: to that one it is fresh.
    const [outcome] = await acceptMessages(parts.database, [
      {
        envelope: { ...envelope, id: newId(), caseId, attachments: [], respondBy: now },
        digest: randomBytes(32),
        size: 1,
        acceptedAt: now,
        sealed: randomBytes(100),
        key: { wrapped: destroyed, fresh: true },
        receipt: { id: newId(), jws: 'a.b.c' },
      },
    ])
    expect(outcome).toEqual({ outcome: 'other-key', standing: undefined })
    expect(await keyOf(caseId)).toBeUndefined()
  })

  test('is erased again like the first', async () => {
    const { caseId } = (await settled()).envelope
    await erase(caseId)
    const again = await settled(caseId)
    await erase(caseId)
    await expect(read(parts, again)).rejects.toMatchObject({ code: 'erased' })
    expect(await erasuresSince(parts.database, new Date(0), 10)).toHaveLength(2)
  })
})

describe('a message that comes at the very moment of an erasure', () => {
  test('and first: the erasure finds it unsettled', async () => {
    await using other = await openProcess()
    const { caseId } = (await settled()).envelope
    await operators.onCase('erase', caseId, duty)
    const client = await parts.database.connect()
    await client.query('begin')
    // As accept_messages holds it until its commit.
    await client.query('select from case_key where case_id = $1 for key share', [caseId])
    const erasing = operators.onCase('erase', caseId, manager).catch((error: unknown) => error)
    const said = await refer(caseId, other)
    await client.query('commit')
    client.release()
    expect(await erasing).toMatchObject({ code: 'case-not-settled' })
    expect((await read(parts, said)).equals(said.bytes)).toBe(true)
  })

  test.each(['with the old key in memory', 'knowing no key'])(
    'and second, %s: it waits and gets a new key',
    async (how) => {
      await using other = await openProcess()
      const old = await settled()
      const { caseId } = old.envelope
      if (how.startsWith('with')) await read(other, old)
      const destroyed = await keyOf(caseId)
      let coming: Promise<Said> | undefined
      await transaction(parts.database, async (tx) => {
        expect(await lockCase(tx, caseId)).toMatchObject({ standing: 'settled' })
        await eraseCase(tx, { actId: randomUUID(), caseId, at: now })
        coming = refer(caseId, other)
        await until(async () => {
          const { rows } = await parts.database.query(
            `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          )
          return rows.length > 0
        })
        return { result: undefined }
      })
      const said = await coming
      if (said === undefined) throw new Error('it was sent')
      expect((await read(parts, said)).equals(said.bytes)).toBe(true)
      expect(await keyOf(caseId)).not.toEqual(destroyed)
    },
  )

  test('many of both: whatever was accepted is there, or its case was settled when it was erased', async () => {
    await using other = await openProcess()
    const caseId = newId()
    await settled(caseId)
    const said: Said[] = []
    let erased = 0
    for (let round = 0; round < 10; round++) {
      const coming = Promise.all([refer(caseId, other), refer(caseId, parts)])
      await operators.onCase('erase', caseId, duty).catch(() => undefined)
      const done = await operators.onCase('erase', caseId, manager).catch(() => undefined)
      if (done?.pending === false) erased++
      const [one, two] = await coming
      for (const each of [one, two]) {
        expect((await read(parts, each)).equals(each.bytes), 'unsettled, so never erased').toBe(true)
        await acknowledge(pki, parts, each)
        said.push(each)
      }
    }
    await operators.onCase('erase', caseId, duty)
    await operators.onCase('erase', caseId, manager)
    for (const each of said) await expect(read(parts, each)).rejects.toMatchObject({ code: 'erased' })
    expect(await erasuresSince(parts.database, new Date(0), 100)).toHaveLength(erased + 1)
  })
})

test('a restored record is brought to what was erased since, once for each act, settled or not', async () => {
  const said = await refer(newId())
  const erasure = { actId: newId(), caseId: said.envelope.caseId, at: now }
  const replay = () => transaction(parts.database, async (tx) => ({ result: await eraseCase(tx, erasure) }))
  expect(await replay()).toBe(1)
  await expect(read(parts, said)).rejects.toMatchObject({ code: 'erased' })
  const later = await refer(said.envelope.caseId)
  expect(await replay(), 'known').toBeUndefined()
  expect((await read(parts, later)).equals(later.bytes)).toBe(true)
  expect(await erasuresSince(parts.database, now, 10)).toEqual([erasure])
  expect(await erasuresSince(parts.database, new Date(now.getTime() + 1), 10)).toEqual([])
  expect(await erasuresSince(parts.database, new Date(0), 10, erasure)).toEqual([])
})

test('what was restored without contents and waits for an endpoint is given up at once', async () => {
  const file = JSON.parse(registry) as RegistryFile
  const delivery = { mode: 'push', url: 'https://localhost:9/', trustAnchors: toPem(pki.root.certificate) }
  for (const agency of file.agencies) if (agency.id === CTAC) agency.delivery = delivery
  await using pushing = await openParts(pki, database.url, JSON.stringify(file), { now: () => now })
  const { envelope } = await say(pki, pushing, 'referral', { from: RYS, to: CTAC, priority: 'urgent' })
  const erasure = { actId: newId(), caseId: envelope.caseId, at: now }
  await transaction(parts.database, async (tx) => ({ result: await eraseCase(tx, erasure) }))
  await pushing.work({ recipient: CTAC, priority: 1 })
  const message = await parts.findSent(agencyOf(parts, RYS), envelope.id)
  expect(message.state).toBe('dead-lettered')
  const receipts = await parts.receiptsOf(message)
  expect(payloadOf(receipts.at(-1) ?? '')).toMatchObject({
    event: 'ContentConsignmentFailure',
    reason: { code: 'erased' },
  })
})

/** The tables, PostgreSQL's own among them, that hold any of these bytes. */
async function holders(remembered: readonly (Buffer | undefined)[]): Promise<readonly string[]> {
  await parts.database.query('analyze')
  const { rows } = await parts.database.query<{ name: string }>(
    `select relname as name from pg_class join pg_namespace n on n.oid = relnamespace
     where relkind = 'r' and (nspname = 'public' or relname like 'pg_statistic%') order by relname`,
  )
  const holding: string[] = []
  for (const { name } of rows) {
    const { rows: found } = await parts.database.query(
      `select from ${name} as each where exists (select from unnest($1::text[]) as hex where each::text like '%' || hex || '%')`,
      [remembered.map((bytes) => bytes?.toString('hex') ?? 'nothing was remembered')],
    )
    if (found.length > 0) holding.push(name)
  }
  return holding
}
