import { readFile, readdir } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Database, type Queryable, transaction } from './database.ts'
import { makeFunctions } from './functions.ts'

const folder = fileURLToPath(new URL('migrations/', import.meta.url))

/** Serializes processes that start together: the bytes of «PASS». */
const MIGRATION_LOCK = 0x50415353
const ASK_AGAIN_MS = 200

/** The database was written by a newer Passerelle: going on could damage what this one doesn't know. */
export class NewerSchemaFault extends Error {}

/**
 * Brings the database to this release's schema, all pending files in one transaction, and its functions to this release's text;
 * several processes may call it at once.
 * @throws NewerSchemaFault where the database has a migration or a function that this release has not
 */
export async function migrate(database: Database): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  await transaction(database, async (tx) => {
    await lock(tx)
    await tx.query(
      'create table if not exists migration (name text primary key, at timestamptz not null default now())',
    )
    const { rows } = await tx.query<{ name: string }>('select name from migration')
    const done = new Set(rows.map(({ name }) => name))
    const unknown = [...done].find((name) => !files.includes(name))
    if (unknown !== undefined)
      throw new NewerSchemaFault(`the database has migration ${unknown}, which this release has not`)
    for (const name of files.filter((file) => !done.has(file))) {
      await tx.query(await readFile(`${folder}${name}`, 'utf8'))
      await tx.query('insert into migration (name) values ($1)', [name])
    }
    const newer = await makeFunctions(tx)
    if (newer !== undefined) throw new NewerSchemaFault(`the database has function ${newer} of a newer release`)
    return { result: undefined }
  })
}

/** Asks for the lock until it is free: waiting inside PostgreSQL would end with the time that a statement may take. */
async function lock(tx: Queryable): Promise<void> {
  for (;;) {
    const { rows } = await tx.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [
      MIGRATION_LOCK,
    ])
    if (rows[0]?.locked === true) return
    await wait(ASK_AGAIN_MS)
  }
}
