import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Envelope } from '../../sdk/index.ts'
import { type LivedIn, liveIn } from '../support/lived-in.ts'
import { occurs } from '../support/marks.ts'
import { askOperations } from '../support/operations.ts'
import { pagesOf } from '../support/pages.ts'

/** What the operations listener tells, and when it cannot do its work. */

let livedIn: LivedIn

beforeAll(async () => {
  livedIn = await liveIn()
})
afterAll(() => livedIn?.[Symbol.asyncDispose]())

/** What a call is asked for with, about this message. */
const addressOf = (path: string, { from, to, id, caseId }: Envelope): string =>
  path
    .replace('/api/agencies/{id}', `/api/agencies/${to}`)
    .replace('{from}', from)
    .replace('{id}', id)
    .replace('{caseId}', caseId)
    .replace(/statistics$/, 'statistics?period=2016-Q4')
const tell = (path: string) => askOperations(livedIn.gateway, path, { operator: 'duty' })

test('nothing that a message says is in any page or answer of the operations listener', async () => {
  const { mark, messages } = livedIn
  const all = Object.values(messages)
  const [first] = all
  if (first === undefined) throw new Error('nothing was sent')
  const { paths } = (await tell('/openapi.json')).json as { paths: Record<string, object> }
  const api = Object.entries(paths)
    // Events never end (`operations-api.test.ts` listens to them); tiles are digests, and the others files.
    .filter(([path, calls]) => 'get' in calls && !/^\/(?:v1|\.well-known|schemas|problems)\/|events|tile/.test(path))
    .flatMap(([path]) => all.map((message) => addressOf(path, message)))
  for (const path of ['/api/overview', `/api/cases/${first.caseId}`, '/api/alarms', '/metrics'])
    expect(api).toContain(path)
  // The search would find it: it stands in what was sent.
  expect(occurs(mark, JSON.stringify(first))).toBe(true)
  const refused = [
    `/api/messages/${first.from}/${first.caseId}`,
    `/api/messages?type=${mark.toUpperCase()}`,
    '/nothing',
  ]
  for (const path of new Set([...pagesOf(livedIn), ...api, ...refused])) {
    const { status, text } = await tell(path)
    if (refused.includes(path)) expect(status, path).toBeGreaterThanOrEqual(400)
    else expect(status, path).toBe(path.endsWith('/test-notification') ? 404 : 200)
    // Receipts are base64url, one part after another.
    const opened = text.replaceAll(/[\w-]{16,}/g, (part) => Buffer.from(part, 'base64url').toString('latin1'))
    expect(occurs(mark, text) || occurs(mark, opened), path).toBe(false)
  }
}, 60_000)

test('a message’s receipts stand on its page with the places that they have in the log', async () => {
  const { from, id } = livedIn.messages['handed-over']
  const { rows } = await askRecord(
    `select leaf.index from leaf join message on no = message_no where message.id = '${id}' and sender = '${from}' order by index`,
  )
  expect(rows).toHaveLength(3)
  const { text } = await tell(`/messages/${from}/${id}`)
  for (const { index } of rows as { index: string }[])
    expect(text).toMatch(new RegExp(`href="/log/leaves/${index}/proof">.*</span>${index}</a>`))
})

test('every page can be read while the record takes no writes, and says that it does not', async () => {
  const name = new URL(livedIn.gateway.databaseUrl).pathname.slice(1)
  const sentence = 'The record can be read and not written to'
  expect((await tell('/help')).text).not.toContain(sentence)
  await askRecord(`alter database ${name} set default_transaction_read_only = on`)
  try {
    await askRecord(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await expect.poll(async () => (await tell('/help')).text, { timeout: 15_000 }).toContain(sentence)
    for (const path of pagesOf(livedIn)) {
      const { status, text } = await tell(path)
      expect(status, path).toBe(200)
      expect(text, path).toContain(sentence)
    }
  } finally {
    await askRecord(`begin read write; alter database ${name} reset default_transaction_read_only; commit`)
  }
}, 60_000)

async function askRecord(statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: livedIn.gateway.databaseUrl })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
