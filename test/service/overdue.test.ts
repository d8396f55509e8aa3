import { describe, expect, test } from 'vitest'
import { tellOverdueOnce } from '../../gateway/delivery/silence.ts'
import { overdueSince } from '../../gateway/operations/alarms.ts'
import { openActs } from '../../gateway/operations/perform.ts'
import { overdueAnswers } from '../../gateway/record/awaited-answers.ts'
import type { MessageRow } from '../../gateway/record/messages.ts'
import { silences } from '../../gateway/record/silences.ts'
import type { TestParts } from '../support/parts.ts'
import {
  answerTo,
  changeAgency,
  countOf,
  DAY,
  feedEvents as feed,
  MINUTE,
  OFFICE,
  payloadOf,
  question,
  setStage,
} from '../support/stage.ts'

const KENT = 'gb-la-e10000016'
const stage = setStage()
const { open, send, ask, after, wait } = stage
const overdue = (parts: TestParts) => countOf(parts, 'ResponseOverdue')

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
      at: new Date(stage.now.getTime() - 3 * DAY).toISOString(),
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
    await send(parts, ...Array.from({ length: 1_500 }, () => ({ ...question, respondBy: stage.now })))
    await Promise.all(
      processes.map(async (one) => {
        while ((await overdueAnswers(one.database, stage.now, 1)).length > 0) await tellOverdueOnce(one)
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
    await send(parts, ...Array.from({ length: 250 }, () => ({ ...question, respondBy: stage.now })))
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
    expect(await silences(parts.database, overdueSince(stage.now))).toEqual([{ agency: OFFICE, overdue: 1, unread: 0 }])
    await send(parts, answerTo(other))
    expect(await silences(parts.database, overdueSince(stage.now))).toEqual([])
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
    expect(await silences(parts.database, overdueSince(stage.now))).toEqual([])
    await tellOverdueOnce(parts)
    expect(await silences(parts.database, overdueSince(stage.now))).toEqual([{ agency: OFFICE, overdue: 2, unread: 0 }])
    wait(7 * DAY)
    expect(await silences(parts.database, overdueSince(stage.now))).toEqual([])
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
      await acts.onMessage('discard', discarded, {
        operator: { id, name: id, role: 'act' },
        reason: 'Told by telephone',
      })
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
