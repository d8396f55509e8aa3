import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test, vi } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { readFile } from 'node:fs/promises'
import { type ActName, BULK, TURN_MS } from '../../gateway/operations/acts.ts'
import { actPage } from '../../gateway/operations/act-pages.ts'
import { type Acts, openActs } from '../../gateway/operations/perform.ts'
import { forgetPassed, takeBulkTurn } from '../../gateway/record/acts.ts'
import { transaction } from '../../gateway/record/database.ts'
import type { MessageRow } from '../../gateway/record/messages.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { openParts, seed, type TestParts } from '../support/parts.ts'
import { copyPki } from '../support/pki.ts'

const KENT = 'gb-la-e10000016'
const HOUR = 3_600_000
const duty = { operator: { id: 'duty', name: 'Duty', role: 'act' as const }, reason: 'The desk has closed for good' }
const other = {
  operator: { id: 'manager', name: 'Manager', role: 'act' as const },
  reason: 'Told by telephone instead',
}

let folder: TemporaryFolder
let pki: DevelopmentPki
let database: TestDatabase
let parts: TestParts
let operators: Acts
let now: Date
let message: MessageRow

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await copyPki(join(folder.path, 'pki'))
})
afterAll(() => folder.remove())
beforeEach(async () => {
  database = await createDatabase()
  now = new Date()
  const registry = await readFile(join(pki.folder, 'agencies.json'), 'utf8')
  parts = await openParts(pki, database.url, registry, { now: () => now })
  operators = openActs({ ...parts, enqueue: (lane) => void parts.called.push(lane) })
  message = await deadLetter()
})
afterEach(async () => {
  await parts[Symbol.asyncDispose]()
  await database.drop()
})

async function deadLetter(): Promise<MessageRow> {
  const [no] = await seed(pki, parts, [{ from: 'gb-ctac', to: KENT, type: 'assessment-referral', priority: 1 }], now)
  await parts.database.query(`update delivery set state = 'dead-lettered' where message_no = $1`, [no])
  const { rows } = await parts.database.query<{ sender: string; id: string }>(
    'select sender, id from message where no = $1',
    [no],
  )
  const found = await parts.lookup.message(rows[0]?.sender ?? '', rows[0]?.id ?? '')
  if (found === undefined) throw new Error('a dead letter was seeded')
  return found
}

const later = (ms: number): void => void (now = new Date(now.getTime() + ms))
const stateOf = async (): Promise<string | undefined> => (await parts.lookup.message(message.sender, message.id))?.state

/** The leaves behind the first, by what they say: an event of the message, or an act and who acted. */
async function leaves(): Promise<readonly string[]> {
  const { rows } = await parts.database.query<{ jws: Buffer }>(
    `select jws from leaf where event is distinct from 'SubmissionAcceptance' order by index`,
  )
  return rows.map(({ jws }) => {
    const text = Buffer.from(jws.toString('latin1').split('.')[1] ?? '', 'base64url').toString()
    const { event, act, operator } = JSON.parse(text) as Record<string, string>
    return event ?? `${act} by ${operator}`
  })
}

describe('an act of two operators', () => {
  test('waits for another one, and is done when that one asks for the same', async () => {
    expect(await operators.onMessage('discard', message, duty)).toEqual({ pending: true })
    expect(await stateOf()).toBe('dead-lettered')
    expect(await operators.onMessage('discard', message, other)).toEqual({ pending: false, changed: 1 })
    expect(await stateOf()).toBe('discarded')
    expect(await leaves()).toEqual(['discard by duty', 'MessageDiscarded', 'discard by manager'])
    await expect(operators.onMessage('discard', message, duty)).rejects.toMatchObject({ code: 'not-a-dead-letter' })
    await expect(operators.onMessage('retry', message, duty)).rejects.toMatchObject({ code: 'not-a-dead-letter' })
  })

  test('is not done by one operator, however often and with whatever certificate they ask', async () => {
    const renamed = { ...duty, operator: { ...duty.operator, name: 'Somebody else' } }
    for (const decision of [duty, duty, renamed])
      expect(await operators.onMessage('discard', message, decision)).toEqual({ pending: true })
    expect(await stateOf()).toBe('dead-lettered')
    expect(await leaves(), 'asked for once').toEqual(['discard by duty'])
  })

  test('lapses after a day: then the next to ask is the first again', async () => {
    await operators.onMessage('discard', message, duty)
    later(24 * HOUR)
    expect(await operators.onMessage('discard', message, other)).toEqual({ pending: true })
    later(24 * HOUR - 1)
    expect(await operators.onMessage('discard', message, duty)).toEqual({ pending: false, changed: 1 })
  })

  test.each<[ActName, () => Promise<unknown>]>([
    ['retry', () => operators.onMessage('retry', message, other)],
    ['retry-all', () => operators.onAgency('retry-all', KENT, other)],
  ])('is ended by %s in between', async (_name, contradict) => {
    await operators.onMessage('discard', message, duty)
    await contradict()
    await parts.database.query(`update delivery set state = 'dead-lettered' where message_no = $1`, [message.no])
    expect(await operators.onMessage('discard', message, other)).toEqual({ pending: true })
    expect(await stateOf()).toBe('dead-lettered')
  })

  test('asked for by two at the same time is done once', async () => {
    const all = await Promise.all(
      [duty, other, duty, other].map((decision) =>
        operators.onMessage('discard', message, decision).catch((error: unknown) => (error as { code: string }).code),
      ),
    )
    expect(all.filter((one) => typeof one === 'object' && !one.pending)).toHaveLength(1)
    expect((await leaves()).filter((leaf) => leaf === 'MessageDiscarded')).toHaveLength(1)
  })

  test('is about one message and no other', async () => {
    const second = await deadLetter()
    await operators.onMessage('discard', message, duty)
    expect(await operators.onMessage('discard', second, other)).toEqual({ pending: true })
  })

  test('is refused at once where there is nothing to do', async () => {
    await parts.database.query(`update delivery set state = 'consigned' where message_no = $1`, [message.no])
    await expect(operators.onMessage('discard', message, duty)).rejects.toMatchObject({ code: 'not-a-dead-letter' })
    expect(await leaves()).toEqual([])
  })
})

test('a discarded message is no longer the recipient’s to read or to acknowledge', async () => {
  const kent = parts.registry().agencies.get(KENT)
  if (kent === undefined) throw new Error('Kent is in the registry')
  await operators.onMessage('discard', message, duty)
  await operators.onMessage('discard', message, other)
  await expect(parts.read(kent, message.sender, message.id)).rejects.toMatchObject({ code: 'not-found' })
  await expect(parts.acknowledge(kent, message.sender, message.id, Buffer.from('a.b.c'))).rejects.toMatchObject({
    code: 'not-found',
  })
})

describe('all of an agency’s dead letters', () => {
  async function deadLetters(count: number): Promise<void> {
    const one = { from: 'gb-ctac', to: KENT, type: 'assessment-referral', priority: 2 }
    await seed(
      pki,
      parts,
      Array.from({ length: count }, () => one),
      now,
    )
    await parts.database.query(`update delivery set state = 'dead-lettered'`)
  }

  const resumed = async (): Promise<number> =>
    (await parts.database.query(`select from leaf where event = 'DeliveryResumed'`)).rowCount ?? 0

  test('go back, 20 in any second at the most, whoever else asks for the same, by one act each', async () => {
    await deadLetters(44)
    const began = performance.now()
    const done = await Promise.all([
      operators.onAgency('retry-all', KENT, duty),
      operators.onAgency('retry-all', KENT, other),
    ])
    expect(done.reduce((sum, one) => sum + (one.pending ? 0 : one.changed), 0)).toBe(45)
    expect(parts.called).toHaveLength(45)
    expect(performance.now() - began, 'five turns of ten').toBeGreaterThan(4 * TURN_MS)
    const asked = (await leaves()).filter((leaf) => leaf.startsWith('retry-all'))
    expect(asked.length, 'an act, however many turns it takes').toBeLessThanOrEqual(2)
    expect(await operators.onAgency('retry-all', KENT, duty)).toEqual({ pending: false, changed: 0 })
  })

  test('stay what they are once the agency is paused, within a second', async () => {
    await deadLetters(60)
    const going = operators.onAgency('retry-all', KENT, duty)
    await vi.waitUntil(async () => (await resumed()) > 0, { timeout: 10_000 })
    await operators.onAgency('pause', KENT, other)
    const then = await resumed()
    const done = await going
    expect(done).toMatchObject({ pending: false, stopped: 'paused' })
    expect((await resumed()) - then, 'no more than what was under way').toBeLessThanOrEqual(BULK)
    expect(await operators.onAgency('retry-all', KENT, duty)).toEqual({ pending: false, changed: 0, stopped: 'paused' })
  })

  test('stop going back where the process stops', async () => {
    await deadLetters(60)
    const stopping = new AbortController()
    const acts = openActs({ ...parts, stopping: stopping.signal, enqueue: () => stopping.abort() })
    expect(await acts.onAgency('retry-all', KENT, duty)).toEqual({ pending: false, changed: BULK, stopped: 'stopping' })
  })
})

test('the record knows what an act was about, and keeps its reason sealed', async () => {
  await operators.onMessage('retry', message, duty)
  await operators.onAgency('retry-all', KENT, duty)
  const { rows } = await parts.database.query(
    `select a.act, a.operator, a.agency, a.sender, a.message_id, a.case_id, convert_from(l.jws, 'latin1') like '%.%.%' as leaf,
      position('closed for good' in encode(a.sealed_reason, 'escape')) as readable
     from act a join leaf l on l.index = a.leaf_index and l.id = a.id`,
  )
  expect(rows).toEqual([
    {
      act: 'retry',
      operator: 'duty',
      agency: null,
      sender: message.sender,
      message_id: message.id,
      case_id: message.case_id,
      leaf: true,
      readable: 0,
    },
  ])
})

describe('roles', () => {
  const withRole = (id: string, role: 'watch' | 'act' | 'manage') => ({
    operator: { id, name: id, role },
    reason: 'For a reason',
  })
  const openWith = (managers: readonly string[]): Acts => {
    const manager = (id: string) => [id, { ...withRole(id, 'manage').operator, certificates: [] }] as const
    const registry = { ...parts.registry(), operators: new Map(managers.map(manager)) }
    return openActs({ ...parts, registry: () => registry, enqueue: () => undefined })
  }

  test('who may only watch acts on nothing', async () => {
    const watching = withRole('duty', 'watch')
    for (const refused of [
      operators.onMessage('retry', message, watching),
      operators.onAgency('pause', KENT, watching),
      operators.onCase('erase', message.case_id, watching),
      operators.onShift('handover', watching),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'not-permitted' })
    expect(await leaves()).toEqual([])
  })

  test('where the registry names a manager, one of two is one; what was asked for goes on waiting', async () => {
    const acts = openWith(['manager'])
    await acts.onMessage('discard', message, withRole('duty', 'act'))
    const second = acts.onMessage('discard', message, withRole('night', 'act'))
    await expect(second).rejects.toMatchObject({ code: 'not-permitted' })
    expect(await stateOf()).toBe('dead-lettered')
    expect(await leaves()).toEqual(['discard by duty'])
    const done = await acts.onMessage('discard', message, withRole('manager', 'manage'))
    expect(done).toEqual({ pending: false, changed: 1 })
  })

  test('it is no matter which of both asks first', async () => {
    const acts = openWith(['manager'])
    await acts.onMessage('discard', message, withRole('manager', 'manage'))
    const done = await acts.onMessage('discard', message, withRole('night', 'act'))
    expect(done).toEqual({ pending: false, changed: 1 })
  })
})

test('a note from shift to shift is forgotten after a month, that it was left is not; what nobody joined goes, too', async () => {
  const DAY = 24 * HOUR
  await operators.onShift('handover', { ...duty, reason: 'Kent rings back at six' })
  await operators.onMessage('discard', message, duty)
  const page = async () => (await actPage(parts, { limit: 10 })).acts.map(({ act, reason }) => [act, reason])
  const forget = () =>
    forgetPassed(parts.database, { asked: new Date(now.getTime() - DAY), notes: new Date(now.getTime() - 30 * DAY) })
  later(30 * DAY - 1)
  await forget()
  expect(await page()).toEqual([
    ['discard', duty.reason],
    ['handover', 'Kent rings back at six'],
  ])
  expect((await parts.database.query('select from pending_act')).rowCount).toBe(0)
  later(1)
  await forget()
  expect(await page()).toEqual([
    ['discard', duty.reason],
    ['handover', undefined],
  ])
  expect(await leaves()).toEqual(['handover by duty', 'discard by duty'])
})

test('turns of ten are a while apart, whichever process takes them: 20 messages in any second at the most', async () => {
  const taken: number[] = []
  const take = () =>
    transaction(parts.database, async (tx) => {
      if (!(await takeBulkTurn(tx, KENT, TURN_MS))) return { result: undefined }
      const { rows } = await tx.query<{ next_at: Date }>('select next_at from bulk_turn')
      return { result: rows[0]?.next_at.getTime() }
    })
  const worker = async (): Promise<void> => {
    while (taken.length < 4) {
      const next = await take()
      if (next !== undefined) taken.push(next)
    }
  }
  await Promise.all([worker(), worker(), worker()])
  const inOrder = taken.toSorted((a, b) => a - b)
  for (const [before, next] of inOrder.slice(1).entries())
    expect(next - (inOrder[before] ?? 0)).toBeGreaterThanOrEqual(TURN_MS)
  expect(Math.ceil(1_000 / TURN_MS) * BULK).toBeLessThanOrEqual(20)
})
