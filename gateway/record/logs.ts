import type { Queryable } from './database.ts'

/** A log: the one in force, or one that was closed. */
export type LogInRecord = {
  readonly origin: string
  /** The index of its first leaf in the record: 0 but for a successor. */
  readonly base: number
  /** How many leaves are its own. */
  readonly size: number
  readonly verifierKeys: readonly string[]
}

/** What was published of a log: a state that the record must have. Of what witnesses have seen the root may not be known. */
export type Published = { readonly origin: string; readonly size: number; readonly root: Buffer | undefined }

/** The log in force, and since when and why nothing is appended to it any more. */
export type LogInForce = LogInRecord & {
  readonly closedAt: Date | undefined
  /** What was published of it, and is not in the record. */
  readonly published: Omit<Published, 'origin'> | undefined
}

type Row = {
  readonly origin: string
  readonly base: number
  readonly size: number
  readonly verifier_keys: string[]
  readonly closed_at: Date | null
  readonly published_size: number | null
  readonly published_root: Buffer | null
}

/** The log in force. @throws where none was ever opened */
export async function logInForce(database: Queryable, locked = false): Promise<LogInForce> {
  const { rows } = await database.query<Row>({
    name: locked ? 'lock-log' : 'log-in-force',
    text: `select origin, base, size - base as size, verifier_keys, closed_at, published_size, published_root
           from log ${locked ? 'for update' : ''}`,
  })
  const [row] = rows
  if (row === undefined) throw new Error('the record has no evidence log: no gateway has ever opened it')
  const { origin, base, size, verifier_keys: verifierKeys, closed_at, published_size: lost, published_root: root } = row
  const published = lost === null ? undefined : { size: lost, root: root ?? undefined }
  return { origin, base, size, verifierKeys, closedAt: closed_at ?? undefined, published }
}

/** Writes down by which keys the log is verified, once. @returns those that stand */
export async function keepVerifierKeys(tx: Queryable, keys: readonly string[]): Promise<readonly string[]> {
  await tx.query(`update log set verifier_keys = $1 where verifier_keys = '{}'`, [keys])
  const { rows } = await tx.query<{ verifier_keys: string[] }>('select verifier_keys from log')
  return rows[0]?.verifier_keys ?? []
}

/** Closes the log in force: from then on nothing is appended, until it has a successor. */
export async function closeLog(tx: Queryable, { size, root }: Omit<Published, 'origin'>, at: Date): Promise<void> {
  await tx.query('update log set closed_at = $1, published_size = $2, published_root = $3 where closed_at is null', [
    at,
    size,
    root ?? null,
  ])
}

/** A log that was closed, with its last checkpoint in the record, and what was said of that. */
export type PastLog = LogInRecord & {
  readonly closedAt: Date
  readonly published: Omit<Published, 'origin'>
  /** Of the last checkpoint, whose size is the log's; empty where it has none. */
  readonly note: string
  readonly cosignatures: readonly string[]
}

/** The logs that were closed, oldest first. */
export async function pastLogs(database: Queryable): Promise<readonly PastLog[]> {
  const { rows } = await database.query<
    Omit<PastLog, 'published'> & { readonly published_size: number; readonly published_root: Buffer | null }
  >({
    name: 'past-logs',
    text: `select origin, base, size, verifier_keys as "verifierKeys", closed_at as "closedAt", published_size,
             published_root, note, cosignatures from past_log order by base, closed_at`,
  })
  return rows.map(({ published_size: size, published_root: root, ...log }) => ({
    ...log,
    published: { size, root: root ?? undefined },
  }))
}

/**
 * Begins a log under another origin where one was closed: that one's last checkpoint is kept, and the next leaf is the first of the
 * new one. Whoever calls it has locked the log and found it closed.
 */
export async function succeedLog(
  tx: Queryable,
  { origin, verifierKeys }: Pick<LogInRecord, 'origin' | 'verifierKeys'>,
): Promise<void> {
  await tx.query(
    `insert into past_log (base, origin, verifier_keys, closed_at, published_size, published_root, size, note, cosignatures)
     select base, origin, verifier_keys, closed_at, published_size, published_root, coalesce(last.size, 0), coalesce(last.note, ''),
       array(select line from cosignature where size = last.size order by at, witness limit 14)
     from log left join (select size, note from checkpoint order by size desc limit 1) last on true`,
  )
  await tx.query('delete from checkpoint')
  // Every party's entry is to be in the new one, too.
  await tx.query('delete from party_entry')
  await tx.query(
    `update log set origin = $1, verifier_keys = $2, base = size, closed_at = null, published_size = null, published_root = null`,
    [origin, verifierKeys],
  )
}

/** Where a leaf stands: in the record, and so in one of its logs. */
export async function placeOfLeaf(database: Queryable, id: string): Promise<{ readonly index: number } | undefined> {
  const { rows } = await database.query<{ index: number }>({
    name: 'place-of-leaf',
    text: 'select index from leaf where id = $1',
    values: [id],
  })
  return rows[0]
}

/** When the oldest leaf that no checkpoint has was appended, by the time in its id (RFC 9562, section 5.7). */
export async function oldestUnpublished(database: Queryable, index: number): Promise<Date | undefined> {
  const { rows } = await database.query<{ id: string }>({
    name: 'oldest-unpublished',
    text: 'select id from leaf where index = $1',
    values: [index],
  })
  const id = rows[0]?.id.replaceAll('-', '')
  return id === undefined ? undefined : new Date(Number.parseInt(id.slice(0, 12), 16))
}
