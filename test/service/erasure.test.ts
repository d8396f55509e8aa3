import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { newId } from '../../sdk/sign.ts'
import { acknowledge, agencyOf, read, resubmit } from '../support/case.ts'
import { CTAC, duty, type Erasing, manager, openErasing, RYS } from '../support/erasing.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { payloadOf } from '../support/forge.ts'
import { copyPki } from '../support/pki.ts'

let folder: TemporaryFolder
let pki: DevelopmentPki
let erasing: Erasing

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await copyPki(join(folder.path, 'pki'))
  erasing = await openErasing(pki)
})
afterAll(async () => {
  await erasing[Symbol.asyncDispose]()
  await folder.remove()
})
beforeEach(() => erasing.clear())

async function actsOf(caseId: string): Promise<readonly unknown[]> {
  const { rows } = await erasing.parts.database.query(
    `select act, operator, sealed_reason as reason from act where case_id = $1 order by leaf_index`,
    [caseId],
  )
  return rows
}

async function leaves(): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await erasing.parts.database.query<{ jws: Buffer }>(
    `select jws from leaf where typ = 'operator-act+jws' order by index`,
  )
  return rows.map(({ jws }) => payloadOf(jws.toString('latin1')))
}

describe('two operators erase a case', () => {
  test('and key, contents and reasons are in no table any more', async () => {
    const said = await erasing.settled()
    const { caseId } = said.envelope
    // So many that PostgreSQL's statistics would hold samples of them.
    for (let others = 0; others < 4; others++) await erasing.refer(newId())
    const { rows } = await erasing.parts.database.query<{ sealed: Buffer }>('select sealed from message order by no')
    const remembered = [await erasing.keyOf(caseId), rows[0]?.sealed]
    expect(await holders(remembered)).toEqual(['case_key', 'message'])
    await erasing.operators.onCase('erase', caseId, duty)
    expect(await actsOf(caseId)).toEqual([{ act: 'erase', operator: 'duty', reason: expect.any(Buffer) }])
    expect((await read(erasing.parts, said)).equals(said.bytes), 'one alone erases nothing').toBe(true)

    expect(await erasing.operators.onCase('erase', caseId, manager)).toEqual({ pending: false, changed: 1 })
    expect(await holders(remembered)).toEqual([])
    expect(await actsOf(caseId)).toEqual([
      { act: 'erase', operator: 'duty', reason: null },
      { act: 'erase', operator: 'manager', reason: null },
    ])
    expect((await leaves()).map(({ act, operator, caseId: about }) => [act, operator, about])).toEqual([
      ['erase', 'duty', caseId],
      ['erase', 'manager', caseId],
    ])
    await expect(read(erasing.parts, said)).rejects.toMatchObject({ code: 'erased' })
  })

  test('and receipts, leaves, digests, the case’s list and repetitions stay', async () => {
    const said = await erasing.settled()
    const { id, caseId } = said.envelope
    const centre = agencyOf(erasing.parts, CTAC)
    const message = await erasing.parts.findSent(agencyOf(erasing.parts, RYS), id)
    const [listed, receipts] = [
      await erasing.parts.readCase(centre, caseId, 10),
      await erasing.parts.receiptsOf(message),
    ]
    expect(listed).toHaveLength(1)
    await erasing.erase(caseId)
    expect(await erasing.parts.readCase(centre, caseId, 10)).toEqual(listed)
    expect(await erasing.parts.findSent(agencyOf(erasing.parts, RYS), id)).toEqual(message)
    expect(await erasing.parts.receiptsOf(message)).toEqual(receipts)
    expect(await resubmit(erasing.parts, RYS, said.bytes)).toMatchObject({ receipt: said.receipt, replayed: true })
    expect(await acknowledge(pki, erasing.parts, said), 'the same word again').toMatchObject({ state: 'handed-over' })
    await expect(read(erasing.parts, said), 'a repetition brings nothing back').rejects.toMatchObject({
      code: 'erased',
    })
    expect(await erasing.keyOf(caseId), 'nor a key, under which nothing is sealed').toBeUndefined()
    const later = await erasing.refer(caseId)
    expect((await read(erasing.parts, later)).equals(later.bytes)).toBe(true)
  })

  test('not while a message of it is neither acknowledged nor discarded', async () => {
    const caseId = newId()
    const [first, second] = [await erasing.settled(caseId), await erasing.refer(caseId)]
    await expect(erasing.operators.onCase('erase', caseId, duty)).rejects.toMatchObject({ code: 'case-not-settled' })
    for (const state of ['accepted', 'consigned', 'dead-lettered']) {
      await erasing.parts.database.query(`update delivery set state = $1 where answer_leaf is null`, [state])
      await expect(erasing.operators.onCase('erase', caseId, duty), state).rejects.toMatchObject({
        code: 'case-not-settled',
      })
    }
    expect(await leaves()).toEqual([])
    await erasing.parts.database.query(`update delivery set state = 'discarded' where answer_leaf is null`)
    await erasing.erase(caseId)
    await expect(read(erasing.parts, first)).rejects.toMatchObject({ code: 'erased' })
    await expect(read(erasing.parts, second), 'discarded').rejects.toMatchObject({ code: 'not-found' })
  })

  test('not where a message came in between and is not settled', async () => {
    const { caseId } = (await erasing.settled()).envelope
    await erasing.operators.onCase('erase', caseId, duty)
    const late = await erasing.refer(caseId)
    await expect(erasing.operators.onCase('erase', caseId, manager)).rejects.toMatchObject({ code: 'case-not-settled' })
    expect((await read(erasing.parts, late)).equals(late.bytes)).toBe(true)
  })

  test('not one that is unknown, and not twice', async () => {
    await expect(erasing.operators.onCase('erase', newId(), duty)).rejects.toMatchObject({ code: 'not-found' })
    const { caseId } = (await erasing.settled()).envelope
    await erasing.erase(caseId)
    await expect(erasing.operators.onCase('erase', caseId, duty)).rejects.toMatchObject({ code: 'erased' })
  })

  test('and no other case', async () => {
    const [erased, other] = [await erasing.settled(), await erasing.settled()]
    await erasing.erase(erased.envelope.caseId)
    expect((await read(erasing.parts, other)).equals(other.bytes)).toBe(true)
  })

  test('with the reasons of earlier acts on its messages', async () => {
    const said = await erasing.refer(newId())
    const message = await erasing.parts.findSent(agencyOf(erasing.parts, RYS), said.envelope.id)
    await erasing.parts.database.query(`update delivery set state = 'dead-lettered'`)
    await erasing.operators.onMessage('retry', message, duty)
    await acknowledge(pki, erasing.parts, said)
    await erasing.erase(said.envelope.caseId)
    expect(await actsOf(said.envelope.caseId)).toEqual([
      { act: 'retry', operator: 'duty', reason: null },
      { act: 'erase', operator: 'duty', reason: null },
      { act: 'erase', operator: 'manager', reason: null },
    ])
  })

  test('and one who asks again, or much later, is the first again', async () => {
    const { caseId } = (await erasing.settled()).envelope
    await erasing.operators.onCase('erase', caseId, duty)
    expect(await erasing.operators.onCase('erase', caseId, duty)).toEqual({ pending: true })
    erasing.now = new Date(erasing.now.getTime() + 24 * 3_600_000)
    expect(await erasing.operators.onCase('erase', caseId, manager)).toEqual({ pending: true })
  })
})

/** The tables, PostgreSQL's own among them, that hold any of these bytes. */
async function holders(remembered: readonly (Buffer | undefined)[]): Promise<readonly string[]> {
  await erasing.parts.database.query('analyze')
  const { rows } = await erasing.parts.database.query<{ name: string }>(
    `select relname as name from pg_class join pg_namespace n on n.oid = relnamespace
     where relkind = 'r' and (nspname = 'public' or relname like 'pg_statistic%') order by relname`,
  )
  const holding: string[] = []
  for (const { name } of rows) {
    const { rows: found } = await erasing.parts.database.query(
      `select from ${name} as each where exists (select from unnest($1::text[]) as hex where each::text like '%' || hex || '%')`,
      [remembered.map((bytes) => bytes?.toString('hex') ?? 'nothing was remembered')],
    )
    if (found.length > 0) holding.push(name)
  }
  return holding
}
