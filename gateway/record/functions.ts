import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Queryable } from './database.ts'

const folder = fileURLToPath(new URL('functions/', import.meta.url))

/** A function in the database, as it should stand: its name and the file's text. */
type Source = { readonly name: string; readonly text: string; readonly digest: Buffer }

/**
 * Makes the functions again whose files have changed since they were last made, whatever parameters they had. Call it while the lock
 * on migrating is held, behind the migrations.
 * @returns the name of a function that a newer release has made; nothing is changed then
 */
export async function makeFunctions(tx: Queryable): Promise<string | undefined> {
  const sources = await readSources()
  const { rows } = await tx.query<{ name: string; digest: Buffer }>(
    'select name, digest from function_made order by no',
  )
  const inForce = new Map(rows.map(({ name, digest }) => [name, digest]))
  const pending = sources.filter(({ name, digest }) => inForce.get(name)?.equals(digest) !== true)
  const newer =
    [...inForce.keys()].find((known) => sources.every(({ name }) => name !== known)) ??
    // It was made once, and another since.
    pending.find((source) => rows.some(({ name, digest }) => name === source.name && digest.equals(source.digest)))
      ?.name
  if (newer !== undefined) return newer
  for (const { name, text, digest } of pending) {
    await make(tx, name, text)
    await tx.query('insert into function_made (name, digest) values ($1, $2)', [name, digest])
  }
  return undefined
}

async function readSources(): Promise<readonly Source[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted()
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(`${folder}${file}`, 'utf8')
      const name = file.slice(0, -'.sql'.length).replaceAll('-', '_')
      return { name, text, digest: createHash('sha256').update(text).digest() }
    }),
  )
}

/** PostgreSQL's word where `create or replace` would change the names of parameters, or what is given back. */
const OTHER_SIGNATURE = '42P13'

/**
 * Where it takes and gives the same as before it stays the same function, so that a call which comes just then finds it. Otherwise
 * what stands goes: under other types it would stay beside the new one.
 */
async function make(tx: Queryable, name: string, text: string): Promise<void> {
  await tx.query('savepoint replacing')
  const isReplaced = await tx.query(text).then(
    () => true,
    (error: unknown) => {
      if (error instanceof pg.DatabaseError && error.code === OTHER_SIGNATURE) return false
      throw error
    },
  )
  if (!isReplaced) await tx.query('rollback to savepoint replacing')
  const { rows } = await tx.query<{ drop: string }>(
    `select format('drop function %s', oid::regprocedure) as drop from pg_proc
     where pronamespace = current_schema()::regnamespace and proname = $1`,
    [name],
  )
  if (isReplaced && rows.length === 1) return
  for (const { drop } of rows) await tx.query(drop)
  await tx.query(text)
}

/** A call as SQL, and the values of its parameters. */
export type Call = { readonly sql: string; readonly values: readonly unknown[] }

/**
 * A call of a function of the record, each argument under the name of its parameter: none can take another's place, and one that
 * the function does not have fails.
 * @param args in any order, but the same at each call, for statements are prepared
 * @param taken how many parameters the statement around it has, which come first
 */
export function call(name: string, args: Readonly<Record<string, unknown>>, taken = 0): Call {
  const named = Object.keys(args).map((parameter, at) => `${parameter} => $${taken + at + 1}`)
  return { sql: `${name}(${named.join(', ')})`, values: Object.values(args) }
}
