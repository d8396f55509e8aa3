import { Client } from 'pg'
import { startEmbedded } from '../gateway/record/embedded/embedded.ts'
import { quiet } from '../test/support/quiet.ts'
import { parentOf } from './processes.ts'

/** One PostgreSQL, with the gateway's own settings, that all that is measured shares. */
export type Server = AsyncDisposable & {
  /** PostgreSQL's first process, the parent of those that do the work. */
  readonly postmaster: number
  createDatabase(): Promise<string>
  dropDatabase(url: string): Promise<void>
  /** Writes out what earlier runs left, so that no run pays for another. */
  checkpoint(): Promise<void>
}

/** Starts PostgreSQL in a folder. */
export async function startServer(folder: string): Promise<Server> {
  const embedded = await startEmbedded(folder, quiet)
  const client = new Client({ connectionString: embedded.url })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  let made = 0
  return {
    postmaster: parentOf(rows[0]?.pid ?? 0) ?? 0,
    async createDatabase() {
      const name = `bench_${++made}`
      await client.query(`create database ${name} template template0`)
      const url = new URL(embedded.url)
      url.pathname = `/${name}`
      return url.href
    },
    async dropDatabase(url) {
      await client.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`)
    },
    async checkpoint() {
      await client.query('checkpoint')
    },
    async [Symbol.asyncDispose]() {
      await client.end()
      await embedded.close()
    },
  }
}
