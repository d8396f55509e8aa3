import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { OverloadFault } from '../../gateway/base/batching.ts'
import type { State } from '../../gateway/protocol/state.ts'
import { list } from '../../gateway/record/arrays.ts'
import { type Database, isOutage, openDatabase, transaction } from '../../gateway/record/database.ts'
import { acknowledgeMessages, type NewAcknowledgement } from '../../gateway/record/acknowledgements.ts'
import { consign } from '../../gateway/record/deliveries.ts'
import { type Leaf, openLog } from '../../gateway/record/leaves.ts'
import { acceptMessages, findMessages, type MessageRow } from '../../gateway/record/messages.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { makeMessage } from '../support/new-message.ts'

let own: TestDatabase
let database: Database

beforeEach(async () => {
  own = await createDatabase()
  database = openDatabase(own.url, () => undefined)
})
afterEach(async () => {
  await database.end()
  await own.drop()
})

async function openRecord(): Promise<void> {
  await migrate(database)
  await transaction(database, async (tx) => ({ result: await openLog(tx, 'test/log') }))
}

test('of a batch, what is made has its row, delivery and receipt; what was used and what has another key changes nothing', async () => {
  await openRecord()
  const standing = randomBytes(60)
  const used = makeMessage()
  const opened = makeMessage({ wrapped: standing })
  expect(await acceptMessages(database, [used, opened])).toEqual([{ outcome: 'made' }, { outcome: 'made' }])

  const first = makeMessage()
  const other = makeMessage({ caseId: opened.envelope.caseId })
  const last = makeMessage({ caseId: opened.envelope.caseId, wrapped: standing })
  expect(await acceptMessages(database, [used, first, other, last])).toEqual([
    { outcome: 'used' },
    { outcome: 'made' },
    { outcome: 'other-key', standing },
    { outcome: 'made' },
  ])
  const { rows } = await database.query<{
    id: string
    sealed: Buffer
    digest: Buffer
    state: string
    jws: Buffer
    index: number
  }>(
    `select m.id, m.sealed, m.digest, d.state, l.jws, l.index from message m
       left join delivery d on d.message_no = m.no left join leaf l on l.message_no = m.no order by l.index`,
  )
  expect(rows.map(({ jws, ...row }) => ({ ...row, jws: jws.toString() }))).toEqual(
    [used, opened, first, last].map(({ envelope: { id }, sealed, digest, receipt: { jws } }, index) => ({
      id,
      sealed,
      digest,
      state: 'accepted',
      jws,
      index,
    })),
  )
})

test('what is too much for this process costs no connection; what breaks one does', async () => {
  await openRecord()
  const backend = async (): Promise<unknown> =>
    (await database.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid
  const failWith = async (fault: Error): Promise<void> => {
    const work = async (): Promise<never> => {
      throw fault
    }
    await expect(transaction(database, work)).rejects.toBe(fault)
  }
  const before = await backend()
  await failWith(new OverloadFault())
  expect(await backend()).toBe(before)
  await failWith(Object.assign(new Error('gone'), { code: 'ECONNRESET' }))
  expect(await backend()).not.toBe(before)
})

test('of a batch of acknowledgements, what stands as it was known is written with its leaves; nothing else is', async () => {
  await openRecord()
  const made = Array.from({ length: 6 }, () => makeMessage())
  await acceptMessages(database, made)
  const find = async (): Promise<readonly MessageRow[]> => {
    const keys = made.map(({ envelope }) => ({ sender: envelope.from, id: envelope.id }))
    return (await findMessages(database, keys)).flatMap((row) => row ?? [])
  }
  const leafOf = (no: number, event: string): Leaf => {
    return {
      id: randomUUID(),
      typ: 'delivery-receipt+jws',
      jws: `${event}.of.${no}`,
      event,
      messageNo: no,
      feed: 'fr-rys',
    }
  }
  const accepted = await find()
  await transaction(database, async (tx) => {
    const deliveries = accepted
      .slice(0, 4)
      .map(({ no }) => ({ messageNo: no, attempt: 1, desk: 'duty', receipt: leafOf(no, 'ContentConsignment') }))
    await consign(tx, deliveries, { at: new Date(), unreadAt: new Date() })
    return { result: undefined }
  })
  const known = await find()
  const word = (message: MessageRow | undefined, to: State = 'handed-over'): NewAcknowledgement => {
    if (message === undefined) throw new Error('a message that was not made')
    const events = [...(message.consigned_leaf === null ? ['ContentConsignment'] : []), 'Answer']
    return { message, to, leaves: events.map((event) => leafOf(message.no, event)) }
  }
  expect(await acknowledgeMessages(database, [word(known[0])])).toEqual(['written'])
  const said = [
    word(known[0], 'refused'), // has been answered
    word(accepted[1]), // is known as it was before it was consigned
    word(known[2], 'refused'),
    { ...word(known[3]), message: { ...word(known[3]).message, desk: 'night' } },
    word(known[5]), // nothing was consigned
  ]
  expect(await acknowledgeMessages(database, said)).toEqual(['handed-over', 'stale', 'written', 'stale', 'written'])

  const { rows } = await database.query<{ state: string; attempts: number; answer: string; leaves: string }>(
    `select d.state, d.attempts, convert_from(a.jws, 'utf8') as answer,
       (select string_agg(event || case when index = d.consigned_leaf then '!' else '' end, ' ' order by index)
          from leaf where leaf.message_no = d.message_no) as leaves
     from delivery d left join leaf a on a.index = d.answer_leaf order by d.message_no`,
  )
  const answered = 'SubmissionAcceptance ContentConsignment! Answer'
  const waiting = { state: 'consigned', attempts: 1, answer: null, leaves: 'SubmissionAcceptance ContentConsignment!' }
  const answerOf = (at: number): string => `Answer.of.${known[at]?.no}`
  expect(rows).toEqual([
    { state: 'handed-over', attempts: 1, answer: answerOf(0), leaves: answered },
    waiting,
    { state: 'refused', attempts: 1, answer: answerOf(2), leaves: answered },
    waiting,
    { state: 'accepted', attempts: 0, answer: null, leaves: 'SubmissionAcceptance' },
    { state: 'handed-over', attempts: 1, answer: answerOf(5), leaves: answered },
  ])
  const log = await database.query<{ whole: boolean }>(
    'select (select size from log) = count(*) and max(index) = count(*) - 1 as whole from leaf',
  )
  expect(log.rows).toEqual([{ whole: true }])
  await expect(
    acknowledgeMessages(database, [{ ...word(known[4]), message: { ...word(known[4]).message, no: 4711 } }]),
  ).rejects.toThrow('a message has no delivery')
})

test('each thing that is said of a message stands in its own column, of its delivery and of its leaf', async () => {
  await openRecord()
  const said = {
    id: '00000000-0000-7000-8000-00000000000a',
    caseId: '00000000-0000-7000-8000-00000000000b',
    inReplyTo: '00000000-0000-7000-8000-00000000000c',
    respondBy: new Date('2026-03-04T05:06:07Z'),
    type: 'assessment-referral',
    schemaVersion: '1.0',
    from: 'fr-rys',
    to: 'gb-ctac',
  }
  const receipt = { id: '00000000-0000-7000-8000-00000000000d', jws: 'receipt.of.it' }
  const message = makeMessage()
  const made = {
    ...message,
    size: 4711,
    receipt,
    requestId: '00000000-0000-7000-8000-00000000000e',
    envelope: { ...message.envelope, ...said, priority: 'urgent' as const },
  }
  // One that is used already stands before it, so that nothing is at the place that its number tells.
  const used = makeMessage()
  await acceptMessages(database, [used])
  expect(await acceptMessages(database, [used, made])).toEqual([{ outcome: 'used' }, { outcome: 'made' }])
  const { rows } = await database.query('select * from message join case_key using (case_id) where id = $1', [said.id])
  expect(rows).toEqual([
    {
      no: expect.any(Number),
      sender: said.from,
      id: said.id,
      recipient: said.to,
      case_id: said.caseId,
      type: said.type,
      schema_version: said.schemaVersion,
      priority: 1,
      in_reply_to: said.inReplyTo,
      respond_by: said.respondBy,
      request_id: made.requestId,
      digest: made.digest,
      size: 4711,
      accepted_at: made.acceptedAt,
      sealed: made.sealed,
      wrapped: made.key.wrapped,
    },
  ])
  const [no] = rows.map((row: { no: number }) => row.no)
  const delivery = await database.query('select * from delivery where message_no = $1', [no])
  expect(delivery.rows).toMatchObject([
    { recipient: said.to, priority: 1, state: 'accepted', due_at: made.acceptedAt, desk: null, attempts: 0 },
  ])
  const leaf = await database.query('select * from leaf where message_no = $1', [no])
  expect(leaf.rows).toEqual([
    {
      index: 1,
      id: receipt.id,
      typ: 'delivery-receipt+jws',
      jws: Buffer.from(receipt.jws),
      event: 'SubmissionAcceptance',
      message_no: no,
      feed: said.from,
    },
  ])
})

test('a plan made while the tables are empty goes by index: it stays good when they no longer are', async () => {
  await openRecord()
  const plan = async (statement: string): Promise<string> => {
    const { rows } = await database.query<{ 'QUERY PLAN': string }>(`explain ${statement}`)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
  const deliveries = await plan(
    'update delivery d set attempts = 1 from unnest(array[1, 2]::bigint[]) as i (no) where d.message_no = i.no',
  )
  expect(deliveries).toContain('Index Scan using delivery_pkey')
  const messages = await plan(
    `select no from unnest(array['fr-rys'], array[gen_random_uuid()]) as wanted (sender, id) join message using (sender, id)`,
  )
  expect(messages).toContain('Index Scan using message_sender_id_key')
})

test('a plain array is read as it was meant; what would have to be escaped is refused', async () => {
  const plain = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => !/["\\\p{Cc}]/u.test(text) && text.isWellFormed())
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(plain), { maxLength: 5 }), async (values) => {
      const { rows } = await database.query<{ read: unknown }>('select $1::text[] as read', [list(values)])
      expect(rows[0]?.read).toEqual(values)
    }),
    { seed: 1, numRuns: 200 },
  )
  const at = new Date('2026-03-02T10:00:00.123Z')
  const { rows } = await database.query('select $1::int[] as a, $2::timestamptz[] as b, $3::boolean[] as c', [
    list([1, -2]),
    list([at, null]),
    list([true, false]),
  ])
  expect(rows).toEqual([{ a: [1, -2], b: [at, null], c: [true, false] }])
  for (const wrong of ['"', '\\', 'a\nb', '\u0000', '\ud800']) expect(() => list([wrong])).toThrow(RangeError)
})

test('a server that falls silent is given up, and what was asked of it fails as an outage', async () => {
  const { port, searchParams } = new URL(own.url)
  const folder = searchParams.get('host') ?? ''
  const sockets: Socket[] = []
  let isSilent = false
  const proxy = createServer((client) => {
    const server = connect(join(folder, `.s.PGSQL.${port || 5432}`))
    sockets.push(client, server)
    client.on('data', (chunk) => void (isSilent || server.write(chunk))).on('error', () => undefined)
    server.on('data', (chunk) => void client.write(chunk)).on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const url = new URL(own.url)
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  url.searchParams.delete('host')
  const beyond = openDatabase(url.href, () => undefined, 50)
  try {
    await beyond.query('select 1')
    isSilent = true
    const failure: unknown = await beyond.query('select 1').catch((error: unknown) => error)
    expect(isOutage(failure)).toBe(true)
  } finally {
    await beyond.end()
    for (const socket of sockets) socket.destroy()
    proxy.close()
  }
})
