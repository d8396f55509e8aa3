import type { Queryable } from './database.ts'

/** An alarm that is on, or just over, as all processes see it. */
export type StandingAlarm = {
  readonly id: string
  readonly code: string
  readonly subject: string
  readonly began: Date
  readonly ended: Date | null
  /** The operator who sees to it. */
  readonly acknowledgedBy: string | null
}

/** An alarm that is to be told: how many times it was. */
export type DueNotice = StandingAlarm & { readonly told: number }

const ALARM = `a.id, a.code, a.subject, a.began_at as began, a.ended_at as ended, a.acknowledged_by as "acknowledgedBy"`

/** Seen again so soon, it is not noted anew. */
const FRESH = '10 seconds'
/** Seen by no process for so long, it is over. */
export const OVER_MS = 60_000
const KEPT = '1 day'

/** Notes which alarms a process sees, and ends those that none has seen for a minute. Both are done once, whoever comes first. */
export async function noteAlarms(
  tx: Queryable,
  seen: readonly { readonly code: string; readonly subject: string }[],
  now: Date,
): Promise<void> {
  // In one order, so that two processes never wait for each other.
  await tx.query(
    `insert into alarm (id, code, subject, began_at, seen_at)
     select gen_random_uuid(), code, subject, $3, $3 from (
       select distinct code, subject from unnest($1::text[], $2::text[]) as seen (code, subject)) seen order by code, subject
     on conflict (code, subject) where ended_at is null do update set seen_at = excluded.seen_at
     where alarm.seen_at < excluded.seen_at - interval '${FRESH}'`,
    [seen.map(({ code }) => code), seen.map(({ subject }) => subject), now],
  )
  await tx.query(
    `with past as (
       select id from alarm where ended_at is null and seen_at < $2 order by code, subject for update skip locked),
     ended as (update alarm set ended_at = $1 from past where alarm.id = past.id returning alarm.id),
     untold as (delete from alarm_notice using ended where alarm_id = ended.id and told = 0)
     update alarm_notice set next_at = $1, attempts = 0 from ended where alarm_id = ended.id and told > 0`,
    [now, new Date(now.getTime() - OVER_MS)],
  )
  await tx.query(`delete from alarm where ended_at < $1::timestamptz - interval '${KEPT}'`, [now])
}

/** The alarms that are on, the oldest first. */
export async function standingAlarms(database: Queryable): Promise<readonly StandingAlarm[]> {
  const { rows } = await database.query<StandingAlarm>(
    `select ${ALARM} from alarm a where a.ended_at is null order by a.began_at, a.code, a.subject`,
  )
  return rows
}

/**
 * Takes what is to be told on a channel, at most `most`, and leaves it to nobody else for a minute: what is not told by then is due
 * again, and each time after twice as long, up to an hour. What somebody has acknowledged is told once, and when it is over.
 */
export async function takeNotices(
  tx: Queryable,
  channel: string,
  now: Date,
  most: number,
): Promise<readonly DueNotice[]> {
  await tx.query(
    `insert into alarm_notice (alarm_id, channel, next_at) select id, $1, $2 from alarm where ended_at is null
     order by id on conflict do nothing`,
    [channel, now],
  )
  const { rows } = await tx.query<DueNotice>(
    `with due as (
       select n.alarm_id from alarm_notice n join alarm a on a.id = n.alarm_id
       where n.channel = $1 and n.next_at <= $2 and (n.told = 0 or a.ended_at is not null or a.acknowledged_by is null)
       order by n.next_at, n.alarm_id limit $3 for update of n skip locked)
     update alarm_notice n set attempts = n.attempts + 1,
       next_at = $2::timestamptz + least(interval '1 hour', interval '1 minute' * power(2, least(n.attempts, 10)))
     from due, alarm a where n.alarm_id = due.alarm_id and n.channel = $1 and a.id = n.alarm_id
     returning ${ALARM}, n.told`,
    [channel, now, most],
  )
  return rows.toSorted((a, b) => a.began.getTime() - b.began.getTime() || a.code.localeCompare(b.code))
}

/** Notes that alarms were told on a channel: those that are on are told again then, those that are over never. */
export async function noteTold(
  tx: Queryable,
  channel: string,
  told: readonly DueNotice[],
  againAt: Date,
): Promise<void> {
  const ids = (over: boolean) => told.filter(({ ended }) => (ended !== null) === over).map(({ id }) => id)
  await tx.query('delete from alarm_notice where channel = $1 and alarm_id = any($2::uuid[])', [channel, ids(true)])
  // One that has ended meanwhile is told at once.
  await tx.query(
    `update alarm_notice n set told = n.told + 1, attempts = 0,
       next_at = case when a.ended_at is null then $3::timestamptz else '-infinity' end
     from alarm a where a.id = n.alarm_id and n.channel = $1 and n.alarm_id = any($2::uuid[])`,
    [channel, ids(false), againAt],
  )
}

/** An alarm that is on and that nobody has acknowledged; it stays so until the transaction ends. */
export async function lockAlarm(tx: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select from alarm where id = $1 and ended_at is null and acknowledged_by is null for update',
    [id],
  )
  return rowCount === 1
}

/** Notes that an operator sees to an alarm, and which act says why. @returns whether nobody had before */
export async function acknowledgeAlarm(tx: Queryable, id: string, operator: string, actId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update alarm set acknowledged_by = $2, acknowledged_act = $3
     where id = $1 and ended_at is null and acknowledged_by is null`,
    [id, operator, actId],
  )
  return rowCount === 1
}
