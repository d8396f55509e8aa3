import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { sweepOnce } from '../../gateway/delivery/sweep.ts'
import { lease, lockDue } from '../../gateway/record/deliveries.ts'
import { transaction } from '../../gateway/record/database.ts'
import { readIdentity } from '../../sdk/identity.ts'
import { signAcknowledgement } from '../../sdk/sign.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { startEndpoint, answerWith } from '../support/endpoint.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import type { RegistryFile } from '../support/gateway.ts'
import { readPair } from '../support/handshake.ts'
import { openParts, seed, type TestParts } from '../support/parts.ts'
import { copyPki } from '../support/pki.ts'

const KENT = 'gb-la-e10000016'
const toKent = { from: 'gb-ctac', to: KENT, type: 'assessment-referral' }
const MINUTE = 60_000

let folder: TemporaryFolder
let pki: DevelopmentPki
let database: TestDatabase
let opened: TestParts[]

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await copyPki(join(folder.path, 'pki'))
})
afterAll(() => folder.remove())
beforeEach(async () => {
  database = await createDatabase()
  opened = []
})
afterEach(async () => {
  for (const parts of opened) await parts[Symbol.asyncDispose]()
  await database.drop()
})

/** Each is a process, as far as the record can tell. */
async function open(change: (registry: RegistryFile) => void = () => undefined, now?: () => Date): Promise<TestParts> {
  const registry = JSON.parse(await readFile(join(pki.folder, 'agencies.json'), 'utf8')) as RegistryFile
  change(registry)
  const parts = await openParts(pki, database.url, JSON.stringify(registry), now && { now })
  opened.push(parts)
  return parts
}

function changeAgency(id: string, values: object) {
  return (registry: RegistryFile) => void Object.assign(registry.agencies.find((one) => one.id === id) ?? {}, values)
}

async function events(parts: TestParts): Promise<readonly { events: string; messages: number }[]> {
  const { rows } = await parts.database.query<{ events: string; messages: number }>(`
    select events, count(*)::int as messages from (
      select message_no, string_agg(event, ' ' order by index) as events from leaf where message_no is not null group by 1) as one
    group by 1 order by 1`)
  return rows
}

test('a job that runs twice, in one process and in another, delivers each message once', async () => {
  const [one, other] = [await open(), await open()]
  const COUNT = 450
  await seed(
    pki,
    one,
    Array.from({ length: COUNT }, () => ({ ...toKent, priority: 2 })),
    new Date(),
  )
  const lane = { recipient: KENT, priority: 2 }
  await Promise.all([one, other, one, other].map((parts) => parts.work(lane)))
  expect(await events(one)).toEqual([{ events: 'SubmissionAcceptance ContentConsignment', messages: COUNT }])
  const { rows } =
    await one.database.query(`select count(*)::int, count(distinct consigned_leaf)::int as places from delivery d
    join leaf l on l.index = d.consigned_leaf and l.message_no = d.message_no and l.event = 'ContentConsignment'
    where state = 'consigned' and attempts = 1`)
  expect(rows).toEqual([{ count: COUNT, places: COUNT }])
})

test('a push that runs twice is sent once', async () => {
  const pair = await readPair(pki.folder, 'gateway/tls')
  const endpoint = await startEndpoint(answerWith(200), pair)
  const trustAnchors = await readFile(join(pki.folder, 'trust/ca.crt'), 'utf8')
  const change = changeAgency(KENT, { delivery: { mode: 'push', url: endpoint.url, trustAnchors } })
  const [one, other] = [await open(change), await open(change)]
  await seed(
    pki,
    one,
    Array.from({ length: 40 }, () => ({ ...toKent, priority: 1 })),
    new Date(),
  )
  const lane = { recipient: KENT, priority: 1 }
  const workers = [one, other]
  // Each job takes as many as there are places; whoever has taken them is called again until nothing is left.
  while (endpoint.seen.length < 40) await Promise.all([...workers, ...workers].map((parts) => parts.work(lane)))
  await Promise.all(workers.map((parts) => parts.work(lane)))
  const ids = endpoint.seen.map(({ request }) => request.headers['passerelle-message-id'])
  expect(ids).toHaveLength(40)
  expect(new Set(ids).size).toBe(40)
  expect(await events(one)).toEqual([{ events: 'SubmissionAcceptance ContentConsignment', messages: 40 }])
  endpoint.server.close()
})

test('an attempt is told also where the word in its answer had come another way meanwhile', async () => {
  const pair = await readPair(pki.folder, 'gateway/tls')
  const { signer } = await readIdentity(join(pki.folder, 'agencies', KENT))
  let parts: TestParts | undefined
  const answer = async (id: string): Promise<string> => {
    const message = await parts?.lookup.message(toKent.from, id)
    const agency = parts?.registry().agencies.get(KENT)
    if (!parts || !message || !agency) throw new Error('a message that nobody sent')
    const now = new Date()
    const messageDigest = `sha-256:${message.digest.toString('base64url')}`
    const said = { messageId: id, messageDigest, at: now.toISOString(), outcome: 'accepted' } as const
    const signed = await signAcknowledgement(said, signer, now)
    await parts.acknowledge(agency, toKent.from, id, Buffer.from(signed))
    return signed
  }
  const endpoint = await startEndpoint((request, response) => {
    void answer(String(request.headers['passerelle-message-id'])).then((signed) => response.end(signed))
  }, pair)
  const trustAnchors = await readFile(join(pki.folder, 'trust/ca.crt'), 'utf8')
  parts = await open(changeAgency(KENT, { delivery: { mode: 'push', url: endpoint.url, trustAnchors } }))
  await seed(pki, parts, [{ ...toKent, priority: 0 }], new Date())
  await parts.work({ recipient: KENT, priority: 0 })
  const { rows } = await parts.database.query(
    'select state, attempt, outcome from delivery join attempt using (message_no)',
  )
  expect(rows).toEqual([{ state: 'handed-over', attempt: 1, outcome: 'consigned' }])
  expect(await events(parts)).toEqual([
    { events: 'SubmissionAcceptance ContentConsignment ContentHandover', messages: 1 },
  ])
  endpoint.server.close()
})

test('every lane at once, more than the pool has connections, each with a desk that reads the age and keeps a rate', async () => {
  const parts = await open((registry) => {
    for (const agency of registry.agencies) {
      const delivery = { mode: 'mailbox', maxPerMinute: 1000 }
      const desk = {
        id: 'children',
        name: { en: 'Children', fr: 'Enfants' },
        delivery,
        handles: { ages: { from: 0, to: 99 } },
      }
      agency.desks = [desk]
    }
  })
  const agencies = [...parts.registry().agencies.keys()]
  const lanes = agencies.flatMap((recipient) => [0, 1, 2].map((priority) => ({ recipient, priority })))
  await seed(
    pki,
    parts,
    lanes.map(({ recipient, priority }) => ({ from: 'gb-ctac', to: recipient, type: 'assessment-referral', priority })),
    new Date(),
  )
  await Promise.all(lanes.map((lane) => parts.work(lane)))
  const { rows } = await parts.database.query<{ priority: number; state: string }>(
    'select priority::int, state from delivery order by priority',
  )
  // What is less pressing may have let something go ahead; nothing failed, and what is immediate has been put there.
  expect(rows.filter(({ priority }) => priority === 0).every(({ state }) => state === 'consigned')).toBe(true)
  expect(rows).toHaveLength(lanes.length)
})

test.each(['hanging', undefined])(
  'a desk with a rate does not yield to what is more pressing and waits for the endpoint of %s',
  async (hangs) => {
    const arrived = Promise.withResolvers<void>()
    let released = false
    const waiting: ServerResponse[] = []
    const pair = await readPair(pki.folder, 'gateway/tls')
    const endpoint = await startEndpoint((_request, response) => {
      if (released) response.writeHead(204).end()
      else waiting.push(response)
      if (waiting.length === 8) arrived.resolve()
    }, pair)
    const trustAnchors = await readFile(join(pki.folder, 'trust/ca.crt'), 'utf8')
    const delivery = { mode: 'push', url: endpoint.url, trustAnchors }
    const desk = (id: string, type: string, to: object) => ({
      id,
      name: { en: id, fr: id },
      delivery: to,
      handles: { types: [type] },
    })
    const rated = desk('rated', 'safeguarding-information', { mode: 'mailbox', maxPerMinute: 10 })
    const desks = hangs === undefined ? [rated] : [desk(hangs, 'assessment-referral', delivery), rated]
    const parts = await open(changeAgency(KENT, { delivery, desks }))
    await seed(
      pki,
      parts,
      [
        ...Array.from({ length: 12 }, () => ({ ...toKent, priority: 0 })),
        { ...toKent, type: 'safeguarding-information', priority: 2 },
      ],
      new Date(),
    )
    const worker = parts.openWorker()
    await worker.drain({ recipient: KENT, priority: 0 })
    await arrived.promise
    await worker.drain({ recipient: KENT, priority: 2 })
    const { rows } = await parts.database.query('select state from delivery where priority = 2')
    expect(rows).toEqual([{ state: 'consigned' }])
    released = true
    for (const response of waiting) response.writeHead(204).end()
    await worker.settle()
    endpoint.server.close()
  },
)

test('the sweep calls lanes that are due and that nobody carries, and no lane of a suspended agency', async () => {
  const start = new Date()
  let now = start
  const suspended = 'gb-la-e09000008'
  const parts = await open(changeAgency(suspended, { status: 'suspended' }), () => now)
  await seed(
    pki,
    parts,
    [
      { ...toKent, priority: 0 },
      { ...toKent, priority: 2 },
      { ...toKent, to: suspended, priority: 0 },
    ],
    start,
  )
  const called: string[] = []
  const queue = {
    recall: async (lanes: readonly { recipient: string; priority: number }[]) => {
      called.push(...lanes.map(({ recipient, priority }) => `${recipient}.${priority}`))
    },
  }
  expect(await sweepOnce(parts, queue), 'what has just come was just called').toEqual([])
  now = new Date(start.getTime() + 10_000)
  expect(await sweepOnce(parts, queue)).toHaveLength(2)
  expect(called.toSorted()).toEqual([`${KENT}.0`, `${KENT}.2`])

  // Leased: a worker has it. When the lease is over, that worker has died.
  const until = new Date(now.getTime() + MINUTE)
  await transaction(parts.database, async (tx) => {
    const due = await lockDue(tx, { recipient: KENT, priority: 0, now, limit: 10 })
    const leased = due.map(({ no }) => ({ messageNo: no, desk: undefined }))
    await lease(tx, leased, { until, deadline: new Date(now.getTime() + 60 * MINUTE) })
    return { result: undefined }
  })
  called.length = 0
  await sweepOnce(parts, queue)
  expect(called).toEqual([`${KENT}.2`])
  now = new Date(until.getTime() + 1)
  called.length = 0
  await sweepOnce(parts, queue)
  expect(called.toSorted()).toEqual([`${KENT}.0`, `${KENT}.2`])
})

test('a delivery to a suspended agency is held, whoever calls its lane', async () => {
  const parts = await open(changeAgency(KENT, { status: 'suspended' }))
  await seed(pki, parts, [{ ...toKent, priority: 0 }], new Date())
  await parts.work({ recipient: KENT, priority: 0 })
  expect(await events(parts)).toEqual([{ events: 'SubmissionAcceptance', messages: 1 }])
})

test('an adapter that throws, or is not there, makes a dead letter that the sender is told of, and its lane goes on', async () => {
  const parts = await open()
  const lane = { recipient: KENT, priority: 1 }
  await seed(pki, parts, [{ ...toKent, priority: 1 }], new Date())
  const kent = parts.registry().agencies.get(KENT)
  if (kent === undefined) throw new Error('Kent is in the registry')
  const kind = kent.kind
  Object.assign(kent, { kind: 'court' })
  await parts.work(lane)
  expect(await events(parts)).toEqual([{ events: 'SubmissionAcceptance ContentConsignmentFailure', messages: 1 }])
  const { rows } = await parts.database.query('select state, attempts, lease_until from delivery')
  expect(rows).toEqual([{ state: 'dead-lettered', attempts: 1, lease_until: null }])
  expect(await parts.metrics.registry.metrics()).toContain('passerelle_adapter_failures_total{kind="court"} 1')

  Object.assign(kent, {
    kind,
    desks: [
      {
        get handles() {
          throw new Error('a fault of ours')
        },
      },
    ],
  })
  await seed(pki, parts, [{ ...toKent, priority: 1 }], new Date())
  await parts.work(lane)
  Object.assign(kent, { desks: [] })
  await seed(pki, parts, [{ ...toKent, priority: 1 }], new Date())
  await parts.work(lane)
  expect(await events(parts)).toEqual([
    { events: 'SubmissionAcceptance ContentConsignment', messages: 1 },
    { events: 'SubmissionAcceptance ContentConsignmentFailure', messages: 2 },
  ])
})
