import { parseArgs } from 'node:util'
import { type Config, ConfigurationFault, createLog, settingName } from '../base/base.ts'
import {
  loadDataKeys,
  loadGatewayKeys,
  loadLogKeys,
  openRegistry,
  type Registry,
  RegistryFault,
} from '../identity/identity.ts'
import { openLog } from '../log/log.ts'
import { dueUntil, eraseDue, LARGEST_TURN } from '../operations/operations.ts'
import { type DueCase, dueCases, openRecord, openUnkeyed } from '../record/record.ts'
import { runCommand, UsageFault } from './command.ts'
import { reachRecord } from './reach-record.ts'

const USAGE = 'npm run retention, or npm run retention -- --dry-run'
const PAGE = 200

const log = createLog('warn')
const onError = (error: unknown): void => log.warn({ err: error }, 'a connection to the record broke')

await runCommand(async (config, words) => {
  const isDryRun = readDryRun(words)
  const registry = await readRegistry(config)
  const days = registry.retention?.contentDays
  if (days === undefined) return `${config.agenciesFile} sets no retention: nothing is erased by time`
  await using record = await reachRecord(config, log)
  return isDryRun ? await tell(record.url, registry, days) : await erase(record.url, registry, config)
})

function readDryRun(words: readonly string[]): boolean {
  try {
    return parseArgs({ args: [...words], options: { 'dry-run': { type: 'boolean' } } }).values['dry-run'] === true
  } catch {
    throw new UsageFault(USAGE)
  }
}

async function readRegistry({ agenciesFile }: Config): Promise<Registry> {
  try {
    return (await openRegistry(agenciesFile, log)).current()
  } catch (error) {
    if (!(error instanceof RegistryFault)) throw error
    throw new ConfigurationFault(`${settingName('agenciesFile')}: ${agenciesFile}: ${error.message}`)
  }
}

/** Says what would go now: ids, counts and times. Nothing is changed, and no key is needed. */
async function tell(url: string, registry: Registry, days: number): Promise<string> {
  await using record = await openUnkeyed(url, onError, false)
  const { rows } = await record.database.query<{ now: Date }>('select now()')
  const until = dueUntil(registry, rows[0]?.now ?? new Date(0)) ?? new Date(0)
  const totals = { cases: 0, messages: 0, attachments: 0 }
  let page: readonly DueCase[] = []
  do {
    page = await dueCases(record.database, until, PAGE, page.at(-1))
    for (const { caseId, messages, attachments, closedAt, newest } of page) {
      totals.cases += 1
      totals.messages += messages
      totals.attachments += attachments
      process.stdout.write(
        `${caseId}: ${messages} messages, ${attachments} attachments, closed ${closedAt.toISOString()}, newest ${newest.toISOString()}\n`,
      )
    }
  } while (page.length === PAGE)
  return `${totals.cases} cases with ${totals.messages} messages and ${totals.attachments} attachments would be erased now: closed, and for ${days} days nothing new`
}

/** Erases what is due, as a gateway does by itself. */
async function erase(url: string, registry: Registry, config: Config): Promise<string> {
  const keys = await loadGatewayKeys(config, new Date())
  const dataKeys = await loadDataKeys(config, log)
  const logKeys = await loadLogKeys(config, keys.id, log)
  await using record = await openRecord(url, dataKeys, onError)
  const { now } = record.clock
  const { issuer } = await openLog({ ...record, keys: () => keys, logKeys, log, now })
  let cases = 0
  for (let erased = LARGEST_TURN; erased === LARGEST_TURN; cases += erased)
    erased = await eraseDue({ ...record, issuer, registry: () => registry, log, now })
  return `${cases} cases erased`
}
