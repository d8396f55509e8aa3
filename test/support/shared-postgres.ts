import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Client } from 'pg'
import { openDatabase } from '../../gateway/record/database.ts'
import { startEmbedded } from '../../gateway/record/embedded/embedded.ts'
import { makeSocketFolder, removeSocketFolder } from '../../gateway/record/embedded/folders.ts'
import { chooseRunner, PLAIN_ENVIRONMENT } from '../../gateway/record/embedded/postgres-process.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { programs } from './postgres.ts'
import { quiet } from './quiet.ts'

/** A database that has this release's schema and nothing else, to be copied: a tenth of what making it anew costs. */
export const TEMPLATE = 'template_of_tests'

/** What it holds nobody keeps, so it waits for no disk; the gateways of several test files are connected at once. */
const SETTINGS = {
  listen_addresses: '',
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  max_wal_size: '4GB',
  jit: 'off',
}

const START_MS = 60_000
const POLL_MS = 20

/** Starts the PostgreSQL that a whole test run shares; its cluster is made as a gateway makes its own. */
export async function startShared(folder: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  await (await startEmbedded(folder, quiet)).close()
  const cluster = join(folder, 'postgres')
  const program = join(programs(), 'postgres')
  const runner = chooseRunner(cluster, program)
  const sockets = makeSocketFolder(folder, runner)
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command = program, ...words] = [...runner.words, program, '-D', cluster, '-k', sockets, ...settings]
  const child = spawn(command, words, {
    cwd: cluster,
    env: PLAIN_ENVIRONMENT,
    uid: runner.uid,
    gid: runner.gid,
    stdio: 'ignore',
  })
  const ended = once(child, 'close')
  const address = (database: string) =>
    `postgresql://passerelle@localhost:5432/${database}?host=${encodeURIComponent(sockets)}&sslmode=disable`
  const url = address('passerelle')
  await makeTemplate(url, address(TEMPLATE))
  return {
    url,
    async close() {
      child.kill('SIGINT')
      await ended
      removeSocketFolder(sockets)
    },
  }
}

/** Nobody can connect to it afterwards: a database that is in use cannot be copied. */
async function makeTemplate(server: string, template: string): Promise<void> {
  const client = await connectWithin(server, START_MS)
  await client.query(`create database ${TEMPLATE} template template0`)
  const database = openDatabase(template, () => undefined)
  await migrate(database)
  await database.end()
  await client.query(`alter database ${TEMPLATE} with is_template true allow_connections false`)
  await client.end()
}

async function connectWithin(url: string, ms: number): Promise<Client> {
  const deadline = performance.now() + ms
  for (;;) {
    const client = new Client({ connectionString: url })
    try {
      await client.connect()
      return client
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
