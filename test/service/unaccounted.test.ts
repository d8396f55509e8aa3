import { describe, expect, test } from 'vitest'
import { ACCOUNTED_AT_ONCE, unaccounted } from '../../gateway/record/accounts.ts'
import type { Queryable } from '../../gateway/record/database.ts'
import type { TestParts } from '../support/parts.ts'
import { setStage } from '../support/stage.ts'

const stage = setStage()
const LOOK = 10_000

/** What the looks of a minute find. */
async function look(parts: TestParts): Promise<number> {
  let found = 0
  for (let looks = 0; looks < 6; looks++) {
    found = await unaccounted(parts.database, stage.now)
    stage.wait(LOOK)
  }
  return found
}

async function open(): Promise<TestParts> {
  const parts = await stage.open()
  await stage.send(
    parts,
    ...[0, 1, 2].map((priority) => ({ from: 'gb-ctac', to: 'gb-la-e10000016', type: 'assessment-referral', priority })),
  )
  return parts
}

/** Adds so many messages, as far as log and deliveries tell of them, behind those that were added before. */
async function addOld(parts: TestParts, many: number, after = 0): Promise<void> {
  await parts.database.query(
    `insert into leaf (index, id, typ, jws, event, message_no)
     select 1000000 + no, gen_random_uuid(), 'delivery-receipt+jws', '', 'SubmissionAcceptance', 1000 + no
     from generate_series($2::int + 1, $2::int + $1::int) as no`,
    [many, after],
  )
  await parts.database.query(
    `insert into delivery (message_no, recipient, priority, state, due_at)
     select 1000 + no, 'gb-ctac', 2, 'handed-over', now() from generate_series($2::int + 1, $2::int + $1::int) as no`,
    [many, after],
  )
}

describe('accepted messages are held against deliveries', () => {
  test('and all is accounted for, whatever became of them', async () => {
    const parts = await open()
    await parts.work({ recipient: 'gb-la-e10000016', priority: 1 })
    expect(await look(parts)).toBe(0)
  })

  test.each(['newest', 'oldest'])('a delivery that is deleted is missed within a minute: the %s', async (which) => {
    const parts = await open()
    await addOld(parts, 3 * ACCOUNTED_AT_ONCE)
    expect(await look(parts)).toBe(0)
    const [taken] = which === 'newest' ? ['max'] : ['min']
    await parts.database.query(
      `create table kept as select * from delivery where message_no = (select ${taken}(message_no) from delivery)`,
    )
    await parts.database.query('delete from delivery where message_no in (select message_no from kept)')
    expect(await unaccounted(parts.database, stage.now)).toBe(1)
    expect(await look(parts)).toBe(1)
    await parts.database.query('insert into delivery select * from kept')
    expect(await unaccounted(parts.database, stage.now)).toBe(0)
  })

  test('one that vanished without being deleted is found by going through all of them', async () => {
    const parts = await open()
    await addOld(parts, 10 * ACCOUNTED_AT_ONCE)
    await parts.database.query('alter table delivery disable trigger note_missing_deliveries')
    await parts.database.query('delete from delivery where message_no in (1, 2, 20000)')
    await unaccounted(parts.database, stage.now)
    for (let looks = 0; looks < 11; looks++) {
      stage.wait(LOOK)
      await unaccounted(parts.database, stage.now)
    }
    expect(await unaccounted(parts.database, stage.now)).toBe(3)
  })

  test('what the log does not say was accepted is not missed', async () => {
    const parts = await open()
    await parts.database.query(`update leaf set event = 'SubmissionRejection' where message_no = 1`)
    await parts.database.query('delete from delivery where message_no = 1')
    expect(await look(parts)).toBe(0)
  })

  test('one look costs the same where the record is ten times as large', async () => {
    const parts = await open()
    const measure = async (): Promise<number> => {
      stage.wait(LOOK)
      let pages = 0
      const explaining = {
        async query({ text, values }: { text: string; values: unknown[] }) {
          const { rows } = await parts.database.query<{ 'QUERY PLAN': readonly [{ Plan: Record<string, number> }] }>(
            `explain (analyze, buffers, format json) ${text}`,
            values,
          )
          const { Plan: plan = {} } = rows[0]?.['QUERY PLAN'][0] ?? {}
          pages += (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
          return { rows: [] }
        },
      }
      await unaccounted(explaining as unknown as Queryable, stage.now)
      return pages
    }
    await addOld(parts, 3 * ACCOUNTED_AT_ONCE)
    await parts.database.query('vacuum analyze')
    await measure()
    const small = await measure()
    await addOld(parts, 30 * ACCOUNTED_AT_ONCE, 3 * ACCOUNTED_AT_ONCE)
    await parts.database.query('vacuum analyze')
    const large = await measure()
    expect(small).toBeGreaterThan(20)
    expect(large).toBeLessThan(3 * small + 100)
  })

  test('two processes do not both look, and neither waits for the other', async () => {
    const [one, other] = [await open(), await stage.open()]
    await Promise.all([unaccounted(one.database, stage.now), unaccounted(other.database, stage.now)])
    const { rows } = await one.database.query<{ looked_at: Date }>('select looked_at from accounting')
    expect(rows).toEqual([{ looked_at: stage.now }])
    const client = await one.database.connect()
    await client.query('begin')
    await client.query('select from accounting for update')
    stage.wait(LOOK)
    expect(await unaccounted(other.database, stage.now)).toBe(0)
    await client.query('rollback')
    client.release()
  })
})
