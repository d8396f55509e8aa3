import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { overdueAnswers, tellOverdue } from '../../gateway/record/awaited-answers.ts'
import { type Database, openDatabase, type Queryable } from '../../gateway/record/database.ts'
import { feedOf, openLog } from '../../gateway/record/leaves.ts'
import { acceptMessages, type Addressed } from '../../gateway/record/messages.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { silences } from '../../gateway/record/silences.ts'
import { heldSince, tellUnread, unreadMessages } from '../../gateway/record/unread.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { makeMessage } from '../support/new-message.ts'

const HOUR = 3_600_000
const now = new Date('2026-11-27T16:00:00Z')
const later = (hours: number): Date => new Date(now.getTime() + hours * HOUR)

let own: TestDatabase
let database: Database

beforeEach(async () => {
  own = await createDatabase()
  database = openDatabase(own.url, () => undefined)
  await migrate(database)
  await openLog(database, 'test/log')
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
     select no + 100, gen_random_uuid(), 'delivery-receipt+jws', 'a.b.c', 'SubmissionAcceptance', no, sender from message where no > $1`,
    [from],
  )
  await database.query(
    `insert into leaf_in_feed (agency, leaf_index) select recipient, no + 100 from message where no > $1 and no % 3 = 2`,
    [from],
  )
  await database.query('update log set size = $1', [to + 1_000_000])
  await database.query(
    'insert into case_key (case_id, wrapped) select case_id, sha256(sender::bytea) from message where no > $1',
    [from],
  )
}

type Plan = { readonly [key: string]: unknown }
type Look = (database: Queryable) => Promise<unknown>

/** What a statement gives, and reads: pages of PostgreSQL, whether they are in memory or not. */
async function pagesOf(look: Look, on: Queryable = database): Promise<{ rows: number; pages: number }> {
  const read = { rows: 0, pages: 0 }
  const explaining = {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const { rows } = await on.query<{ 'QUERY PLAN': readonly [{ Plan: Plan }] }>(
        `explain (analyze, buffers, format json) ${text}`,
        values,
      )
      const { Plan: plan } = rows[0]?.['QUERY PLAN'][0] ?? { Plan: {} }
      read.rows += Number(plan['Actual Rows'])
      read.pages += Number(plan['Shared Hit Blocks']) + Number(plan['Shared Read Blocks'])
      return { rows: [] }
    },
  }
  await look(explaining as unknown as Queryable)
  return read
}

/** Accepts an answer to a question that is awaited, in a case that has its key. */
async function acceptAnswer(one: Queryable): Promise<unknown> {
  const { rows } = await database.query<{
    id: string
    sender: string
    recipient: string
    case_id: string
    wrapped: Buffer
  }>(
    `select id, sender, message.recipient, case_id, wrapped from awaited_answer join message on no = message_no
     join case_key using (case_id) where told_at is null order by no desc limit 1`,
  )
  const [question] = rows
  if (question === undefined) throw new Error('no answer is awaited')
  const { id, sender, recipient, case_id: caseId, wrapped } = question
  const answer = makeMessage({ from: recipient, to: sender, caseId, wrapped })
  const envelope = { ...answer.envelope, inReplyTo: id }
  return await acceptMessages(one, [{ ...answer, envelope, key: { wrapped, fresh: false } }])
}

test('looking for what is silent costs as little in a record of 200,000 messages as in one of 10,000', {
  timeout: 120_000,
}, async () => {
  const looks: readonly (readonly [string, number, Look])[] = [
    ['overdue answers, none', 0, (one) => overdueAnswers(one, now, 100)],
    ['overdue answers, a full batch', 100, (one) => overdueAnswers(one, later(24), 100)],
    ['unread messages, none', 0, (one) => unreadMessages(one, now, 100)],
    ['unread messages, a full batch', 100, (one) => unreadMessages(one, later(24), 100)],
    ['when their agencies were held', 0, (one) => heldSince(one, ['gb-1'], now)],
    ['who is silent', 0, (one) => silences(one, later(-24 * 7))],
    ['accepting an answer', 0, acceptAnswer],
    ['a page of a feed', 100, (one) => feedOf(one, 'gb-1', 5_000, 100)],
  ]
  const measure = () => Promise.all(looks.map(([, , look]) => pagesOf(look)))
  await grow(0, 10_000)
  await database.query('analyze')
  const small = await measure()
  expect(small.map(({ rows }) => rows)).toEqual(looks.map(([, rows]) => rows))
  await grow(10_001, 200_000)
  await database.query('analyze')
  const large = await measure()
  const told = looks.map(([what], at) => ({ what, small: small[at]?.pages ?? 0, large: large[at]?.pages ?? 0 }))
  for (const one of told) expect(one.large, JSON.stringify(one)).toBeLessThanOrEqual(2 * one.small + 20)
})

/** Tells of one message that it is overdue, or that it lies unread, whatever time it is. */
const telling =
  (tell: typeof tellOverdue, which: string): Look =>
  async (one) => {
    const { rows } = await database.query<Addressed>(
      `select no, sender, id, message.recipient, case_id, type, digest, state, desk, attempts, consigned_leaf
       from message join delivery on message_no = no join awaited_answer using (message_no) where ${which} order by no desc limit 1`,
    )
    const receipt = { id: randomUUID(), typ: 'delivery-receipt+jws' as const, jws: 'a.b.c' }
    return await tell(
      one,
      rows.map((message) => ({ message, receipt })),
      now,
    )
  }

test('what is written reads what it needs also where its plan was made while the record was empty', async () => {
  const client = await database.connect()
  const asking = makeMessage()
  const envelope = { ...asking.envelope, respondBy: now }
  const tellOne = telling(tellOverdue, 'told_at is null')
  const tellOther = telling(tellUnread, `state = 'consigned' and unread_at is not null`)
  try {
    expect(await acceptMessages(client, [{ ...asking, envelope }])).toEqual([{ outcome: 'made' }])
    expect(await pagesOf(tellOne, client)).toMatchObject({ rows: 1 })
    await database.query(`update delivery set state = 'consigned', unread_at = $1`, [now])
    expect(await pagesOf(tellOther, client)).toMatchObject({ rows: 1 })
    await grow(1, 20_000)
    for (const look of [acceptAnswer, tellOne, tellOther]) expect((await pagesOf(look, client)).pages).toBeLessThan(150)
  } finally {
    client.release()
  }
})
