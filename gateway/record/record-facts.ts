import type { Queryable } from './database.ts'

/** What the database says of itself. */
export type RecordFacts = {
  /** PostgreSQL's version, as `18.4`. */
  readonly version: string
  readonly bytes: number
  readonly readOnly: boolean
  /** The newest migration, and when it was run. */
  readonly migration: string
  readonly migratedAt: Date
  /** Sessions of this database, and how many the server takes in all. */
  readonly connections: number
  readonly mostConnections: number
}

/** Asks the database about itself. Its size is looked up file by file: ask seldom. */
export async function recordFacts(database: Queryable): Promise<RecordFacts> {
  const { rows } = await database.query<RecordFacts>(
    `select split_part(current_setting('server_version'), ' ', 1) as version,
       pg_database_size(current_database()) as bytes,
       pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean as "readOnly",
       newest.name as migration, newest.at as "migratedAt",
       (select count(*) from pg_stat_activity where datname = current_database()) as connections,
       current_setting('max_connections')::int as "mostConnections"
     from (select name, at from migration order by name desc limit 1) newest`,
  )
  if (rows[0] === undefined) throw new Error('the record says nothing of itself')
  return rows[0]
}
