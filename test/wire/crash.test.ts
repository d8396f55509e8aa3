import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAgency, type TestAgency } from '../support/agency.ts'
import { startGateway, type TestGateway, until } from '../support/gateway.ts'
import { type Load, listInbox, readFeed, startLoad } from '../support/load.ts'
import { freePort } from '../support/port.ts'

const COUNT = 480

let gateway: TestGateway
let senders: TestAgency[]
let recipient: TestAgency

beforeAll(async () => {
  // Fixed ports: whoever is sending finds the gateway again where it was. No DATABASE_URL: PostgreSQL dies with the machine.
  const [port, operations] = [await freePort(), await freePort()]
  gateway = await startGateway({
    DATABASE_URL: '',
    PASSERELLE_PORT: `${port}`,
    PASSERELLE_OPERATIONS_PORT: `${operations}`,
    PASSERELLE_RATE_LIMIT: '100000',
  })
  senders = await Promise.all(['fr-rys', 'fr-dep-62'].map((id) => openAgency(gateway, id)))
  recipient = await openAgency(gateway, 'gb-ctac')
})

afterAll(async () => {
  for (const agency of [...(senders ?? []), recipient]) await agency?.[Symbol.asyncDispose]()
  await gateway?.[Symbol.asyncDispose]()
})

/** The lines of the file in which PostgreSQL says who and where it is. */
const postmaster = (): string[] => readFileSync(join(gateway.data, 'postgres/postmaster.pid'), 'utf8').split('\n')

/** SIGKILL to everything: the gateway's group, PostgreSQL's, and each of its processes, which have groups of their own. */
async function loseMachine(): Promise<void> {
  const pid = Number(postmaster()[0])
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  await gateway.process.kill()
  for (const one of [pid, ...children]) {
    try {
      process.kill(one, 'SIGKILL')
    } catch {
      // A process that has ended meanwhile is as dead as the others.
    }
  }
  await gateway.restart()
}

/** Reads and acknowledges what waits, as the recipient does all the while, until the load is done. */
async function keepAcknowledging(load: Load, acknowledged: Set<string>): Promise<void> {
  const over = new AbortController()
  void load.done.finally(() => over.abort()).catch(() => undefined)
  while (!over.signal.aborted) {
    const { messages } = await recipient.client.inbox({ limit: 5, wait: 1 })
    for (const entry of messages) {
      const received = await recipient.client.read(entry)
      expect(Buffer.from(received.bytes).toString()).toBe(load.sent.get(entry.messageId))
      await recipient.client.acknowledge(received, 'accepted')
      acknowledged.add(entry.messageId)
    }
  }
}

test('SIGKILL under load, three times of everything and once of the gateway alone, loses and invents nothing', async () => {
  const load = startLoad({ senders, to: 'gb-ctac', type: 'referral', count: COUNT })
  const acknowledged = new Set<string>()
  const reading = keepAcknowledging(load, acknowledged)
  for (const [at, lose] of [loseMachine, gateway.restart, loseMachine, loseMachine].entries()) {
    await load.reached(((at + 1) * COUNT) / 5)
    await lose()
  }
  await load.done
  await reading
  expect(load.accepted.size).toBe(COUNT)

  await until(async () => (await listInbox(recipient)).length + acknowledged.size >= COUNT)
  const waiting = await listInbox(recipient)
  const delivered = [...acknowledged, ...waiting.map(({ messageId }) => messageId)]
  expect(new Set(delivered)).toEqual(new Set(load.accepted.keys()))
  expect(delivered.length, 'each is either acknowledged or waiting').toBe(COUNT)
  for (const entry of waiting.slice(0, 50)) {
    const { bytes } = await recipient.client.read(entry)
    expect(Buffer.from(bytes).toString()).toBe(load.sent.get(entry.messageId))
  }

  const feeds = await Promise.all(senders.map(readFeed))
  const events = new Map(feeds.flatMap((feed) => [...feed.events]))
  expect(new Set(events.keys())).toEqual(new Set(load.sent.keys()))
  for (const [id, said] of events) {
    const expected = [
      'SubmissionAcceptance',
      'ContentConsignment',
      ...(acknowledged.has(id) ? ['ContentHandover'] : []),
    ]
    expect(said).toEqual(expected)
  }

  const again = [...load.sent].filter((_, at) => at % 10 === 0)
  for (const [id, message] of again) {
    const sender = senders.find(({ id: from }) => message.includes('.') && readFrom(message) === from)
    expect(await sender?.client.submit(message)).toMatchObject({ replayed: true, receipt: load.accepted.get(id) })
  }
  await checkLog()
}, 120_000)

const readFrom = (message: string): string =>
  (JSON.parse(Buffer.from(message.split('.')[1] ?? '', 'base64url').toString()) as { from: string }).from

/** The evidence log has every index once, and no receipt of a message that is not in the record. */
async function checkLog(): Promise<void> {
  const record = new pg.Client({ host: postmaster()[4], user: 'passerelle', database: 'passerelle' })
  await record.connect()
  try {
    const { rows } = await record.query(`
      select (select size from log) = count(*) as whole, min(index)::int as first, max(index) = count(*) - 1 as contiguous,
        count(distinct id) = count(*) as each_once,
        (select count(*)::int from leaf l where message_no is not null and not exists (select from message where no = l.message_no)) as strangers,
        (select count(*)::int from message m where not exists (select from delivery where message_no = m.no)) as undeliverable
      from leaf`)
    expect(rows).toEqual([{ whole: true, first: 0, contiguous: true, each_once: true, strangers: 0, undeliverable: 0 }])
  } finally {
    await record.end()
  }
}
