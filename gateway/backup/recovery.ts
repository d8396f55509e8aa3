import { ConfigurationFault } from '../base/base.ts'
import { type Database, hasLeaf, type LogState, logState } from '../record/record.ts'
import type { Description } from './description.ts'

/** As long as PostgreSQL may take to read the write-ahead log of a backup. */
export const RECOVERY_MS = 3_600_000

/** What PostgreSQL says while it recovers is told only where it fails: then it is in the fault. */
export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** The log must hold what it held when the backup was begun. @throws ConfigurationFault where it does not */
export async function requireWhole(database: Database, { log: begun }: Description): Promise<LogState> {
  const { at: _, ...log } = await logState(database)
  const isThere = begun.last === undefined || (await hasLeaf(database, begun.size - 1, begun.last))
  if (log.origin === begun.origin && log.size >= begun.size && isThere) return log
  throw new ConfigurationFault('the evidence log in the backup is not the one that the backup says: it is not whole')
}
