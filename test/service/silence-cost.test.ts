import { afterEach, beforeEach, expect, test } from 'vitest'
import { overdueAnswers } from '../../gateway/record/awaited-answers.ts'
import { type Database, openDatabase, type Queryable } from '../../gateway/record/database.ts'
import { feedOf } from '../../gateway/record/leaves.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { silences } from '../../gateway/record/silences.ts'
import { heldSince, unreadMessages } from '../../gateway/record/unread.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

const HOUR = 3_600_000
const now = new Date('2026-11-27T16:00:00Z')
const later = (hours: number): Date => new Date(now.getTime() + hours * HOUR)

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

/**
 * Brings the record to so many messages between ten agencies: a third was answered and read, a third lies unread and may, and of a
 * third the answer is overdue since long ago, and stays so.
 */
async function grow(from: number, to: number): Promise<void> {
  await database.query(
    `insert into message (sender, id, recipient, case_id, type, schema_version, priority, respond_by, digest, size, accepted_at)
     select 'gb-' || n % 10, gen_random_uuid(), 'gb-' || (n + 1) % 10, gen_random_uuid(), 'referral', '1.1', 1, $3, sha256('m'), 100, $3
     from generate_series($1::int, $2::int) as n`,
    [from + 1, to, now],
  )
  await database.query(
    `insert into delivery (message_no, recipient, priority, state, due_at, consigned_leaf, consigned_at, unread_at)
     select no, recipient, priority, case no % 3 when 1 then 'consigned' else 'handed-over' end, $2, no, $2, $3
     from message where no > $1`,
    [from, now, later(24)],
  )
  await database.query(
    `insert into awaited_answer (message_no, recipient, respond_by, told_at)
     select no, recipient, case no % 3 when 1 then $2::timestamptz else $3 end, case no % 3 when 2 then $3 end
     from message where no > $1 and no % 3 > 0`,
    [from, later(24), later(-24 * 30)],
  )
  await database.query(
    `insert into leaf (index, id, typ, jws, event, message_no, feed)
     select no, gen_random_uuid(), 'delivery-receipt+jws', 'a.b.c', 'SubmissionAcceptance', no, sender from message where no > $1`,
    [from],
  )
  await database.query(
    `insert into leaf_in_feed (agency, leaf_index) select recipient, no from message where no > $1 and no % 3 = 2`,
    [from],
  )
  await database.query('analyze')
}

type Plan = { readonly [key: string]: unknown }

/** What a look reads: pages of PostgreSQL, whether they are in memory or not. */
async function pagesOf(
  look: (database: Queryable) => Promise<readonly unknown[]>,
): Promise<{ rows: number; pages: number }> {
  let pages = 0
  const explaining = {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const explained = await database.query<{ 'QUERY PLAN': readonly [{ Plan: Plan }] }>(
        `explain (analyze, buffers, format json) ${text}`,
        values,
      )
      const { Plan: plan } = explained.rows[0]?.['QUERY PLAN'][0] ?? { Plan: {} }
      pages += Number(plan['Shared Hit Blocks']) + Number(plan['Shared Read Blocks'])
      return await database.query(text, values)
    },
  }
  const { length: rows } = await look(explaining as unknown as Queryable)
  return { rows, pages }
}

test('looking for what is silent costs as little in a record of 200,000 messages as in one of 10,000', {
  timeout: 120_000,
}, async () => {
  const looks: readonly [string, number, (database: Queryable) => Promise<readonly unknown[]>][] = [
    ['overdue answers, none', 0, (one) => overdueAnswers(one, now, 100)],
    ['overdue answers, a full batch', 100, (one) => overdueAnswers(one, later(24), 100)],
    ['unread messages, none', 0, (one) => unreadMessages(one, now, 100)],
    ['unread messages, a full batch', 100, (one) => unreadMessages(one, later(24), 100)],
    ['when their agencies were held', 0, (one) => heldSince(one, ['gb-1'], now)],
    ['who is silent', 0, (one) => silences(one, later(-24 * 7))],
    ['a page of a feed', 100, (one) => feedOf(one, 'gb-1', 5_000, 100)],
  ]
  const measure = () => Promise.all(looks.map(([, , look]) => pagesOf(look)))
  await grow(0, 10_000)
  const small = await measure()
  expect(small.map(({ rows }) => rows)).toEqual(looks.map(([, rows]) => rows))
  await grow(10_000, 200_000)
  const large = await measure()
  const told = looks.map(([what], at) => ({ what, small: small[at]?.pages ?? 0, large: large[at]?.pages ?? 0 }))
  for (const one of told) expect(one.large, JSON.stringify(one)).toBeLessThanOrEqual(2 * one.small + 20)
})
