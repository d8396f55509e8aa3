import { CURSOR_SECRET } from './places.ts'
import type { Queryable } from './database.ts'

/** A data key that the record is sealed under, in part or whole. */
export type KeyInUse = { readonly id: Buffer; readonly isCurrent: boolean }

/** A process that has the record open, and the data keys that it knows. */
export type Holder = { readonly id: string; readonly name: string; readonly keyIds: readonly Buffer[] }

/** Who has not been seen for so long has gone: it says every few seconds that it is there. */
const GONE = '30 seconds'
/** Rows of processes that were killed go then. */
const FORGOTTEN = '1 hour'

const inUse = (rows: readonly { id: Buffer; is_current: boolean }[]): readonly KeyInUse[] =>
  rows.map(({ id, is_current: isCurrent }) => ({ id, isCurrent }))

/** Keeps everybody else from changing which data keys are in use, until the transaction ends. */
export async function lockDataKeys(tx: Queryable): Promise<void> {
  await tx.query('lock table data_key in exclusive mode')
}

/** The data keys in use; none where nothing has ever been sealed, or by an earlier release alone. */
export async function dataKeysInUse(tx: Queryable): Promise<readonly KeyInUse[]> {
  const { rows } = await tx.query<{ id: Buffer; is_current: boolean }>('select id, is_current from data_key')
  return inUse(rows)
}

/** Makes a data key the one that everything new is sealed under; the others stay in use. */
export async function makeCurrent(tx: Queryable, id: Buffer): Promise<void> {
  await tx.query('update data_key set is_current = false where is_current')
  await tx.query(
    'insert into data_key (id, is_current) values ($1, true) on conflict (id) do update set is_current = true',
    [id],
  )
}

/** Nothing is sealed any more under any data key but the current one. */
export async function endOthers(tx: Queryable): Promise<void> {
  await tx.query('delete from data_key where not is_current')
}

/** What an earlier release sealed under its data key, to know it again. */
export async function earlierCheck(tx: Queryable): Promise<Buffer | undefined> {
  const { rows } = await tx.query<{ sealed: Buffer }>('select sealed from data_key_check')
  return rows[0]?.sealed
}

export async function cursorSecret(tx: Queryable): Promise<Buffer | undefined> {
  const { rows } = await tx.query<{ sealed: Buffer }>(`select sealed from ${CURSOR_SECRET.table}`)
  return rows[0]?.sealed
}

export async function keepCursorSecret(tx: Queryable, sealed: Buffer): Promise<void> {
  await tx.query(`insert into ${CURSOR_SECRET.table} (sealed) values ($1)`, [sealed])
}

/** Says that a process is there and what it knows; gives the data keys in use. */
export async function present(tx: Queryable, { id, name, keyIds }: Holder): Promise<readonly KeyInUse[]> {
  const { rows } = await tx.query<{ id: Buffer; is_current: boolean }>(
    `with said as (
       insert into gateway_process (id, name, data_keys) values ($1, $2, $3)
       on conflict (id) do update set data_keys = excluded.data_keys, seen_at = now()),
     forgotten as (delete from gateway_process where id <> $1 and seen_at < now() - interval '${FORGOTTEN}')
     select id, is_current from data_key`,
    [id, name, keyIds],
  )
  return inUse(rows)
}

export async function leave(database: Queryable, id: string): Promise<void> {
  await database.query('delete from gateway_process where id = $1', [id])
}

/** The names of the processes that are there and do not know a data key. */
export async function processesWithout(tx: Queryable, id: Buffer): Promise<readonly string[]> {
  const { rows } = await tx.query<{ name: string }>(
    `select name from gateway_process
     where seen_at > now() - interval '${GONE}' and $1 <> all(data_keys) order by name`,
    [id],
  )
  return rows.map(({ name }) => name)
}

/** The names of the processes that are there: the host and the process id of each. */
export async function processesThere(database: Queryable, limit: number): Promise<readonly string[]> {
  const { rows } = await database.query<{ name: string }>(
    `select name from gateway_process where seen_at > now() - interval '${GONE}' order by name limit $1`,
    [limit],
  )
  return rows.map(({ name }) => name)
}
