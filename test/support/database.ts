import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'

export type TestDatabase = AsyncDisposable & { readonly url: string; drop(): Promise<void> }

/**
 * Makes a database of its own name, with this release's schema, in the PostgreSQL that the whole test run shares.
 * @param server another one: there the database is empty
 */
export async function createDatabase(server?: string): Promise<TestDatabase> {
  if (server !== undefined) return await create(server, 'template0')
  return await create(inject('databaseUrl'), `${inject('databaseTemplate')} strategy file_copy`)
}

/** The same with nothing in it. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return await create(inject('databaseUrl'), 'template0')
}

async function create(server: string, template: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await execute(server, `create database ${name} template ${template}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const drop = async (): Promise<void> => {
    await execute(server, awaitLeaving(name))
    await execute(server, `drop database if exists ${name} with (force)`)
  }
  return { url: url.href, drop, [Symbol.asyncDispose]: drop }
}

/**
 * Waits half a second at most until nobody is connected any more: a pool that has ended may still be taking its leave, and a connection
 * that is cut off then is an error that nobody listens for.
 */
const awaitLeaving = (name: string): string => `do $$ begin
  for look in 1 .. 50 loop
    perform pg_stat_clear_snapshot();
    exit when not exists (select from pg_stat_activity where datname = '${name}');
    perform pg_sleep(0.01);
  end loop;
end $$`

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
