import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tellUnreadOnce } from '../../gateway/delivery/silence.ts'
import { overdueSince } from '../../gateway/operations/alarms.ts'
import type { MessageRow } from '../../gateway/record/messages.ts'
import { silences } from '../../gateway/record/silences.ts'
import { readIdentity } from '../../sdk/identity.ts'
import { signAcknowledgement } from '../../sdk/sign.ts'
import { startEndpoint } from '../support/endpoint.ts'
import { readPair } from '../support/handshake.ts'
import type { Seed, TestParts } from '../support/parts.ts'
import { changeAgency, countOf, DAY, feedEvents as feed, HOUR, MINUTE, payloadOf, setStage } from '../support/stage.ts'

const KENT = 'gb-la-e10000016'
/** 16:00 of a Friday that is still to come: certificates are made now. */
const FRIDAY = new Date(Math.ceil(Date.now() / (7 * DAY)) * 7 * DAY + DAY + 16 * HOUR)
const stage = setStage()
const { open, send, wait } = stage
const expired = (parts: TestParts) => countOf(parts, 'AcceptanceRejectionExpiry')

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
    const { signer } = await readIdentity(join(stage.pki.folder, 'agencies', recipient))
    const agency = parts.registry().agencies.get(recipient)
    if (agency === undefined) throw new Error('it is in the registry')
    const messageDigest = `sha-256:${digest.toString('base64url')}`
    const said = { messageId: id, messageDigest, at: stage.now.toISOString(), outcome: 'accepted' } as const
    const { state } = await parts.acknowledge(
      agency,
      sender,
      id,
      Buffer.from(await signAcknowledgement(said, signer, stage.now)),
    )
    return state
  }

  /** Looks at every step, as it would be looked at each second. @returns when the sender was told, in ms from `from` */
  async function toldAfter(parts: TestParts, step: number, most: number): Promise<number> {
    const from = stage.now.getTime()
    while (stage.now.getTime() - from < most) {
      wait(step)
      await tellUnreadOnce(parts)
      if ((await expired(parts)) > 0) return stage.now.getTime() - from
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
    expect(await silences(parts.database, overdueSince(stage.now))).toEqual([{ agency: KENT, overdue: 0, unread: 1 }])
  })

  test('may be acknowledged after that: then no alarm is on', async () => {
    const parts = await open()
    const message = await consign(parts)
    wait(DAY)
    await tellUnreadOnce(parts)
    expect(await acknowledge(parts, message)).toBe('handed-over')
    expect(await silences(parts.database, overdueSince(stage.now))).toEqual([])
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
    const pair = await readPair(stage.pki.folder, 'gateway/tls')
    const { signer } = await readIdentity(join(stage.pki.folder, 'agencies', KENT))
    let message: MessageRow | undefined
    const answer = async (): Promise<string> => {
      if (message === undefined || !answers) return ''
      const messageDigest = `sha-256:${message.digest.toString('base64url')}`
      const said = { messageId: message.id, messageDigest, at: stage.now.toISOString(), outcome: 'accepted' } as const
      return await signAcknowledgement(said, signer, stage.now)
    }
    const endpoint = await startEndpoint((_request, response) => void answer().then((said) => response.end(said)), pair)
    const trustAnchors = await readFile(join(stage.pki.folder, 'trust/ca.crt'), 'utf8')
    const parts = await open(changeAgency(KENT, { delivery: { mode: 'push', url: endpoint.url, trustAnchors } }))
    ;[message] = await send(parts, toKent)
    await parts.work({ recipient: KENT, priority: 1 })
    wait(DAY)
    await tellUnreadOnce(parts)
    expect(await expired(parts)).toBe(answers ? 0 : 1)
    endpoint.server.close()
  })

  test('over a weekend does not count it, for its desk is closed; what is immediate counts always', async () => {
    stage.now = FRIDAY
    const parts = await open(changeAgency(KENT, { desks: [office] }))
    await consign(parts)
    // An hour on Friday, eight on Monday and on Tuesday, seven on Wednesday.
    expect(await toldAfter(parts, HOUR / 2, 10 * DAY)).toBe(5 * DAY)

    stage.now = FRIDAY
    await parts.database.query('truncate leaf, delivery')
    await consign(parts, { priority: 0 })
    wait(HOUR)
    await tellUnreadOnce(parts)
    expect(await expired(parts)).toBe(1)
  })

  test('counts hours as they are when it is looked at', async () => {
    stage.now = FRIDAY
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
    stage.now = FRIDAY
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
    await parts.enforce({ registry: active, keys: parts.keys }, release)
    await consign(parts)
    wait(10 * HOUR)
    await parts.enforce({ registry: { ...active, agencies: suspended }, keys: parts.keys }, release)
    wait(2 * DAY)
    await tellUnreadOnce(parts)
    await parts.enforce({ registry: active, keys: parts.keys }, release)
    wait(10 * HOUR)
    await parts.enforce({ registry: { ...active, agencies: others }, keys: parts.keys }, release)
    wait(5 * DAY)
    await tellUnreadOnce(parts)
    await parts.enforce({ registry: active, keys: parts.keys }, release)
    expect(await expired(parts)).toBe(0)
    expect(await toldAfter(parts, HOUR / 2, DAY)).toBe(4 * HOUR)
  })

  test('in the mailbox of a suspended agency is told where a child is in danger', async () => {
    const parts = await open()
    const active = parts.registry()
    await consign(parts, { priority: 0 })
    const suspended = new Map(active.agencies).set(KENT, { ...kentOf(parts), status: 'suspended' })
    await parts.enforce({ registry: { ...active, agencies: suspended }, keys: parts.keys }, () => undefined)
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
