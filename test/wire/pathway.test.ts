import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agencies } from '../../certs-dev/agencies.ts'
import type { Envelope, Signer } from '../../sdk/index.ts'
import { newId } from '../../sdk/sign.ts'
import { makeEnvelope } from '../support/agency.ts'
import { forge, readSigner } from '../support/forge.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { expectProblem } from '../support/problem.ts'
import { openRawAs, type RawAnswer, type RawClient } from '../support/raw.ts'

/** Protocol section 5: who may send what to whom, and what answers what. Its table, written down here again. */
const table = `
  referral                  | referrer                                      | coordinator                                     |
  status-check-request      | coordinator                                   | status-checker                                  |
  status-check-result       | status-checker                                | coordinator                                     | status-check-request
  child-found               | status-checker, children-services, referrer, police | coordinator                               | status-check-request?
  assessment-referral       | coordinator                                   | children-services                               |
  safeguarding-information  | coordinator, referrer, children-services      | children-services, coordinator                  |
  safeguarding-confirmation | children-services                             | coordinator                                     | assessment-referral, safeguarding-information
  missing-notification      | referrer, children-services, coordinator      | coordinator, children-services, status-checker  |
  family-link               | coordinator                                   | children-services                               |
  information-request       | any                                           | any                                             |
  information-response      | any                                           | any                                             | information-request
  outcome                   | coordinator                                   | referrer                                        | referral
  case-closure              | coordinator                                   | participant                                     |`

const rows = table
  .trim()
  .split('\n')
  .map((line) => {
    const [type, from, to, answers] = line.split('|').map((cell, at) => (at === 0 ? cell.trim() : list(cell))) as [
      string,
      string[],
      string[],
      string[],
    ]
    return {
      type,
      from,
      to,
      answers: answers.map((each) => each.replace('?', '')),
      optional: answers.some((each) => each.endsWith('?')),
    }
  })

/** Pairs that a row has besides, each by itself. No agency of the development registry has the role of the police. */
const also: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'safeguarding-information': ['coordinator', 'police'],
  'missing-notification': ['coordinator', 'referrer'],
}

function list(cell: string): string[] {
  return cell.split(',').flatMap((word) => word.trim() || [])
}

const RYS = 'fr-rys'
const CTAC = 'gb-ctac'
const DESK = 'gb-home-office'
const KENT = 'gb-la-e10000016'
const CROYDON = 'gb-la-e09000008'
const CALAIS = 'fr-dep-62'
/** One for each role, one with two roles, and a second of a role. */
const parties = [RYS, CTAC, DESK, KENT, CROYDON, CALAIS] as const
type Party = (typeof parties)[number]
const pairs = parties.flatMap((from) => parties.filter((to) => to !== from).map((to) => ({ from, to })))

let gateway: TestGateway
let clients: Map<string, RawClient>
let signers: Map<string, Signer>

beforeAll(async () => {
  gateway = await startGateway({ PASSERELLE_RATE_LIMIT: '100000' })
  clients = new Map()
  signers = new Map()
  for (const id of parties) {
    clients.set(id, await openRawAs(gateway, `agencies/${id}/tls`))
    signers.set(id, await readSigner(gateway.pki.folder, `agencies/${id}/signing`))
  }
})

afterAll(async () => {
  for (const client of clients.values()) client[Symbol.dispose]()
  await gateway[Symbol.asyncDispose]()
})

const rolesOf = (id: string) => agencies.find((agency) => agency.id === id)?.roles ?? []
const holds = (parties: readonly string[], id: string) =>
  parties.some((role) => role === 'any' || role === 'participant' || rolesOf(id).includes(role))

function send(envelope: Envelope): Promise<RawAnswer> {
  const client = clients.get(envelope.from)
  const signer = signers.get(envelope.from)
  if (client === undefined || signer === undefined) throw new Error(`${envelope.from} does not play`)
  return client.post('/v1/messages', forge({ payload: envelope, signer }))
}

/** Sends what is to be accepted; gives it. */
async function accept(type: string, from: Party, to: Party, more: Partial<Envelope> = {}): Promise<Envelope> {
  const envelope = makeEnvelope(type, from, to, more)
  expect((await send(envelope)).status).toBe(202)
  return envelope
}

async function refuse(type: string, from: Party, to: Party, more: Partial<Envelope>): Promise<string> {
  const problem = expectProblem(await send(makeEnvelope(type, from, to, more)), 'pathway-violation')
  expect(problem.receipt).toBeTypeOf('string')
  return problem.detail
}

/** A child's absence is told to a referrer in a form of its own, which has no room for a place in care. */
function toReferrer(type: string, { from, to }: { from: string; to: string }): Partial<Envelope> {
  if (type !== 'missing-notification' || from !== CTAC || to !== RYS) return {}
  const file = join(import.meta.dirname, '../../schemas/1.1/missing-notification.examples.json')
  const examples = JSON.parse(readFileSync(file, 'utf8')) as Envelope[]
  const example = examples.find(({ body }) => (body as { for?: string }).for === 'referrer')
  if (example === undefined) throw new Error('no example is for a referrer')
  return { schemaVersion: example.schemaVersion, body: example.body }
}

describe.each(rows)('$type', ({ type, from, to, answers, optional }) => {
  test('goes from the roles of the table to the roles of the table, and no other way', async () => {
    const outcomes = await Promise.all(
      pairs.map(async (pair) => {
        const answer = await send(makeEnvelope(type, pair.from, pair.to, toReferrer(type, pair)))
        return `${pair.from} → ${pair.to}: ${answer.status === 202 ? 'accepted' : answer.read().code}`
      }),
    )
    // Its roles do, and it names nothing yet that it answers, or no case that its parties took part in.
    const waits = (answers.length > 0 && !optional) || to.includes('participant')
    const expected = pairs.map((pair) => {
      const [sender = '', recipient = ''] = also[type] ?? []
      const permitted =
        (holds(from, pair.from) && holds(to, pair.to)) || (holds([sender], pair.from) && holds([recipient], pair.to))
      return `${pair.from} → ${pair.to}: ${permitted ? (waits ? 'pathway-violation' : 'accepted') : 'not-permitted'}`
    })
    expect(outcomes).toEqual(expected)
    expect(expected.filter((line) => !line.endsWith('not-permitted')).length).toBeGreaterThan(0)
  })
})

test.each(rows.filter(({ answers }) => answers.length === 0))('$type answers nothing', async ({ type, from, to }) => {
  const pair = pairs.find((each) => holds(from, each.from) && holds(to, each.to))
  if (pair === undefined) throw new Error('nobody may send it')
  const asked = await accept('information-request', pair.to, pair.from)
  await refuse(type, pair.from, pair.to, { caseId: asked.caseId, inReplyTo: asked.id })
  await refuse(type, pair.from, pair.to, { inReplyTo: newId() })
})

const replies = rows.flatMap((row) => row.answers.map((original) => ({ reply: row.type, original, row })))

test.each(replies)(
  '$reply answers $original, more than once, and in its case only',
  async ({ reply, original, row }) => {
    const asking = rows.find(({ type }) => type === original)
    const pair = pairs.find(
      ({ from, to }) =>
        holds(row.from, from) && holds(row.to, to) && asking && holds(asking.from, to) && holds(asking.to, from),
    )
    if (pair === undefined) throw new Error('nobody may answer it')
    const { id: inReplyTo, caseId } = await accept(original, pair.to, pair.from)
    await refuse(reply, pair.from, pair.to, { inReplyTo })
    await accept(reply, pair.from, pair.to, { inReplyTo, caseId })
    await accept(reply, pair.from, pair.to, { inReplyTo, caseId })
  },
)

test('what does not answer is told alike, whether the message exists, is another’s, or never was', async () => {
  const asked = await accept('status-check-request', CTAC, DESK)
  const elsewhere = await accept('status-check-request', CTAC, DESK)
  const question = await accept('information-request', CTAC, DESK, { caseId: asked.caseId })
  const toKent = await accept('information-request', CTAC, KENT, { caseId: asked.caseId })
  const own = await accept('information-request', DESK, CTAC, { caseId: asked.caseId })
  const { caseId } = asked
  const details = [
    await refuse('status-check-result', DESK, CTAC, { caseId, inReplyTo: newId() }),
    await refuse('status-check-result', DESK, CTAC, { caseId, inReplyTo: elsewhere.id }),
    await refuse('status-check-result', DESK, CTAC, { caseId, inReplyTo: question.id }),
    await refuse('information-response', DESK, CTAC, { caseId, inReplyTo: toKent.id }),
    await refuse('information-response', DESK, CTAC, { caseId, inReplyTo: own.id }),
    await refuse('information-response', RYS, CTAC, { caseId, inReplyTo: question.id }),
    // The desk was asked by CTAC: it may not answer somebody else.
    await refuse('information-response', DESK, KENT, { caseId, inReplyTo: question.id }),
    await refuse('case-closure', CTAC, CROYDON, { caseId }),
  ]
  expect(new Set(details).size).toBe(1)
})

test('the details of what is missing and what answers nothing tell nothing of the record', async () => {
  const missing = await refuse('status-check-result', DESK, CTAC, {})
  const known = await accept('status-check-request', CTAC, DESK)
  expect(await refuse('status-check-result', DESK, CTAC, { caseId: known.caseId })).toBe(missing)
  const superfluous = await refuse('referral', RYS, CTAC, { inReplyTo: newId() })
  expect(await refuse('referral', RYS, CTAC, { inReplyTo: known.id })).toBe(superfluous)
})

test('a message that was refused answers nothing and can be answered by nothing', async () => {
  const refused = makeEnvelope('status-check-request', CTAC, DESK)
  const broken = { ...refused, body: { ...refused.body, concernz: 1 } }
  expectProblem(await send(broken), 'schema-violation')
  await refuse('status-check-result', DESK, CTAC, { caseId: refused.caseId, inReplyTo: refused.id })
})

test('Kent tells of a child that was found, though nobody asked (domain.md section 4)', async () => {
  await accept('child-found', KENT, CTAC)
})

test('a case is closed with those that took part in it, and with nobody else', async () => {
  const { id, caseId } = await accept('referral', RYS, CTAC)
  await accept('case-closure', CTAC, RYS, { caseId })
  await refuse('case-closure', CTAC, KENT, { caseId })
  await accept('assessment-referral', CTAC, KENT, { caseId })
  await accept('case-closure', CTAC, KENT, { caseId })
  await refuse('case-closure', CTAC, RYS, {})
  // The case of others, in which the coordinator took no part.
  const others = await accept('safeguarding-information', KENT, CROYDON)
  await refuse('case-closure', CTAC, KENT, { caseId: others.caseId })
  await accept('outcome', CTAC, RYS, { caseId, inReplyTo: id })
})

test('each sees of a case what it sent or received, oldest first, and who saw nothing gets 404', async () => {
  const referral = await accept('referral', RYS, CTAC, { priority: 'urgent', respondBy: '2036-01-01T00:00:00Z' })
  const { caseId } = referral
  const check = await accept('status-check-request', CTAC, DESK, { caseId })
  const result = await accept('status-check-result', DESK, CTAC, { caseId, inReplyTo: check.id })
  const outcome = await accept('outcome', CTAC, RYS, { caseId, inReplyTo: referral.id })
  const seen = async (id: Party) => {
    const answer = await clients.get(id)?.get(`/v1/cases/${caseId}`)
    return answer?.read<{ caseId: string; messages: { messageId: string }[] }>()
  }
  expect((await seen(RYS))?.messages.map(({ messageId }) => messageId)).toEqual([referral.id, outcome.id])
  expect((await seen(DESK))?.messages.map(({ messageId }) => messageId)).toEqual([check.id, result.id])
  expect((await seen(CTAC))?.messages).toHaveLength(4)
  expect((await seen(RYS))?.messages[0]).toEqual({
    messageId: referral.id,
    from: RYS,
    to: CTAC,
    type: 'referral',
    priority: 'urgent',
    acceptedAt: expect.stringMatching(/Z$/),
    state: expect.any(String),
    respondBy: expect.stringMatching(/^2036-01-01T00:00:00(\.000)?Z$/),
  })
  for (const path of [caseId, newId()]) {
    const answer = await clients.get(KENT)?.get(`/v1/cases/${path}`)
    if (answer) expectProblem(answer, 'not-found')
  }
})
