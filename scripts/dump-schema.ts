/** Writes gateway/record/schema.sql: what the migrations come to, to be read and compared. `node scripts/dump-schema.ts` */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../gateway/record/database.ts'
import { startEmbedded } from '../gateway/record/embedded/embedded.ts'
import { migrate } from '../gateway/record/migrate.ts'
import { describeSchema, SCHEMA_FILE } from './schema-dump.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

const folder = await mkdtemp(join(tmpdir(), 'passerelle-schema-'))
const server = await startEmbedded(folder, quiet)
const database = openDatabase(server.url, () => undefined)
try {
  await migrate(database)
  await writeFile(SCHEMA_FILE, await describeSchema(database))
  process.stdout.write(`wrote ${SCHEMA_FILE}\n`)
} finally {
  await database.end()
  await server.close()
  await rm(folder, { recursive: true, force: true })
}
