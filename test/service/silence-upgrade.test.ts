import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tellOverdueOnce, tellUnreadOnce } from '../../gateway/delivery/silence.ts'
import { answerTo, countOf, DAY, HOUR, MINUTE, payloadOf, question, setStage } from '../support/stage.ts'

const KENT = 'gb-la-e10000016'
const stage = setStage()
const { open, send, after } = stage

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
  expect(await countOf(parts, 'ResponseOverdue')).toBe(1)
  stage.now = after(DAY + MINUTE)
  await tellUnreadOnce(parts)
  expect(await countOf(parts, 'AcceptanceRejectionExpiry')).toBe(1)
})
