import { createLog } from '../base/base.ts'
import { clearLog, rewriteTables } from '../record/record.ts'
import { runCommand, UsageFault } from './command.ts'
import { reachRecord } from './reach-record.ts'

/** Beyond the longest that a statement or an idle transaction of a gateway may take. */
const PATIENCE_MS = 90_000

const OWN = `this PostgreSQL is not the gateway's: what was erased may still stand in
- the write-ahead log, until its segments have been used again or removed (docs/operating.md),
- archives of that log, base backups and dumps: rotate the data key and destroy the old one,
- disks that replicas have had before`
const STATISTICS = `- pg_statistic, which this user may not write anew: VACUUM (FULL) pg_catalog.pg_statistic as a superuser`

await runCommand(async (config, words) => {
  if (words.length > 0) throw new UsageFault('npm run maintenance')
  await using record = await reachRecord(config, createLog('warn'))
  const tell = (line: string): void => void process.stdout.write(`${line}\n`)
  const withStatistics = await rewriteTables(record.url, tell, PATIENCE_MS)
  if (config.databaseUrl !== undefined) return withStatistics ? OWN : `${OWN},\n${STATISTICS}`
  await clearLog(record.url, tell)
  return 'what was erased is in no file of the record any more'
})
