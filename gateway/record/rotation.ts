import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type DataKey, findDataKey, nameDataKey, openUnder, sealUnder } from './data-key.ts'
import { dataKeysInUse, endOthers, type KeyInUse, lockDataKeys, makeCurrent, processesWithout } from './data-keys.ts'
import { type Database, type Queryable, transaction } from './database.ts'
import { SEALED_UNDER_DATA_KEY, type SealedColumn } from './places.ts'
import { SealFault } from './sealing.ts'

/** What became of a rotation. */
export type Rotation =
  /** Nothing is sealed under any key but the first: the others may go. `sealed`: how many entries were sealed anew. */
  | { readonly outcome: 'done'; readonly sealed: number }
  /** Nothing has changed: these processes do not know the first key. */
  | { readonly outcome: 'not-known'; readonly processes: readonly string[] }
  /** The record needs a key that is not among them, or holds nothing yet. */
  | { readonly outcome: 'missing-key' | 'empty' }
  /** Nothing has changed: another rotation is under way, or somebody holds the tables. */
  | { readonly outcome: 'busy' | 'locked' }
  /** Everything else is sealed anew, but so many entries do not open under any of the keys: those before must stay. */
  | { readonly outcome: 'unreadable'; readonly entries: number }

/** How far it has come in one table. */
export type Progress = { readonly table: string; readonly looked: number; readonly sealed: number }

type Options = {
  /** Hears of each batch. */
  readonly tell: (progress: Progress) => void
  /** So long the processes have to read the file again. */
  readonly patienceMs: number
  /** Rows that are looked at, and sealed anew, in one transaction. */
  readonly batch?: number
}

const BATCH = 1_000
const ASK_AGAIN_MS = 250
/** One rotation at a time: the bytes of «ROTA». */
const ROTATION_LOCK = 0x524f5441
/** Whoever writes waits behind a lock that waits: not for longer than this. */
const LOCK_TIMEOUT = '2s'
/** SQLSTATE lock_not_available. */
const LOCKED = '55P03'

/**
 * Makes the first of these data keys the record's current one, and seals under it whatever is sealed under another: the keys of
 * cases and all else that the data key wraps. Safe beside gateways that work, after a kill at any place, and when repeated:
 *
 * 1. It waits until every process that has the record open knows the first key.
 * 2. From one commit on nothing new can be sealed under another: the record itself refuses that (`require_current_data_key`), and
 *    who was refused seals anew. What is under way is waited for.
 * 3. Row by row is opened, sealed anew and put in the place of just what was read; nothing else of a row changes.
 * 4. Only when all rows have been looked at, the record says that no other key is needed any more.
 * @param lines 32 bytes each, the first shall be current
 */
export async function rotate(database: Database, lines: readonly Buffer[], options: Options): Promise<Rotation> {
  const keys = lines.map(nameDataKey)
  const first = keys[0]
  if (first === undefined) throw new RangeError('no data key')
  const lock = await database.connect()
  try {
    // The session of one that was killed ends a moment later.
    const isAlone = await insist(options.patienceMs, () => tryLock(lock))
    if (isAlone !== true) return { outcome: 'busy' }
    return await rotateAlone(database, keys, first, options)
  } finally {
    // Where this fails the session has ended, and the lock with it.
    await lock.query('select pg_advisory_unlock_all()').catch(() => undefined)
    lock.release(true)
  }
}

async function tryLock(session: Queryable): Promise<true | undefined> {
  const { rows } = await session.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    ROTATION_LOCK,
  ])
  return rows[0]?.locked === true ? true : undefined
}

/** Asks again and again until there is an answer, or the time is over. */
async function insist<Answer>(patienceMs: number, ask: () => Promise<Answer | undefined>): Promise<Answer | undefined> {
  const end = performance.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined || performance.now() > end) return answer
    await pause(ASK_AGAIN_MS)
  }
}

async function rotateAlone(
  database: Database,
  keys: readonly DataKey[],
  first: DataKey,
  options: Options,
): Promise<Rotation> {
  const inUse = await dataKeysInUse(database)
  if (inUse.length === 0) return { outcome: 'empty' }
  if (inUse.some(({ id }) => findDataKey(keys, id) === undefined)) return { outcome: 'missing-key' }
  if (isDone(inUse, first)) return { outcome: 'done', sealed: 0 }
  const unknowing = await begin(database, first, options.patienceMs)
  if (unknowing === undefined) return { outcome: 'locked' }
  if (unknowing.length > 0) return { outcome: 'not-known', processes: unknowing }
  let sealed = 0
  let unreadable = 0
  for (const column of SEALED_UNDER_DATA_KEY) {
    const done = await sealAnew(database, column, keys, first, options)
    sealed += done.sealed
    unreadable += done.unreadable
  }
  if (unreadable > 0) return { outcome: 'unreadable', entries: unreadable }
  await transaction(database, async (tx) => {
    await lockDataKeys(tx)
    await endOthers(tx)
    return { result: undefined }
  })
  return { outcome: 'done', sealed }
}

const isDone = (inUse: readonly KeyInUse[], { id }: DataKey): boolean =>
  inUse.length === 1 && inUse.every((one) => one.isCurrent && one.id.equals(id))

/** Makes a key current, as soon as all know it; gives the names of those that do not in time, as beginNow does. */
async function begin(database: Database, { id }: DataKey, patienceMs: number): Promise<readonly string[] | undefined> {
  let unknowing: readonly string[] | undefined
  await insist(patienceMs, async () => {
    unknowing = await beginNow(database, id)
    return unknowing?.length === 0 ? true : undefined
  })
  return unknowing
}

/** @returns who does not know it; undefined where somebody wrote for too long */
async function beginNow(database: Database, id: Buffer): Promise<readonly string[] | undefined> {
  try {
    return await transaction(database, async (tx) => {
      await tx.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`)
      await lockDataKeys(tx)
      const unknowing = await processesWithout(tx, id)
      if (unknowing.length > 0) return { result: unknowing }
      // Who has begun to write under the key before ends first; who comes after is refused.
      const tables = SEALED_UNDER_DATA_KEY.map(({ table }) => table)
      await tx.query(`lock table ${tables.join(', ')} in share row exclusive mode`)
      await makeCurrent(tx, id)
      return { result: unknowing }
    })
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === LOCKED) return undefined
    throw error
  }
}

/** One pass over a column, in the order of its keys. What comes behind it is sealed under the current key already. */
async function sealAnew(
  database: Database,
  column: SealedColumn,
  keys: readonly DataKey[],
  current: DataKey,
  { tell, batch = BATCH }: Options,
): Promise<{ sealed: number; unreadable: number }> {
  const done = { looked: 0, sealed: 0, unreadable: 0 }
  for (let after: string | undefined; ; ) {
    const rows = await readBatch(database, column, current, after, batch)
    if (rows.length === 0) return done
    const anew = rows.map(({ names, sealed }) => sealed && reseal(keys, current, sealed, column.place(...names)))
    const changes = rows.flatMap(({ key, sealed }, at) => {
      const next = anew[at]
      return sealed !== null && next != null ? [{ key, sealed, next }] : []
    })
    if (changes.length > 0) done.sealed += await writeBatch(database, column, changes)
    done.looked += rows.length
    done.unreadable += anew.filter((one) => one === undefined).length
    tell({ table: column.table, looked: done.looked, sealed: done.sealed })
    after = rows.at(-1)?.key
  }
}

/** Undefined where it opens under none of the keys. */
function reseal(keys: readonly DataKey[], current: DataKey, sealed: Buffer, place: Buffer): Buffer | undefined {
  try {
    return sealUnder(current, openUnder(keys, sealed, place), place)
  } catch (error) {
    if (error instanceof SealFault) return undefined
    throw error
  }
}

type SealedRow = { readonly key: string; readonly names: readonly string[]; readonly sealed: Buffer | null }

/** The next rows behind a key; `sealed` is null where there is nothing, or nothing to do. */
async function readBatch(
  database: Queryable,
  { table, column, key, names }: SealedColumn,
  { id }: DataKey,
  after: string | undefined,
  batch: number,
): Promise<readonly SealedRow[]> {
  const { rows } = await database.query<SealedRow>(
    `select ${key.column}::text as key, array[${names.join(', ')}]::text[] as names,
       case when substring(${column} for ${id.length}) <> $1 then ${column} end as sealed
     from ${table} ${after === undefined ? '' : `where ${key.column} > $3::${key.type}`} order by ${key.column} limit $2`,
    after === undefined ? [id, batch] : [id, batch, after],
  )
  return rows
}

/** Puts what was sealed anew in the place of what it was made of, and of nothing that has come or gone meanwhile. */
async function writeBatch(
  database: Queryable,
  { table, column, key }: SealedColumn,
  changes: readonly { key: string; sealed: Buffer; next: Buffer }[],
): Promise<number> {
  const { rowCount } = await database.query(
    `update ${table} set ${column} = next
     from unnest($1::${key.type}[], $2::bytea[], $3::bytea[]) as change (key, before, next)
     where ${key.column} = change.key and ${column} = before`,
    [changes.map((one) => one.key), changes.map(({ sealed }) => sealed), changes.map(({ next }) => next)],
  )
  return rowCount ?? 0
}
