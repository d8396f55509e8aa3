import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { tellOverdueOnce } from '../../gateway/delivery/silence.ts'
import { tellOverdue } from '../../gateway/record/awaited-answers.ts'
import { type Queryable, transaction } from '../../gateway/record/database.ts'
import { feedOf } from '../../gateway/record/leaves.ts'
import { until } from '../support/gateway.ts'
import type { TestParts } from '../support/parts.ts'
import { answerTo, countOf, feedEvents as feed, MINUTE, OFFICE, question, setStage } from '../support/stage.ts'

const stage = setStage()
const { open, send, ask, wait } = stage
const overdue = (parts: TestParts) => countOf(parts, 'ResponseOverdue')

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
        stage.now,
      )
      await tellOverdue(tx, [{ message: asked, receipt }], stage.now)
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
      const asked = await send(parts, ...Array.from({ length: 40 }, () => ({ ...question, respondBy: stage.now })))
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
      { ...question, respondBy: stage.now },
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
