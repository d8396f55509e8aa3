import type { Queryable } from './database.ts'
import { appending, type Leaf } from './leaves.ts'

/** What an act is about, as the log tells it (protocol section 10). */
export type ActSubject = {
  readonly agency?: string
  readonly from?: string
  readonly messageId?: string
  readonly caseId?: string
  /** The code of an alarm; the leaf alone has it. */
  readonly alarm?: string
}

export type ActRecord = {
  readonly id: string
  readonly at: Date
  readonly act: string
  /** Undefined where it was the registry's retention. */
  readonly operator: string | undefined
  /** Undefined where the reason went with what the act erased, or there was none. */
  readonly sealedReason: Buffer | undefined
  /** Of the list of reasons; undefined where only words were given. */
  readonly reasonCode?: string | undefined
  /** When the operator rang. */
  readonly rangAt?: Date | undefined
  readonly subject: ActSubject
  readonly leaf: Leaf
}

/** Records an act, and appends to the log the receipts of what it did and behind them the act's own leaf. */
export async function recordAct(
  tx: Queryable,
  { id, at, act, operator, sealedReason, reasonCode, rangAt, subject, leaf }: ActRecord,
  receipts: readonly Leaf[],
): Promise<void> {
  const { agency, from, messageId, caseId } = subject
  const about = [agency ?? null, from ?? null, messageId ?? null, caseId ?? null]
  const said = [sealedReason ?? null, reasonCode ?? null, rangAt ?? null]
  const appended = appending([...receipts, leaf], 12)
  await tx.query(
    `insert into act (id, at, act, operator, sealed_reason, reason_code, rang_at, agency, sender, message_id, case_id, leaf_index)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, ${appended.sql} + $12)`,
    [id, at, act, operator ?? null, ...said, ...about, receipts.length, ...appended.values],
  )
}

/** An act that needs two operators, as one of them asks for it; `subject` says in one word what it is about. */
export type Asked = { readonly act: string; readonly subject: string; readonly operator: string; readonly at: Date }

/** An act as it stands in the record. */
export type ActRow = {
  readonly id: string
  readonly at: Date
  readonly act: string
  readonly operator: string | null
  readonly sealed_reason: Buffer | null
  readonly reason_code: string | null
  readonly rang_at: Date | null
  readonly agency: string | null
  readonly sender: string | null
  readonly message_id: string | null
  readonly case_id: string | null
  readonly leaf_index: number
}

/** Which acts are wanted: all, or those about an agency, a case, a message, or of one name. */
export type ActSearch = {
  readonly act?: string
  readonly agency?: string
  readonly caseId?: string
  /** With its case, by which it is found. */
  readonly message?: { readonly sender: string; readonly id: string; readonly caseId: string }
  /** Place in the log: only older ones. */
  readonly before?: number
  readonly limit: number
}

const ACT_COLUMNS = `id, at, act, operator, sealed_reason, reason_code, rang_at, agency, sender, message_id, case_id, leaf_index`

/** Acts, newest first. */
export async function searchActs(database: Queryable, search: ActSearch): Promise<readonly ActRow[]> {
  const conditions: string[] = []
  const values: unknown[] = []
  const where = (condition: string, value: unknown): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(`${condition} $${values.length}`)
  }
  where('act =', search.act)
  where('agency =', search.agency)
  where('case_id =', search.caseId ?? search.message?.caseId)
  where('sender =', search.message?.sender)
  where('message_id =', search.message?.id)
  where('leaf_index <', search.before)
  values.push(search.limit)
  const { rows } = await database.query<ActRow>(
    `select ${ACT_COLUMNS} from act ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
     order by leaf_index desc limit $${values.length}`,
    values,
  )
  return rows
}

/** One act. */
export async function findAct(database: Queryable, id: string): Promise<ActRow | undefined> {
  const { rows } = await database.query<ActRow>(`select ${ACT_COLUMNS} from act where id = $1`, [id])
  return rows[0]
}

/**
 * Whether an act with this id is done. Until the transaction ends, nobody else learns that it is not: of those who would do it at once
 * one does, and the others find it done.
 */
export async function isDone(tx: Queryable, id: string): Promise<boolean> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('act ' || $1, 0))`, [id])
  return (await findAct(tx, id)) !== undefined
}

/** What waits for a second operator, with the act by which the first asked; the oldest first. */
export async function pendingActs(database: Queryable, since: Date, limit: number): Promise<readonly ActRow[]> {
  const { rows } = await database.query<ActRow>(
    `select a.* from (select * from pending_act where at > $1 order by at limit $2) p
       join lateral (
         select ${ACT_COLUMNS} from act
         where case_id = split_part(p.subject, ' ', -1)::uuid and act = p.act and operator = p.operator and at = p.at
         order by leaf_index desc limit 1) a on true
     order by a.at, a.leaf_index`,
    [since, limit],
  )
  return rows
}

/** Of each agency the act by which it was last paused. */
export async function pauseActs(database: Queryable, agencies: readonly string[]): Promise<readonly ActRow[]> {
  const { rows } = await database.query<ActRow>(
    `select a.* from unnest($1::text[]) as paused (id) join lateral (
       select ${ACT_COLUMNS} from act where agency = paused.id and act = 'pause' order by leaf_index desc limit 1) a on true`,
    [agencies],
  )
  return rows
}

/** Forgets what nobody joined in time, and notes from shift to shift of which the time is over: their words, not that they were. */
export async function forgetPassed(
  database: Queryable,
  { asked, notes }: { readonly asked: Date; readonly notes: Date },
): Promise<void> {
  await database.query('delete from pending_act where at <= $1', [asked])
  await database.query(
    `update act set sealed_reason = null where act = 'handover' and sealed_reason is not null and at <= $1`,
    [notes],
  )
}

/**
 * Takes the next turn in putting back an agency's dead letters, over all processes; it goes by PostgreSQL's clock at that moment, for
 * whoever waits for the row waits. @param ms until the next
 * @returns whether it is there; else another has it, or it is still to come
 */
export async function takeBulkTurn(tx: Queryable, agency: string, ms: number): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into bulk_turn as turn (agency, next_at) values ($1, clock_timestamp() + $2 * interval '1 ms')
     on conflict (agency) do update set next_at = clock_timestamp() + $2 * interval '1 ms'
     where turn.next_at <= clock_timestamp() or turn.next_at > clock_timestamp() + interval '1 min'`,
    [agency, ms],
  )
  return rowCount === 1
}

/**
 * Notes that an operator asks for an act of two. Whoever comes second waits until the first has committed.
 * @param since what was asked before has lapsed
 * @returns `first`: noted, and waits for another; `again`: this operator had asked already; `second`: another one, who is named, had,
 * and it is no longer pending
 */
export async function askForTwo(
  tx: Queryable,
  { act, subject, operator, at }: Asked,
  since: Date,
): Promise<{ readonly turn: 'first' | 'again' } | { readonly turn: 'second'; readonly first: string }> {
  await tx.query('delete from pending_act where act = $1 and subject = $2 and at <= $3', [act, subject, since])
  const { rowCount } = await tx.query(
    'insert into pending_act (act, subject, operator, at) values ($1, $2, $3, $4) on conflict do nothing',
    [act, subject, operator, at],
  )
  if (rowCount === 1) return { turn: 'first' }
  const { rows } = await tx.query<{ operator: string }>(
    'delete from pending_act where act = $1 and subject = $2 and operator <> $3 returning operator',
    [act, subject, operator],
  )
  return rows[0] === undefined ? { turn: 'again' } : { turn: 'second', first: rows[0].operator }
}

/** Ends acts that wait for a second operator: something was done that contradicts them. */
export async function endPending(tx: Queryable, acts: readonly string[], subjects: readonly string[]): Promise<void> {
  await tx.query('delete from pending_act where act = any($1::text[]) and subject = any($2::text[])', [acts, subjects])
}
