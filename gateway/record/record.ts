import { ConfigurationFault } from '../base/setting.ts'
import { type Clock, openClock } from './clock.ts'
import { type Database, openDatabase, transaction } from './database.ts'
import { migrate } from './migrate.ts'
import { dataKeyCheck } from './parties.ts'
import { openBytes, sealBytes } from './sealing.ts'
import { openVault, type Vault } from './vault.ts'
import { openWakes, type Wakes } from './wakes.ts'

/** The durable record, open: where everything is written before anybody is answered. */
export type OpenRecord = AsyncDisposable & {
  readonly database: Database
  readonly wakes: Wakes
  readonly vault: Vault
  /** The time that all processes agree on: the record's. */
  readonly clock: Pick<Clock, 'now'>
}

/**
 * Opens the record and brings it to this release's schema.
 * @param url PostgreSQL; @param dataKey 32 bytes; @param onError hears of connections that broke
 * @throws ConfigurationFault where the database cannot be reached, or was sealed with another data key; NewerSchemaFault
 */
export async function openRecord(url: string, dataKey: Buffer, onError: (error: unknown) => void): Promise<OpenRecord> {
  const opened = new AsyncDisposableStack()
  try {
    const database = opened.adopt(openDatabase(url, onError), (one) => one.end())
    await reach(database)
    await migrate(database)
    await checkDataKey(database, dataKey)
    const wakes = opened.adopt(await openWakes(url, database, onError), (one) => one.close())
    const clock = opened.use(await openClock(database, onError))
    return {
      database,
      wakes,
      vault: openVault(dataKey),
      clock,
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

async function reach(database: Database): Promise<void> {
  try {
    await database.query('select 1')
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
    throw new ConfigurationFault(`the database cannot be reached (${why})`)
  }
}

/** The record's data key must be this gateway's: what is written under another nobody could read. */
async function checkDataKey(database: Database, dataKey: Buffer): Promise<void> {
  const place = Buffer.from('data-key-check')
  const check = await transaction(database, async (tx) => ({
    result: await dataKeyCheck(tx, sealBytes(dataKey, Buffer.alloc(0), place)),
  }))
  try {
    openBytes(dataKey, check, place)
  } catch {
    throw new ConfigurationFault('the data key is not the one that this record was sealed with')
  }
}
