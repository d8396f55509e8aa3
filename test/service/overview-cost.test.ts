import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../gateway/record/database.ts'
import { openLog } from '../../gateway/record/leaves.ts'
import { type Search, searchMessages } from '../../gateway/record/messages.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { openDeliveries } from '../../gateway/record/open-deliveries.ts'
import { pendingActs, searchActs } from '../../gateway/record/acts.ts'
import {
  deadByCause,
  heldUrgent,
  immediateUnread,
  latestAttempts,
  oldestOverdue,
} from '../../gateway/record/pressing.ts'
import { toldLeaves } from '../../gateway/record/told-leaves.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

/** What operators ask costs the same at 10,000 messages and at 200,000: each by an index, whatever it looks for. */

const SMALL = 10_000
const LARGE = 200_000
const AGENCIES = Array.from({ length: 10 }, (_, n) => `gb-${n}`)
const now = new Date('2026-11-27T16:00:00Z')
/** The one message of the oldest that is unlike all others, by which filter. */
const RARE = { type: 'family-link', priority: 'immediate', agency: 'gb-rare', state: 'refused' } as const

let own: TestDatabase
let database: Database

beforeAll(async () => {
  own = await createDatabase()
  database = openDatabase(own.url, () => undefined)
  await migrate(database)
  await openLog(database, 'test/log')
}, 60_000)
afterAll(async () => {
  await database.end()
  await own.drop()
})

/**
 * Messages between ten agencies: of the first 10,000 a hundredth each lies in
 * inboxes, is due, or is a dead letter, and the first is unlike all others; all the rest is settled.
 */
async function grow(from: number, to: number): Promise<void> {
  await database.query(
    `insert into message (sender, id, recipient, case_id, type, schema_version, priority, digest, size, accepted_at)
     select case n when 1 then 'gb-rare' else 'gb-' || n % 10 end, gen_random_uuid(), 'gb-' || (n + 1) % 10, gen_random_uuid(),
       case n when 1 then 'family-link' else 'referral' end, '1.1', case n when 1 then 0 else 1 + n % 2 end, sha256('m'), 100, $3
     from generate_series($1::int, $2::int) as n`,
    [from + 1, to, now],
  )
  await database.query(
    `insert into delivery (message_no, recipient, priority, state, due_at, consigned_leaf)
     select no, recipient, priority, case when no = 1 then 'refused' when no > ${SMALL} or no % 100 > 3 then 'handed-over' when no % 100 = 1 then 'consigned'
       when no % 100 = 2 then 'accepted' else 'dead-lettered' end, $2, no
     from message where no > $1`,
    [from, now],
  )
  await database.query(
    `insert into leaf (index, id, typ, jws, event, message_no, feed)
     select no, gen_random_uuid(), case when no % 1000 = 0 then 'operator-act+jws' else 'delivery-receipt+jws' end, 'a.b.c',
       'SubmissionAcceptance', no, sender from message where no > $1`,
    [from],
  )
  await database.query(
    `insert into act (id, at, act, operator, leaf_index, agency, case_id)
     select gen_random_uuid(), $2, 'retry', 'duty', no, recipient, case_id from message where no > $1 and no % 1000 = 0`,
    [from, now],
  )
  await database.query('update log set size = $1', [to + 1])
  for (const name of ['message', 'delivery', 'leaf', 'act']) await database.query(`vacuum analyze ${name}`)
}

type Plan = { readonly [key: string]: unknown }

/** Pages that a look reads, and milliseconds that its statements take, the best of three: as the gateway's sessions plan them. */
async function costOf(look: (database: Database) => Promise<unknown>): Promise<{ pages: number; ms: number }> {
  const tries = []
  for (let round = 0; round < 3; round++) {
    const cost = { pages: 0, ms: 0 }
    const client = await database.connect()
    const explaining = {
      query: (asked: string | { text: string; values: unknown[] }, more?: unknown[]) => {
        const { text, values } = typeof asked === 'string' ? { text: asked, values: more ?? [] } : asked
        if (IS_NO_LOOK.test(text)) return client.query(text)
        // A statement that is explained is planned with its values, whatever the session does; one that is prepared is not.
        const prepared = client.query(`prepare look as ${text}`)
        const sent = values.map((value) => (value === null ? 'null' : client.escapeLiteral(asText(value)))).join(', ')
        const explained = client.query<{ 'QUERY PLAN': readonly [{ Plan: Plan; 'Execution Time': number }] }>(
          `explain (analyze, buffers, format json) execute look${sent && `(${sent})`}`,
        )
        const forgotten = client.query('deallocate look')
        return Promise.all([explained, prepared, forgotten]).then(([{ rows }]) => {
          const [found] = rows[0]?.['QUERY PLAN'] ?? []
          cost.pages += Number(found?.Plan['Shared Hit Blocks']) + Number(found?.Plan['Shared Read Blocks'])
          cost.ms += found?.['Execution Time'] ?? 0
          return { rows: [] }
        })
      },
      connect: () => Promise.resolve(explaining),
      release: () => undefined,
    }
    try {
      await look(explaining as unknown as Database)
    } finally {
      client.release()
    }
    expect(cost.ms).toBeGreaterThan(0)
    tries.push(cost)
  }
  return { pages: tries[2]?.pages ?? 0, ms: Math.min(...tries.map(({ ms }) => ms)) }
}

const IS_NO_LOOK = /^(?:begin|commit|rollback|set local .*)$/

/** A value as PostgreSQL reads it. */
const asText = (value: unknown): string =>
  Array.isArray(value)
    ? `{${value.map((one) => JSON.stringify(one)).join(',')}}`
    : value instanceof Date
      ? value.toISOString()
      : String(value)

const looks: Record<string, (database: Database) => Promise<unknown>> = {
  overview: (on) => openDeliveries(on, AGENCIES, now),
  'immediate messages unread': (on) => immediateUnread(on, 50),
  'answers overdue': (on) => oldestOverdue(on, new Date(0), 50),
  'dead letters by cause': (on) => deadByCause(on),
  'urgent messages held': (on) => heldUrgent(on, AGENCIES, now),
  'attempts at an agency': (on) => latestAttempts(on, 'gb-4', 5),
  'attempts at an agency that was sent nothing': (on) => latestAttempts(on, RARE.agency, 5),
  'what waits for a second operator': (on) => pendingActs(on, new Date(0), 50),
  acts: (on) => searchActs(on, { limit: 51 }),
  'acts of an agency': (on) => searchActs(on, { agency: 'gb-1', limit: 51 }),
  events: (on) => toldLeaves(on, 0, 5),
}
const searches: Record<string, Omit<Search, 'limit'>> = {
  nothing: {},
  ...Object.fromEntries(Object.entries(RARE).map(([name, value]) => [name, { [name]: value }])),
  'a state of many': { state: 'handed-over' },
  'an agency of many': { agency: 'gb-3' },
  'a type of many': { type: 'referral' },
  'a priority of many': { priority: 'urgent' },
  'dead letters of an agency': { state: 'dead-lettered', agency: 'gb-4' },
  case: { caseId: '00000000-0000-4000-8000-000000000000' },
  message: { messageId: '00000000-0000-4000-8000-000000000000' },
}
for (const [name, search] of Object.entries(searches))
  looks[`messages by ${name}`] = (on) => searchMessages(on, { ...search, limit: 51 })

test('each look reads as many pages, and takes as long, at 200,000 messages as at 10,000', async () => {
  await database.query(
    `insert into pinned_certificate (thumbprint, party, use, pem, pinned_at)
     select 'gb-' || n, 'gb-' || n, 'tls', '', $1::timestamptz from generate_series(0, 9) as n union all select 'rare', 'gb-rare', 'tls', '', $1::timestamptz`,
    [now],
  )
  await grow(0, SMALL)
  const small = new Map<string, { pages: number; ms: number }>()
  for (const [name, look] of Object.entries(looks)) small.set(name, await costOf(look))
  // In pieces, so that none comes near to the longest that a statement may take.
  for (let at = SMALL; at < LARGE; at += SMALL) await grow(at, Math.min(at + SMALL, LARGE))
  const grown: string[] = []
  for (const [name, look] of Object.entries(looks)) {
    const [before, after] = [small.get(name) ?? { pages: 0, ms: 0 }, await costOf(look)]
    // A tree of a thousand times as many entries is one level deeper, or two.
    const isMore = after.pages > before.pages * 1.5 + 40 || after.ms > before.ms * 1.5 + 2
    if (isMore) grown.push(`${name}: ${JSON.stringify([before, after])}`)
  }
  expect(grown).toEqual([])
}, 240_000)
