// `npm run rotate`: makes the first line of PASSERELLE_DATA_KEY the data key of the record (protocol section 12), beside gateways
// that work. It may be stopped and begun again at any time. Exits 0 when the other lines may go, 75 where it is to be tried again.
import { blame, type Config, ConfigurationFault, codeOf, createLog, readConfig, settingName } from '../base/base.ts'
import { readDataKeys } from '../identity/identity.ts'
import { heedUnfit, openDatabase, type Progress, rotate, type Rotation } from '../record/record.ts'

/** sysexits.h */
const EXIT = { done: 0, unreadable: 1, 'try again': 75, configuration: 78 } as const
/** Processes read the file at once when they get SIGHUP. */
const PATIENCE_MS = 5_000
const TELL_MS = 1_000

/** SQLSTATE */
const UNDEFINED_TABLE = '42P01'

const setting = settingName('dataKeyFile')
const log = createLog('warn')

try {
  process.exitCode = await run()
} catch (error) {
  if (!(error instanceof ConfigurationFault)) throw error
  process.stderr.write(`passerelle: ${error.message}\n`)
  process.exitCode = EXIT.configuration
}

async function run(): Promise<number> {
  const config = readConfig(process.env)
  const keys = await readDataKeys(config)
  await using opened = new AsyncDisposableStack()
  const databaseUrl = config.databaseUrl ?? (await reachRecord(config, opened))
  const onError = (error: unknown): void => log.warn({ err: error }, 'a connection to the record broke')
  const database = opened.adopt(openDatabase(databaseUrl, onError), (one) => one.end())
  let told = -Infinity
  const tell = ({ table, looked, sealed }: Progress): void => {
    if (performance.now() < told + TELL_MS) return
    told = performance.now()
    say(`${table}: ${looked} entries looked at, ${sealed} sealed anew`)
  }
  const rotation = await blame(settingName(config.databaseUrl === undefined ? 'dataFolder' : 'databaseUrl'), () =>
    heedUnfit(() => rotate(database, keys, { patienceMs: PATIENCE_MS, tell })).catch(explain),
  )
  return report(rotation, keys.length)
}

/** The embedded record, also while a gateway runs on it. */
async function reachRecord(config: Config, opened: AsyncDisposableStack): Promise<string> {
  const { reachEmbedded } = await import('../record/embedded/embedded.ts')
  const reached = await blame(settingName('dataFolder'), () => reachEmbedded(config.dataFolder, log))
  return opened.adopt(reached, (one) => one.close()).url
}

function explain(error: unknown): never {
  if (codeOf(error) !== UNDEFINED_TABLE) throw error
  throw new ConfigurationFault('the record is of another release: start the gateway of this one first', {
    cause: error,
  })
}

function report(rotation: Rotation, lines: number): number {
  switch (rotation.outcome) {
    case 'done':
      say(
        `${rotation.sealed} entries sealed anew. Nothing in the record needs any line of ${setting} but the first` +
          (lines > 1 ? ': take the others out of the file, send SIGHUP to every process, and destroy them.' : '.'),
      )
      return EXIT.done
    case 'not-known':
      say(`nothing was changed: these do not know the first line of ${setting} yet. Send each SIGHUP, and begin again:`)
      for (const name of rotation.processes) say(`  ${name}`)
      return EXIT['try again']
    case 'busy':
      say('another npm run rotate is under way on this record')
      return EXIT['try again']
    case 'empty':
      throw new ConfigurationFault('the record holds nothing yet: start the gateway first')
    case 'missing-key':
      throw new ConfigurationFault(`${setting}: the record is sealed in part under a data key that the file has not`)
    case 'unreadable':
  }
  say(`${rotation.entries} entries open under no line of ${setting}: keep all lines, and look at the record`)
  return EXIT.unreadable
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
