import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { forgetPassed } from '../../gateway/attachments/forget.ts'
import { CHUNK_BYTES } from '../../gateway/attachments/store.ts'
import { beginAttachment, forgetAttachments } from '../../gateway/record/attachments.ts'
import { type Database, openDatabase, transaction } from '../../gateway/record/database.ts'
import { acceptMessages, type NewMessage } from '../../gateway/record/messages.ts'
import { type Envelope, readIdentity, type Signer } from '../../sdk/index.ts'
import { digestOf, makeQuestion, makeText, type Paper, piecesOf } from '../support/attached.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/folder.ts'
import { until } from '../support/gateway.ts'
import { makeMessage } from '../support/new-message.ts'
import { openParts, type TestParts } from '../support/parts.ts'
import { openPosting, type Posting } from '../support/posting.ts'
import { copyPki } from '../support/pki.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const never = new AbortController().signal

let folder: TemporaryFolder
let pki: DevelopmentPki
let registry: string
let signer: Signer
let own: TestDatabase
let parts: TestParts
/** Another process, as far as the record can tell. */
let other: Database
let at: Date

beforeAll(async () => {
  folder = await temporaryFolder()
  pki = await copyPki(join(folder.path, 'pki'))
  registry = await readFile(join(pki.folder, 'agencies.json'), 'utf8')
  signer = (await readIdentity(join(pki.folder, 'agencies/gb-ctac'))).signer
})
afterAll(() => folder.remove())
beforeEach(async () => {
  own = await createDatabase()
  at = new Date()
  parts = await openParts(pki, own.url, registry, { now: () => at })
  other = openDatabase(own.url, () => undefined)
})
afterEach(async () => {
  await parts[Symbol.asyncDispose]()
  await other.end()
  await own.drop()
})

const put: Posting['put'] = (...which) => openPosting(parts, signer).put(...which)
const submit: Posting['submit'] = (envelope) => openPosting(parts, signer).submit(envelope)
const read: Posting['read'] = (...which) => openPosting(parts, signer).read(...which)

/** Sends a question that names these. */
async function ask(...papers: readonly Paper[]): Promise<Envelope> {
  const question = makeQuestion(papers)
  await submit(question)
  return question
}

const missing = expect.objectContaining({ problem: expect.objectContaining({ code: 'attachment-missing' }) })
const coded = (code: string) => expect.objectContaining({ code })

async function numbers(table: 'attachment' | 'attachment_chunk' | 'message_attachment' | 'case_key'): Promise<number> {
  const { rows } = await other.query<{ count: number }>(`select count(*) from ${table}`)
  return rows[0]?.count ?? 0
}

/** Under a key that the record takes. */
const sealed = (message: NewMessage): NewMessage => ({
  ...message,
  key: parts.vault.keyOf(message.envelope.caseId),
})
const byId = (one: NewMessage, two: NewMessage) => (one.envelope.id < two.envelope.id ? -1 : 1)

const forgetting = (graceMs = 24 * HOUR) => ({ database: other, graceMs, now: () => at })
const pass = (ms: number) => void (at = new Date(at.getTime() + ms))

describe('what no message has named', () => {
  test('is deleted a day after it was put, or put again, with its key and chunks; what was named is kept', async () => {
    const [unnamed, renewed, named] = [makeText(3 * CHUNK_BYTES), makeText(), makeText()]
    for (const paper of [unnamed, renewed, named]) await put(paper)
    const question = await ask(named)
    pass(23 * HOUR)
    expect(await put(renewed)).toMatchObject({ isNew: false })
    expect(await forgetPassed(forgetting(), never)).toBe(0)
    pass(HOUR + 1_000)
    expect(await forgetPassed(forgetting(), never)).toBe(1)
    expect(await numbers('attachment')).toBe(2)
    expect(await numbers('attachment_chunk')).toBe(2)
    await expect(ask(unnamed)).rejects.toEqual(missing)
    pass(23 * HOUR)
    expect(await forgetPassed(forgetting(), never)).toBe(1)
    await expect(ask(renewed)).rejects.toEqual(missing)
    expect((await read(question, named)).equals(named.bytes)).toBe(true)
    // It can be named again, by another case too.
    expect((await read(await ask(named), named)).equals(named.bytes)).toBe(true)
    expect(await put(unnamed)).toMatchObject({ isNew: true })
  })

  test('is deleted a few at a time, by one process at a time, until nothing is left; found by an index', async () => {
    for (let made = 0; made < 45; made++) await put(makeText(10))
    pass(25 * HOUR)
    const asked = { putBefore: new Date(at.getTime() - 24 * HOUR), begunBefore: at, limit: 10 }
    const holding = Promise.withResolvers<void>()
    const done = Promise.withResolvers<void>()
    const held = transaction(parts.database, async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('forget attachments'))`)
      holding.resolve()
      await done.promise
      return { result: undefined }
    })
    await holding.promise
    expect(await forgetAttachments(other, asked)).toBe(0)
    done.resolve()
    await held
    expect(await forgetAttachments(other, asked)).toBe(10)
    expect(await forgetPassed(forgetting(), never)).toBe(35)
    const { rows } = await other.query<Record<'QUERY PLAN', string>>(
      `explain select no from attachment where not named and put_at < now() order by put_at limit 10 for update skip locked`,
    )
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('attachment_passing')
  })

  test('of what broke off with its process nothing is left after a quarter of an hour', async () => {
    const broken = makeText(2 * CHUNK_BYTES)
    const name = { owner: 'gb-ctac', digest: digestOf(broken) }
    const { wrapped } = parts.vault.makeAttachmentKey(name)
    const about = { ...name, mediaType: 'text/plain', mostBytes: broken.bytes.length, wrapped, name: null }
    expect(await beginAttachment(other, about, at, 1e9)).toMatchObject({ outcome: 'begun' })
    await expect(ask(broken)).rejects.toEqual(missing)
    pass(14 * MINUTE)
    expect(await forgetPassed(forgetting(), never)).toBe(0)
    pass(2 * MINUTE)
    expect(await forgetPassed(forgetting(), never)).toBe(1)
    expect(await numbers('attachment')).toBe(0)
  })
})

describe('naming and deleting', () => {
  test('at the same time: what is accepted can be fetched, and what is not is told so', async () => {
    for (let round = 0; round < 60; round++) {
      const paper = makeText(100)
      const question = makeQuestion([paper])
      await put(paper)
      const grace = { ...forgetting(1), now: () => new Date(at.getTime() + 10) }
      const waits = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
      const [accepted] = await Promise.all([
        submit(question).then(
          () => true,
          (error: unknown) => (expect(error).toEqual(missing), false),
        ),
        waits(round % 12).then(() => forgetPassed(grace, never)),
      ])
      if (accepted) expect((await read(question, paper)).equals(paper.bytes)).toBe(true)
    }
  })

  test('where deleting is first, behind the check, the message is refused and nothing of it is kept', async () => {
    const paper = makeText()
    await put(paper)
    const deleting = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const deleted = transaction(other, async (tx) => {
      await tx.query('select forget_attachments(array(select no from attachment for update))')
      deleting.resolve()
      await goOn.promise
      return { result: undefined }
    })
    await deleting.promise
    const question = makeQuestion([paper])
    const submitted = submit(question)
    submitted.catch(() => undefined)
    // It was there when it was checked; now its row is waited for.
    await until(async () => (await waiting()) > 0)
    goOn.resolve()
    await deleted
    await expect(submitted).rejects.toEqual(missing)
    expect(await numbers('message_attachment')).toBe(0)
    expect(await parts.lookup.message('gb-ctac', question.id)).toBeUndefined()
    // The id is not used up.
    await put(paper)
    await submit(question)
    expect((await read(question, paper)).equals(paper.bytes)).toBe(true)
  })

  test('where naming is first, deleting passes it over', async () => {
    const paper = makeText()
    await put(paper)
    const holding = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    // Whoever accepts takes the log's row last.
    const held = transaction(other, async (tx) => {
      await tx.query('select from log for update')
      holding.resolve()
      await goOn.promise
      return { result: undefined }
    })
    await holding.promise
    const question = makeQuestion([paper])
    const submitted = submit(question)
    await until(async () => (await waiting()) > 0)
    pass(25 * HOUR)
    expect(await forgetPassed(forgetting(), never)).toBe(0)
    goOn.resolve()
    await held
    await submitted
    expect(await forgetPassed(forgetting(), never)).toBe(0)
    expect((await read(question, paper)).equals(paper.bytes)).toBe(true)
  })

  test('of a batch, the message whose attachment has gone is missing it, and the others are recorded', async () => {
    const [here, gone] = [makeText(), makeText()]
    await put(here)
    await put(gone)
    const { rows } = await other.query<{ no: number }>('select no from attachment order by no')
    const [first = { no: 0 }, second = { no: 0 }] = rows
    await other.query('select forget_attachments(nos => array[$1::bigint])', [second.no])
    const naming = (...nos: number[]) => ({
      ...sealed(makeMessage()),
      attachments: nos.map((no) => ({ no, wrapped: randomBytes(60) })),
    })
    const [plain, both, one, used] = [naming(), naming(first.no, second.no), naming(first.no), naming()]
    expect(await acceptMessages(other, [used])).toEqual([{ outcome: 'made' }])
    expect(
      await acceptMessages(other, [{ ...used, attachments: one.attachments }, plain, both, one].toSorted(byId)),
    ).toEqual(
      [plain, both, one, used].toSorted(byId).map((message) => {
        if (message === both) return { outcome: 'attachment-missing' }
        return { outcome: message === used ? 'used' : 'made' }
      }),
    )
    expect(await numbers('message_attachment')).toBe(1)
    expect(await numbers('case_key'), 'the case of the one that is missing it has no key').toBe(3)
  })

  /** How many statements wait for a lock. */
  async function waiting(): Promise<number> {
    const { rows } = await other.query<{ count: number }>(
      `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rows[0]?.count ?? 0
  }
})

describe('an agency’s room for what no message has named', () => {
  const QUOTA = 100_000
  let number = 0
  const begin = (owner: string, mostBytes: number, database = other) => {
    const digest = createHash('sha256').update(`${number++}`).digest()
    const { wrapped } = parts.vault.makeAttachmentKey({ owner, digest })
    return beginAttachment(
      database,
      { owner, digest, mediaType: 'text/plain', mostBytes, wrapped, name: null },
      at,
      QUOTA,
    )
  }

  test('counts what is under way, each 4 KiB at least, and no other agency’s', async () => {
    expect(await begin('gb-ctac', 60_000)).toMatchObject({ outcome: 'begun' })
    expect(await begin('gb-ctac', 40_001)).toMatchObject({ outcome: 'full' })
    expect(await begin('fr-rys', 100_000)).toMatchObject({ outcome: 'begun' })
    for (let small = 0; small < 9; small++) expect(await begin('gb-ctac', 1)).toMatchObject({ outcome: 'begun' })
    expect(await begin('gb-ctac', 1)).toMatchObject({ outcome: 'full' })
  })

  test('is not overrun by many that begin at once, in several processes', async () => {
    const begun = await Promise.all(
      Array.from({ length: 40 }, (_, each) => begin('gb-ctac', 9_000, each % 2 === 0 ? other : parts.database)),
    )
    expect(begun.filter(({ outcome }) => outcome === 'begun')).toHaveLength(11)
  })

  test('is there again once it is named, deleted or broken off', async () => {
    const env = { PASSERELLE_ATTACHMENT_QUOTA: String(QUOTA) }
    await using small = await openParts(pki, own.url, registry, { now: () => at, env })
    const posting = openPosting(small, signer)
    const [first, second, third] = [makeText(60_000), makeText(60_000), makeText(60_000)]
    await posting.put(first)
    await expect(posting.put(second)).rejects.toEqual(coded('attachment-quota'))
    // What is there already needs no room.
    expect(await posting.put(first)).toMatchObject({ isNew: false })
    await posting.submit(makeQuestion([first]))
    await posting.put(second)
    await expect(posting.put(third)).rejects.toEqual(coded('attachment-quota'))
    pass(25 * HOUR)
    await forgetPassed(forgetting(), never)
    async function* breaking(): AsyncGenerator<Buffer> {
      yield third.bytes.subarray(0, 1_000)
      throw new Error('the line broke')
    }
    await expect(posting.put(third, 'gb-ctac', breaking())).rejects.toThrow('the line broke')
    await expect(posting.put(third, 'gb-ctac', piecesOf(second.bytes))).rejects.toEqual(
      coded('attachment-digest-mismatch'),
    )
    expect(await posting.put(third)).toMatchObject({ isNew: true })
  })
})
