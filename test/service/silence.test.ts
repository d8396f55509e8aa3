import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DevelopmentPki, makeDevelopmentPki } from '../../certs-dev/tree.ts'
import { tellOverdueOnce, tellUnreadOnce } from '../../gateway/delivery/silence.ts'
import { overdueSince } from '../../gateway/operations/alarms.ts'
import { openActs } from '../../gateway/operations/perform.ts'
import { overdueAnswers, tellOverdue } from '../../gateway/record/awaited-answers.ts'
import { type Queryable, transaction } from '../../gateway/record/database.ts'
import { feedOf } from '../../gateway/record/leaves.ts'
import { findMessages, type MessageRow } from '../../gateway/record/messages.ts'
import { silences } from '../../gateway/record/silences.ts'
import { readIdentity, signAcknowledgement } from '../../sdk/sign.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { startEndpoint } from '../support/endpoint.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { type RegistryFile, until } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
import { openParts, seed, type Seed, type TestParts } from '../support/parts.ts'

const KENT = 'gb-la-e10000016'
const OFFICE = 'gb-home-office'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** 16:00 of a Friday that is still to come: certificates are made now. */
const FRIDAY = new Date(Math.ceil(Date.now() / (7 * DAY)) * 7 * DAY + DAY + 16 * HOUR)

let folder: TemporaryFolder
let pki: DevelopmentPki
let database: TestDatabase
let opened: TestParts[]
let now: Date

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await makeDevelopmentPki(join(folder.path, 'pki'))
})
afterAll(() => folder.remove())
beforeEach(async () => {
  database = await createDatabase()
  opened = []
  now = new Date()
})
afterEach(async () => {
  for (const parts of opened) await parts[Symbol.asyncDispose]()
  await database.drop()
})

const after = (ms: number): Date => new Date(now.getTime() + ms)
const wait = (ms: number): void => void (now = after(ms))

/** Each is a process, as far as the record can tell. */
async function open(change: (registry: RegistryFile) => void = () => undefined): Promise<TestParts> {
  const registry = JSON.parse(await readFile(join(pki.folder, 'agencies.json'), 'utf8')) as RegistryFile
  change(registry)
  const parts = await openParts(pki, database.url, JSON.stringify(registry), { now: () => now })
  opened.push(parts)
  return parts
}

function changeAgency(id: string, values: object) {
  return (registry: RegistryFile) => void Object.assign(registry.agencies.find((one) => one.id === id) ?? {}, values)
}

const question: Seed = { from: 'gb-ctac', to: OFFICE, type: 'status-check-request', priority: 1, respondBy: null }
const answerTo = (message: Pick<MessageRow, 'id' | 'case_id'>): Seed => {
  return { from: OFFICE, to: 'gb-ctac', type: 'status-check-result', priority: 1, respondBy: null, answers: message }
}

async function send(parts: TestParts, ...seeds: readonly Seed[]): Promise<readonly MessageRow[]> {
  const numbers = await seed(pki, parts, seeds, now)
  const { rows } = await parts.database.query<{ sender: string; id: string }>(
    'select sender, id from message where no = any($1) order by no',
    [numbers],
  )
  return (await findMessages(parts.database, rows)).flatMap((row) => row ?? [])
}

async function ask(parts: TestParts, values: Partial<Seed> = {}): Promise<MessageRow> {
  const [message] = await send(parts, { ...question, respondBy: after(MINUTE), ...values })
  if (message === undefined) throw new Error('a question was asked')
  return message
}

/** The events of the log in order, with those whom they are about and whom they are told. */
async function feed(parts: TestParts, agency: string): Promise<readonly string[]> {
  const entries = await feedOf(parts.database, agency, -1, 1_000)
  expect(entries.map(({ index }) => index)).toEqual(entries.map(({ index }) => index).toSorted((a, b) => a - b))
  return entries.map(({ jws }) => payloadOf(jws)['event'] as string)
}

const payloadOf = (jws: string) =>
  JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>

const told = async (parts: TestParts, event: string): Promise<number> =>
  (await parts.database.query('select from leaf where event = $1', [event])).rowCount ?? 0
const overdue = (parts: TestParts) => told(parts, 'ResponseOverdue')
const expired = (parts: TestParts) => told(parts, 'AcceptanceRejectionExpiry')

describe('an answer that does not come', () => {
  test('is told to both sides, once, when its time has passed and not before', async () => {
    const parts = await open()
    const asked = await ask(parts)
    wait(MINUTE - 1)
    await tellOverdueOnce(parts)
    expect(await overdue(parts)).toBe(0)
    wait(1)
    const woken = new AbortController()
    const heard = Promise.all(
      [asked.sender, asked.recipient].map((agency) =>
        parts.wakes.next(`receipts:${agency}`, MINUTE, woken.signal).then(() => agency),
      ),
    )
    await tellOverdueOnce(parts)
    expect(await heard).toEqual([asked.sender, asked.recipient])
    for (let again = 0; again < 3; again++) {
      wait(DAY)
      await tellOverdueOnce(parts)
    }
    expect(await feed(parts, asked.sender)).toEqual(['SubmissionAcceptance', 'ResponseOverdue'])
    expect(await feed(parts, asked.recipient)).toEqual(['ResponseOverdue'])
    expect(await feed(parts, KENT)).toEqual([])
    const [, receipt = ''] = await parts.receiptsOf(asked)
    expect(payloadOf(receipt)).toEqual({
      receiptId: expect.any(String) as string,
      event: 'ResponseOverdue',
      messageId: asked.id,
      caseId: asked.case_id,
      type: asked.type,
      from: asked.sender,
      to: asked.recipient,
      messageDigest: `sha-256:${asked.digest.toString('base64url')}`,
      at: new Date(now.getTime() - 3 * DAY).toISOString(),
      gateway: parts.keys.id,
      attempt: 0,
    })
    expect(await parts.metrics.registry.metrics()).toContain('passerelle_answers_overdue_total 1')
  })

  test('is told at once where its time was past when the question was accepted', async () => {
    const parts = await open()
    await ask(parts, { respondBy: after(-DAY) })
    await tellOverdueOnce(parts)
    expect(await overdue(parts)).toBe(1)
  })

  test('is told once by many processes that look at the same time, thousands at once', async () => {
    const processes = await Promise.all([open(), open(), open()])
    const [parts] = processes
    await send(parts, ...Array.from({ length: 1_500 }, () => ({ ...question, respondBy: now })))
    await Promise.all(
      processes.map(async (one) => {
        while ((await overdueAnswers(one.database, now, 1)).length > 0) await tellOverdueOnce(one)
      }),
    )
    const { rows } = await parts.database.query(
      `select count(*) as told, count(distinct message_no) as messages, (select count(*) from leaf_in_feed) as owed
       from leaf where event = 'ResponseOverdue'`,
    )
    expect(rows).toEqual([{ told: 1_500, messages: 1_500, owed: 1_500 }])
  })

  test('one look goes on until nothing is due', async () => {
    const parts = await open()
    await send(parts, ...Array.from({ length: 250 }, () => ({ ...question, respondBy: now })))
    const turns = [await tellOverdueOnce(parts), await tellOverdueOnce(parts), await tellOverdueOnce(parts)]
    expect(turns).toEqual([true, true, false])
    expect(await overdue(parts)).toBe(250)
  })

  test('is not told where an answer was accepted first; another answer to the same question changes nothing', async () => {
    const parts = await open()
    const asked = await ask(parts)
    const other = await ask(parts)
    await send(parts, answerTo(asked))
    await send(parts, answerTo(asked))
    wait(DAY)
    await tellOverdueOnce(parts)
    expect(await feed(parts, OFFICE)).toEqual(['SubmissionAcceptance', 'SubmissionAcceptance', 'ResponseOverdue'])
    expect((await parts.receiptsOf(other)).map((jws) => payloadOf(jws)['event'])).toContain('ResponseOverdue')
    // It comes late: it is awaited no more, and no alarm is on.
    expect(await silences(parts.database, overdueSince(now))).toEqual([{ agency: OFFICE, overdue: 1, unread: 0 }])
    await send(parts, answerTo(other))
    expect(await silences(parts.database, overdueSince(now))).toEqual([])
  })

  test('is no answer: what another agency says, or the same under an id that somebody else has used', async () => {
    const parts = await open()
    const asked = await ask(parts)
    const stranger = { ...answerTo(asked), from: KENT }
    const elsewhere = { ...answerTo(asked), to: KENT }
    await send(parts, stranger, elsewhere)
    wait(MINUTE)
    await tellOverdueOnce(parts)
    expect(await overdue(parts)).toBe(1)
  })

  test('of a type that nothing answers is not told, whatever time it names', async () => {
    const parts = await open()
    await ask(parts, { type: 'family-link', to: KENT })
    wait(MINUTE)
    expect(await tellOverdueOnce(parts)).toBe(false)
    expect(await overdue(parts)).toBe(0)
    expect((await parts.database.query('select from awaited_answer')).rowCount).toBe(0)
  })

  test('raises an alarm until the answer comes, for a week at most', async () => {
    const parts = await open()
    await ask(parts)
    await ask(parts)
    wait(MINUTE)
    expect(await silences(parts.database, overdueSince(now))).toEqual([])
    await tellOverdueOnce(parts)
    expect(await silences(parts.database, overdueSince(now))).toEqual([{ agency: OFFICE, overdue: 2, unread: 0 }])
    wait(7 * DAY)
    expect(await silences(parts.database, overdueSince(now))).toEqual([])
  })

  test('is told of a message that was refused, is a dead letter or has not left, and not of one that was discarded', async () => {
    const parts = await open()
    const [refused, dead, waiting, discarded] = await Promise.all([ask(parts), ask(parts), ask(parts), ask(parts)])
    const put = (message: MessageRow, state: string) =>
      parts.database.query('update delivery set state = $2 where message_no = $1', [message.no, state])
    await put(refused, 'refused')
    await put(dead, 'dead-lettered')
    await put(discarded, 'dead-lettered')
    const acts = openActs({ ...parts, enqueue: () => undefined })
    for (const id of ['duty', 'manager'])
      await acts.onMessage('discard', discarded, { operator: { id, name: id }, reason: 'Told by telephone' })
    wait(MINUTE)
    await tellOverdueOnce(parts)
    const of = async (message: MessageRow) => {
      const receipts = await parts.receiptsOf(message)
      return receipts.map((jws) => payloadOf(jws)['event']).includes('ResponseOverdue')
    }
    expect(await Promise.all([refused, dead, waiting, discarded].map(of))).toEqual([true, true, true, false])
    expect((await parts.database.query('select from awaited_answer where told_at is null')).rowCount).toBe(0)
  })

  test('is told whether the agencies are there or not', async () => {
    const parts = await open((registry) => {
      changeAgency(OFFICE, { status: 'suspended' })(registry)
      registry.agencies = registry.agencies.filter(({ id }) => id !== 'gb-ctac')
    })
    const asked = await ask(parts)
    wait(MINUTE)
    await tellOverdueOnce(parts)
    expect(await feed(parts, asked.sender)).toContain('ResponseOverdue')
    expect(await feed(parts, asked.recipient)).toEqual(['ResponseOverdue'])
  })

  test('who asks itself is told once', async () => {
    const parts = await open()
    await ask(parts, { type: 'information-request', to: 'gb-ctac' })
    wait(MINUTE)
    await tellOverdueOnce(parts)
    expect(await feed(parts, 'gb-ctac')).toEqual(['SubmissionAcceptance', 'ResponseOverdue'])
  })
})

describe('an answer that comes as the other side is told that it is overdue', () => {
  /** Waits until as many sessions of this database wait for a lock. */
  const waiting = (parts: TestParts) =>
    until(async () => {
      const { rows } = await parts.database.query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows[0]?.waiting === 1
    })

  /** Holds all that a transaction has written until it is let go on. */
  async function hold(parts: TestParts, work: (tx: Queryable) => Promise<unknown>) {
    const [ready, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const done = transaction(parts.database, async (tx) => {
      await work(tx)
      ready.resolve()
      await go.promise
      return { result: undefined }
    })
    await Promise.race([ready.promise, done])
    return async () => {
      go.resolve()
      await done
    }
  }

  test('and is accepted first: nobody is told', async () => {
    const parts = await open()
    const asked = await ask(parts)
    wait(MINUTE)
    const commit = await hold(parts, (tx) => send({ ...parts, database: tx as pg.Pool }, answerTo(asked)))
    const telling = tellOverdueOnce(parts)
    await waiting(parts)
    await commit()
    await telling
    expect(await overdue(parts)).toBe(0)
    expect(await feed(parts, OFFICE)).toEqual(['SubmissionAcceptance'])
  })

  test('and is told first: it stands before the answer in the log', async () => {
    const parts = await open()
    const asked = await ask(parts)
    wait(MINUTE)
    const commit = await hold(parts, async (tx) => {
      const about = {
        messageId: asked.id,
        caseId: asked.case_id,
        type: asked.type,
        from: asked.sender,
        to: asked.recipient,
      }
      const receipt = await parts.issuer.receipt(
        { event: 'ResponseOverdue', ...about, digest: asked.digest, attempt: 0 },
        now,
      )
      await tellOverdue(tx, [{ message: asked, receipt }], now)
    })
    const answering = send(parts, answerTo(asked))
    await waiting(parts)
    await commit()
    await answering
    expect(await feed(parts, OFFICE)).toEqual(['ResponseOverdue', 'SubmissionAcceptance'])
    expect((await parts.database.query('select from awaited_answer')).rowCount).toBe(0)
  })

  test('again and again: it is told before the answer or never, and nobody waits in a circle', async () => {
    const [parts, other] = await Promise.all([open(), open()])
    for (let round = 0; round < 15; round++) {
      const asked = await send(parts, ...Array.from({ length: 40 }, () => ({ ...question, respondBy: now })))
      const answers = asked.map(answerTo)
      await Promise.all([
        send(parts, ...answers),
        tellOverdueOnce(other),
        // Another answer to each, in another batch.
        send(parts, ...answers),
        tellOverdueOnce(parts),
      ])
    }
    const { rows } = await parts.database.query<{ early: number; late: number; twice: number }>(`
      select count(*) filter (where told.index < answered.first)::int as early,
        count(*) filter (where told.index > answered.first)::int as late,
        (count(*) - count(distinct told.message_no))::int as twice
      from leaf told join message m on m.no = told.message_no join lateral (
        select min(index) as first from message a join leaf l on l.message_no = a.no
        where a.case_id = m.case_id and a.in_reply_to = m.id) answered on true
      where told.event = 'ResponseOverdue'`)
    expect(rows[0]).toMatchObject({ late: 0, twice: 0 })
    expect((await parts.database.query('select from awaited_answer')).rowCount).toBe(0)
  })
})

test('a feed of both kinds is in order, and a cursor skips none and repeats none, whatever the size of a page', async () => {
  const parts = await open()
  for (let round = 0; round < 6; round++) {
    await send(
      parts,
      { ...question, respondBy: now },
      answerTo({ id: crypto.randomUUID(), case_id: crypto.randomUUID() }),
    )
    await tellOverdueOnce(parts)
  }
  const { rows } = await parts.database.query<{ index: number }>(
    `select index from leaf left join message on no = message_no
     where feed = $1 or (recipient = $1 and event = 'ResponseOverdue') order by index`,
    [OFFICE],
  )
  const whole = rows.map(({ index }) => index)
  expect(whole).toHaveLength(12)
  for (const size of [1, 2, 5, 100]) {
    const seen: number[] = []
    for (let page = [-1]; page.length > 0; seen.push(...page))
      page = (await feedOf(parts.database, OFFICE, seen.at(-1) ?? -1, size)).map(({ index }) => index)
    expect(seen).toEqual(whole)
  }
})

describe('a message that lies unread', () => {
  const toKent: Seed = { from: 'gb-ctac', to: KENT, type: 'assessment-referral', priority: 1, respondBy: null }
  const office = {
    id: 'front-door',
    name: { en: 'Front door', fr: 'Accueil' },
    delivery: { mode: 'mailbox' },
    hours: {
      timeZone: 'UTC',
      open: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
    },
  }

  async function consign(parts: TestParts, values: Partial<Seed> = {}): Promise<MessageRow> {
    const [message] = await send(parts, { ...toKent, ...values })
    if (message === undefined) throw new Error('a message was sent')
    await parts.work({ recipient: message.recipient, priority: message.priority })
    return message
  }

  async function acknowledge(parts: TestParts, { sender, id, digest, recipient }: MessageRow): Promise<string> {
    const { signer } = await readIdentity(join(pki.folder, 'agencies', recipient))
    const agency = parts.registry().agencies.get(recipient)
    if (agency === undefined) throw new Error('it is in the registry')
    const messageDigest = `sha-256:${digest.toString('base64url')}`
    const said = { messageId: id, messageDigest, at: now.toISOString(), outcome: 'accepted' } as const
    const { state } = await parts.acknowledge(
      agency,
      sender,
      id,
      Buffer.from(await signAcknowledgement(said, signer, now)),
    )
    return state
  }

  /** Looks at every step, as it would be looked at each second. @returns when the sender was told, in ms from `from` */
  async function toldAfter(parts: TestParts, step: number, most: number): Promise<number> {
    const from = now.getTime()
    while (now.getTime() - from < most) {
      wait(step)
      await tellUnreadOnce(parts)
      if ((await expired(parts)) > 0) return now.getTime() - from
    }
    return Infinity
  }

  test.each([
    ['immediate', 0, 15 * MINUTE],
    ['urgent', 1, DAY],
    ['routine', 2, 3 * DAY],
  ])('%s is told to its sender, once, when it has lain for so long', async (_, priority, limit) => {
    const parts = await open()
    const message = await consign(parts, { priority })
    wait(limit - 1)
    await tellUnreadOnce(parts)
    expect(await expired(parts)).toBe(0)
    wait(1)
    await tellUnreadOnce(parts)
    wait(30 * DAY)
    await tellUnreadOnce(parts)
    expect(await feed(parts, message.sender)).toEqual([
      'SubmissionAcceptance',
      'ContentConsignment',
      'AcceptanceRejectionExpiry',
    ])
    expect(await feed(parts, KENT)).toEqual([])
    const receipt = (await parts.receiptsOf(message)).at(-1) ?? ''
    expect(payloadOf(receipt)).toMatchObject({ messageId: message.id, attempt: 1, gateway: parts.keys.id })
    expect(await silences(parts.database, overdueSince(now))).toEqual([{ agency: KENT, overdue: 0, unread: 1 }])
  })

  test('may be acknowledged after that: then no alarm is on', async () => {
    const parts = await open()
    const message = await consign(parts)
    wait(DAY)
    await tellUnreadOnce(parts)
    expect(await acknowledge(parts, message)).toBe('handed-over')
    expect(await silences(parts.database, overdueSince(now))).toEqual([])
    expect((await feed(parts, message.sender)).at(-1)).toBe('ContentHandover')
  })

  test('is not told where it was acknowledged before', async () => {
    const parts = await open()
    await acknowledge(parts, await consign(parts))
    wait(30 * DAY)
    expect(await tellUnreadOnce(parts)).toBe(false)
    expect(await expired(parts)).toBe(0)
  })

  test('is told once by several processes', async () => {
    const processes = await Promise.all([open(), open()])
    const [parts] = processes
    await send(parts, ...Array.from({ length: 300 }, () => toKent))
    await parts.work({ recipient: KENT, priority: 1 })
    wait(DAY)
    await Promise.all(
      processes.map(async (one) => {
        for (let turn = 0; turn < 10; turn++) await tellUnreadOnce(one)
      }),
    )
    const { rows } = await parts.database.query(
      `select count(*) as told, count(distinct message_no) as messages from leaf where event = 'AcceptanceRejectionExpiry'`,
    )
    expect(rows).toEqual([{ told: 300, messages: 300 }])
  })

  test.each([false, true])('was taken by an endpoint, which acknowledged it at once: %s', async (answers) => {
    const pair = await readPair(pki.folder, 'gateway/tls')
    const { signer } = await readIdentity(join(pki.folder, 'agencies', KENT))
    let message: MessageRow | undefined
    const answer = async (): Promise<string> => {
      if (message === undefined || !answers) return ''
      const messageDigest = `sha-256:${message.digest.toString('base64url')}`
      const said = { messageId: message.id, messageDigest, at: now.toISOString(), outcome: 'accepted' } as const
      return await signAcknowledgement(said, signer, now)
    }
    const endpoint = await startEndpoint((_request, response) => void answer().then((said) => response.end(said)), pair)
    const trustAnchors = await readFile(join(pki.folder, 'trust/ca.crt'), 'utf8')
    const parts = await open(changeAgency(KENT, { delivery: { mode: 'push', url: endpoint.url, trustAnchors } }))
    ;[message] = await send(parts, toKent)
    await parts.work({ recipient: KENT, priority: 1 })
    wait(DAY)
    await tellUnreadOnce(parts)
    expect(await expired(parts)).toBe(answers ? 0 : 1)
    endpoint.server.close()
  })

  test('over a weekend does not count it, for its desk is closed; what is immediate counts always', async () => {
    now = FRIDAY
    const parts = await open(changeAgency(KENT, { desks: [office] }))
    await consign(parts)
    // An hour on Friday, eight on Monday and on Tuesday, seven on Wednesday.
    expect(await toldAfter(parts, HOUR / 2, 10 * DAY)).toBe(5 * DAY)

    now = FRIDAY
    await parts.database.query('truncate leaf, delivery')
    await consign(parts, { priority: 0 })
    wait(HOUR)
    await tellUnreadOnce(parts)
    expect(await expired(parts)).toBe(1)
  })

  test('counts hours as they are when it is looked at', async () => {
    now = FRIDAY
    const first = await open(changeAgency(KENT, { desks: [office] }))
    await consign(first)
    wait(2 * DAY)
    await tellUnreadOnce(first)
    expect(await expired(first), 'closed since Friday').toBe(0)
    // The desk is open on weekends, too, and has been so, as far as anybody knows.
    const always = {
      ...office,
      hours: { timeZone: 'UTC', open: [{ days: [...weekdays, 'sat', 'sun'], from: '00:00', to: '24:00' }] },
    }
    const second = await open(changeAgency(KENT, { desks: [always] }))
    wait(HOUR)
    await tellUnreadOnce(second)
    expect(await expired(second)).toBe(1)
  })

  test('at a desk that the registry no longer has counts as at the agency itself, always open', async () => {
    now = FRIDAY
    const first = await open(changeAgency(KENT, { desks: [office] }))
    await consign(first)
    const second = await open()
    wait(DAY)
    await tellUnreadOnce(second)
    expect(await expired(second)).toBe(1)
  })

  test('counts no time in which its agency was suspended, or not in the registry', async () => {
    const parts = await open()
    const active = parts.registry()
    const others = new Map([...active.agencies].filter(([id]) => id !== KENT))
    const suspended = new Map(active.agencies).set(KENT, { ...kentOf(parts), status: 'suspended' })
    const release = () => undefined
    await parts.enforce(active, release)
    await consign(parts)
    wait(10 * HOUR)
    await parts.enforce({ ...active, agencies: suspended }, release)
    wait(2 * DAY)
    await tellUnreadOnce(parts)
    await parts.enforce(active, release)
    wait(10 * HOUR)
    await parts.enforce({ ...active, agencies: others }, release)
    wait(5 * DAY)
    await tellUnreadOnce(parts)
    await parts.enforce(active, release)
    expect(await expired(parts)).toBe(0)
    expect(await toldAfter(parts, HOUR / 2, DAY)).toBe(4 * HOUR)
  })

  test('in the mailbox of a suspended agency is told where a child is in danger', async () => {
    const parts = await open()
    const active = parts.registry()
    await consign(parts, { priority: 0 })
    const suspended = new Map(active.agencies).set(KENT, { ...kentOf(parts), status: 'suspended' })
    await parts.enforce({ ...active, agencies: suspended }, () => undefined)
    wait(15 * MINUTE)
    await tellUnreadOnce(parts)
    expect(await expired(parts)).toBe(1)
  })

  const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri']
  function kentOf(parts: TestParts) {
    const kent = parts.registry().agencies.get(KENT)
    if (kent === undefined) throw new Error('Kent is in the registry')
    return kent
  }
})

test('what lay unread, and what was not answered, when this release came is found', async () => {
  const parts = await open()
  const [lying, asked, answered] = await send(
    parts,
    { ...question, type: 'assessment-referral', to: KENT },
    ...[1, 2].map(() => ({ ...question, respondBy: after(-HOUR) })),
  )
  if (lying === undefined || asked === undefined || answered === undefined) throw new Error('they were sent')
  await send(parts, answerTo(answered))
  await parts.work({ recipient: KENT, priority: 1 })
  // As the release before left it.
  await parts.database.query(`
    drop table awaited_answer, leaf_in_feed, held;
    alter table delivery drop consigned_at, drop unread_at, drop expired_at`)
  await parts.database.query(
    await readFile(join(import.meta.dirname, '../../gateway/record/migrations/010-silence.sql'), 'utf8'),
  )
  await tellOverdueOnce(parts)
  expect((await parts.receiptsOf(asked)).map((jws) => payloadOf(jws)['event'])).toContain('ResponseOverdue')
  expect(await overdue(parts)).toBe(1)
  now = after(DAY + MINUTE)
  await tellUnreadOnce(parts)
  expect(await expired(parts)).toBe(1)
})
