import pg from 'pg'
import { codeOf, ConfigurationFault } from '../base/base.ts'
import { type Database, isOutage } from './database.ts'

/** Refusals that no later try will change; the message of these names tables and schemas at most. */
const REFUSALS: Readonly<Record<string, string>> = {
  '42501': 'the database user has not the rights that the gateway needs',
  '3F000': 'the database has no schema to make tables in (search_path)',
  '25006': 'the database takes no writes',
}

/**
 * Reaches the database and makes sure that it can hold what is sent: names in every script, so UTF-8.
 * @throws ConfigurationFault where it cannot be reached, or has another encoding
 */
export async function requireFitDatabase(database: Database): Promise<void> {
  const encoding = await ask(database)
  if (encoding !== 'UTF8')
    throw new ConfigurationFault(
      `the encoding of the database is ${encoding}, and must be UTF8 (create database … encoding 'UTF8')`,
    )
}

async function ask(database: Database): Promise<string | undefined> {
  try {
    const { rows } = await database.query<{ encoding: string }>(`select current_setting('server_encoding') as encoding`)
    return rows[0]?.encoding
  } catch (error) {
    throw new ConfigurationFault(describeUnreachable(error))
  }
}

/**
 * Does what only a database can that is there, writable and ours to use.
 * @throws ConfigurationFault where it is the database that refuses or is away, and whatever else `work` throws
 */
export async function heedUnfit<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const unfit = describeUnfit(error)
    throw unfit === undefined ? error : new ConfigurationFault(unfit, { cause: error })
  }
}

/** Says why the record cannot be opened, where it is the database that refuses or is away; nothing where it is another fault. */
function describeUnfit(error: unknown): string | undefined {
  if (error instanceof pg.DatabaseError && error.code !== undefined && error.code in REFUSALS)
    return `${REFUSALS[error.code]} (${error.code}: ${error.message})`
  return isOutage(error) ? describeUnreachable(error) : undefined
}

function describeUnreachable(error: unknown): string {
  return `the database cannot be reached (${codeOf(error, 'no answer')})`
}
