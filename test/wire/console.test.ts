import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

const tell = (path: string) => askOperations(livedIn.gateway, path, { operator: 'duty' })

test('nothing that a message says is in any page or answer of the operations listener', async () => {
  const { mark, messages } = livedIn
  const [first] = Object.values(messages)
  if (first === undefined) throw new Error('nothing was sent')
  const api = [
    '/api/overview',
    '/api/messages?limit=100',
    '/api/acts',
    '/api/pending',
    '/api/handover',
    '/metrics',
    '/health/ready',
    '/openapi.json',
    ...Object.values(messages).flatMap(({ from, id, caseId }) => [
      `/api/messages/${from}/${id}`,
      `/api/cases/${caseId}`,
    ]),
  ]
  // The search would find it: it stands in what was sent.
  expect(occurs(mark, JSON.stringify(first))).toBe(true)
  for (const path of [...pagesOf(livedIn), ...api]) {
    const { status, text } = await tell(path)
    expect(status, path).toBe(200)
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
