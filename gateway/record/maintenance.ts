import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { ConfigurationFault } from '../base/base.ts'
import { connecting } from './connection.ts'

/**
 * What was deleted stays in PostgreSQL's files: in pages until they are written anew, in the write-ahead log, and in segments of that
 * log which are kept to be used again. This takes it out of them (protocol section 12).
 */

/** Tables that hold, or held, something sealed or a wrapped key; the smallest first. Their TOAST tables go with them. */
const TABLES = [
  'data_key_check',
  'case_key',
  'act',
  'message_attachment',
  'attachment',
  'message',
  'attachment_chunk',
] as const
/** Who reads a table or writes into it waits meanwhile, and behind who waits for its lock, others do. */
const LOCK_MS = 5_000
const LOCK_TRIES = 24
/** SQLSTATE, lock_not_available. */
const LOCKED = '55P03'
const ASK_AGAIN_MS = 200
/** Of checkpoint, log and their files. */
const ROUNDS = 3

export type Told = (line: string) => void

/** Who keeps PostgreSQL from giving up what was deleted: a session with an old transaction, a prepared one, a replication slot. */
type Holder = { readonly what: string; readonly since: Date | null }

/**
 * Writes the tables anew that sealed bytes were deleted from, one after the other, without what was deleted. It runs beside a gateway:
 * who needs a table waits while it is written.
 * @param patienceMs how long transactions that began before may go on
 * @returns whether PostgreSQL's own statistics could be written anew, too
 * @throws ConfigurationFault where somebody keeps the old rows, or a table in use
 */
export async function rewriteTables(url: string, tell: Told, patienceMs: number): Promise<boolean> {
  await using session = await openSession(url)
  const { client } = session
  await waitForOthers(client, patienceMs)
  for (const table of TABLES) {
    const began = performance.now()
    if (!(await vacuumFull(client, table)))
      throw new ConfigurationFault(`the database user does not own the table ${table}, and may not write it anew`)
    tell(`${table}: written anew in ${Math.ceil((performance.now() - began) / 1000)} s`)
  }
  // Samples of these columns stood there before it was told to take none.
  return await vacuumFull(client, 'pg_catalog.pg_statistic')
}

/**
 * Leaves nothing of what was written until now in the write-ahead log of a server that is the gateway's own: fills the segments that
 * wait to be used again, and has all those before the last checkpoint removed instead of kept.
 * @throws ConfigurationFault where the server keeps old segments for somebody
 */
export async function clearLog(url: string, tell: Told): Promise<void> {
  await using session = await openSession(url)
  const { client } = session
  try {
    await setRecycling(client, 'alter system set wal_recycle = off', 'off')
    let old: readonly string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await client.query('checkpoint')
      await passSegments(client)
      await client.query('checkpoint')
      const current = await currentSegment(client)
      old = (await segments(client)).filter((segment) => segment < current)
      if (old.length === 0) {
        tell('write-ahead log: begun anew')
        return
      }
    }
    throw new ConfigurationFault(
      `the server keeps ${old.length} old segments of its write-ahead log: a backup that is under way, or a replication slot`,
    )
  } finally {
    await setRecycling(client, 'alter system reset wal_recycle', 'on')
  }
}

/** A session without the time limits of a gateway's. */
async function openSession(url: string): Promise<AsyncDisposable & { readonly client: pg.Client }> {
  const client = new pg.Client({
    ...connecting(url, { statement_timeout: '0', lock_timeout: `${LOCK_MS}` }),
    application_name: 'passerelle maintenance',
    keepAlive: true,
  })
  client.on('error', () => undefined)
  await client.connect()
  return { client, [Symbol.asyncDispose]: () => client.end() }
}

/** Old rows are kept for whoever may still see them: all that began before now must have ended. */
async function waitForOthers(client: pg.Client, patienceMs: number): Promise<void> {
  const { rows } = await client.query<{ now: string }>('select pg_current_xact_id()::xid as now')
  const end = performance.now() + patienceMs
  for (;;) {
    const [holder] = await holders(client, rows[0]?.now ?? '')
    if (holder === undefined) return
    if (performance.now() > end)
      throw new ConfigurationFault(
        `${holder.what} keeps what was deleted (since ${holder.since?.toISOString() ?? 'unknown'}): end it and try again`,
      )
    await pause(ASK_AGAIN_MS)
  }
}

async function holders(client: pg.Client, now: string): Promise<readonly Holder[]> {
  const { rows } = await client.query<Holder>(
    `select format('session %s (%s)', pid, application_name) as what, xact_start as since from pg_stat_activity
       where pid <> pg_backend_pid() and (datname = current_database() or datname is null)
         and (age(backend_xmin) > age($1::xid) or age(backend_xid) > age($1::xid))
     union all
     select format('prepared transaction %s', gid), prepared from pg_prepared_xacts
       where database = current_database() and age(transaction) > age($1::xid)
     union all
     select format('replication slot %s', slot_name), null from pg_replication_slots
       where age(xmin) > age($1::xid) or age(catalog_xmin) > age($1::xid)`,
    [now],
  )
  return rows
}

/** @param table as SQL names it @returns whether it was written anew: who may not is given a warning and no fault */
async function vacuumFull(client: pg.Client, table: string): Promise<boolean> {
  const before = await fileOf(client, table)
  for (let tries = 1; ; tries++) {
    try {
      await client.query(`vacuum (full) ${table}`)
      return (await fileOf(client, table)) !== before
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== LOCKED) throw error
      if (tries === LOCK_TRIES)
        throw new ConfigurationFault(`${table} is in use all the time: stop the gateway and try again`)
      await pause(ASK_AGAIN_MS)
    }
  }
}

async function fileOf(client: pg.Client, table: string): Promise<number | undefined> {
  const { rows } = await client.query<{ file: number }>('select pg_relation_filenode($1) as file', [table])
  return rows[0]?.file
}

async function setRecycling(client: pg.Client, statement: string, wanted: 'on' | 'off'): Promise<void> {
  await client.query(statement)
  await client.query('select pg_reload_conf()')
  for (;;) {
    const { rows } = await client.query<{ wal_recycle: string }>('show wal_recycle')
    if (rows[0]?.wal_recycle === wanted) return
    await pause(ASK_AGAIN_MS)
  }
}

/** The names of segments without their timeline, oldest first: those behind the current one wait to be used again. */
async function segments(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ segment: string }>(
    `select substr(name, 9) as segment from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$' order by 1`,
  )
  return rows.map(({ segment }) => segment)
}

async function currentSegment(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ segment: string }>(
    'select substr(pg_walfile_name(pg_current_wal_insert_lsn()), 9) as segment',
  )
  if (rows[0] === undefined) throw new Error('the server has no write-ahead log')
  return rows[0].segment
}

/** Goes through all segments that there are, those that wait to be used again too: what is left of each is written over with zeros. */
async function passSegments(client: pg.Client): Promise<void> {
  const last = (await segments(client)).at(-1) ?? ''
  for (let current = ''; current <= last; current = await currentSegment(client)) {
    // A segment in which nothing stands yet is not ended.
    await client.query(`select pg_logical_emit_message(false, 'passerelle', '')`)
    await client.query('select pg_switch_wal()')
  }
}
