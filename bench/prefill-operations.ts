import { Client } from 'pg'
import { recipient, sender } from './messages.ts'

/** What is open is as much in a small record as in a large one; what was done grows with it. */
const OPEN = 100
/** An act for so many messages. */
const MESSAGES_AN_ACT = 100

const LEAF = {
  event: 'ContentConsignment',
  at: '2026-11-28T12:00:00.000Z',
  attempt: 1,
  act: 'retry',
  operator: 'duty',
  messageDigest: 'sha-256:AA',
}

/**
 * Adds to a record that `fillRecord` has filled what operators look at: dead letters with their attempts, immediate messages that lie unread, answers
 * overdue, messages held by a closed desk, acts and notes from shift to shift.
 */
export async function fillOperations(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(`update delivery set state = 'dead-lettered', consigned_leaf = null, answer_leaf = null where message_no in (
        select message_no from delivery where state = 'handed-over' order by message_no limit ${OPEN})`)
    await client.query(`insert into attempt (message_no, attempt, at, endpoint, outcome, status, detail, duration_ms)
      select message_no, 1, now(), 'endpoint.example.org', 'refused', 400, 'status', 12 from delivery where state = 'dead-lettered'`)
    await client.query(`with lying as (
        update delivery set priority = 0, consigned_at = now() - interval '1 hour', expired_at = now() - interval '45 minutes' where message_no in (
          select message_no from delivery where state = 'consigned' order by message_no limit ${OPEN}) returning message_no)
      update message set priority = 0 from lying where no = message_no`)
    await client.query(`insert into awaited_answer (message_no, recipient, respond_by, told_at)
      select no, recipient, now() - interval '1 hour', now() - interval '1 hour' from message order by no desc limit ${OPEN}`)
    await client.query(`with held as (
        update delivery set priority = 1, state = 'accepted', desk = 'front', attempts = 0, due_at = now() + interval '6 hours', consigned_leaf = null,
          answer_leaf = null
        where message_no in (select message_no from delivery where state = 'handed-over' order by message_no desc limit ${OPEN}) returning message_no)
      update message set priority = 1 from held where no = message_no`)
    await client.query(
      `with done as (
        select uuidv7() as id, row_number() over (order by no) - 1 + log.size as leaf, no, case_id, id as message_id
        from message, log where no % ${MESSAGES_AN_ACT} = 0),
      leaves as (
        insert into leaf (index, id, typ, jws) select leaf, id, 'operator-act+jws', sha256('jws') from done),
      acts as (
        insert into act (id, at, act, operator, leaf_index, agency, sender, message_id, case_id, reason_code)
        select id, now(), case when no % 500 = 0 then 'handover' when no % 500 = 100 then 'pause' else 'retry' end, 'duty', leaf,
          case when no % 500 = 100 then $2 end, case when no % 500 > 100 then $1 end, case when no % 500 > 100 then message_id end,
          case when no % 500 > 100 then case_id end, 'agency-asked'
        from done)
      update log set size = size + (select count(*) from done)`,
      [sender, recipient],
    )
    // Those that pages open.
    await client.query(
      `update leaf set jws = $1 where index >= (select size - 1000 from log) or message_no = (select max(no) / 2 from message)`,
      [Buffer.from(`e30.${Buffer.from(JSON.stringify(LEAF)).toString('base64url')}.AA`)],
    )
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}
