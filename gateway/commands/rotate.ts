// Makes the first line of PASSERELLE_DATA_KEY the data key of the record (protocol section 12), beside gateways that work. It may be
// stopped and begun again at any time.
import { blame, codeOf, ConfigurationFault, createLog, settingName } from '../base/base.ts'
import { readDataKeys } from '../identity/identity.ts'
import { heedUnfit, openDatabase, type Progress, rotate, type Rotation } from '../record/record.ts'
import { runCommand, TryAgainFault, UsageFault } from './command.ts'
import { reachRecord } from './reach-record.ts'

/** Processes read the file at once when they get SIGHUP. */
const PATIENCE_MS = 5_000
const TELL_MS = 1_000
/** SQLSTATE */
const UNDEFINED_TABLE = '42P01'

const setting = settingName('dataKeyFile')

await runCommand(async (config, words) => {
  if (words.length > 0) throw new UsageFault('npm run rotate')
  const keys = await readDataKeys(config)
  const log = createLog('warn')
  await using record = await reachRecord(config, log)
  await using opened = new AsyncDisposableStack()
  const onError = (error: unknown): void => log.warn({ err: error }, 'a connection to the record broke')
  const database = opened.adopt(openDatabase(record.url, onError), (one) => one.end())
  const rotation = await blame(settingName(config.databaseUrl === undefined ? 'dataFolder' : 'databaseUrl'), () =>
    heedUnfit(() => rotate(database, keys, { patienceMs: PATIENCE_MS, tell: createTeller() })).catch(explain),
  )
  return describe(rotation, keys.length)
})

/** Prints how far it has come, once a second. */
function createTeller(): (progress: Progress) => void {
  let told = -Infinity
  return ({ table, looked, sealed }) => {
    if (performance.now() < told + TELL_MS) return
    told = performance.now()
    process.stdout.write(`${table}: ${looked} entries looked at, ${sealed} sealed anew\n`)
  }
}

function explain(error: unknown): never {
  if (codeOf(error) !== UNDEFINED_TABLE) throw error
  throw new ConfigurationFault('the record is of another release: start the gateway of this one first', {
    cause: error,
  })
}

/** What it came to. @throws where the other lines must stay */
function describe(rotation: Rotation, lines: number): string {
  switch (rotation.outcome) {
    case 'done':
      return (
        `${rotation.sealed} entries sealed anew. Nothing in the record needs any line of ${setting} but the first` +
        (lines > 1 ? ': take the others out of the file, send SIGHUP to every process, and destroy them.' : '.')
      )
    case 'not-known':
      throw new TryAgainFault(
        `nothing was changed: not every process knows the first line of ${setting} yet. Send SIGHUP and begin again: ${rotation.processes.join(', ')}`,
      )
    case 'locked':
      throw new TryAgainFault('nothing was changed: somebody has been writing to the record for too long. Begin again')
    case 'busy':
      throw new TryAgainFault('another npm run rotate is under way on this record')
    case 'empty':
      throw new ConfigurationFault(`${setting}: the record holds nothing yet: start the gateway first`)
    case 'missing-key':
      throw new ConfigurationFault(`${setting}: the record is sealed in part under a data key that the file has not`)
    case 'unreadable':
  }
  throw new Error(
    `${rotation.entries} entries open under no line of ${setting}: keep all lines, and look at the record`,
  )
}
