import { readdirSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, ConfigurationFault, openDataFolder, readText } from '../base/base.ts'
import { RESTORING, startEmbedded } from '../record/embedded/embedded.ts'
import { type Database, type LogState, logState, openUnkeyed, repeatErasure, transaction } from '../record/record.ts'
import type { Description } from './description.ts'
import { type ListHead, readErasures } from './erasure-list.ts'
import { layOut } from './lay-out.ts'
import { quiet, RECOVERY_MS, requireWhole } from './recovery.ts'
import { requireEmbedded } from './back-up.ts'
import { openVerify } from './signed-by-gateway.ts'
import { flushFolder, writeFolder } from './writing.ts'

/** What was restored: the log as it is now, and how many cases were erased again. */
export type Restored = {
  /** When the backup was begun. */
  readonly backup: Date
  readonly log: LogState
  readonly erased: number
  /** Until when the lists tell what was erased; undefined where none was given. */
  readonly through: Date | undefined
}

/** What an earlier start, or a restore that was cut short, may leave in a folder without a record. */
const REMAINS: ReadonlySet<string> = new Set([RESTORING, 'postgres.lock'])

/**
 * Restores a backup into an empty data folder: every file as `SHA256SUMS` has it, the write-ahead log read, and what was erased after the
 * backup erased again, before there is a record that a gateway could serve.
 * @param lists files of `npm run erasures`; one must be newer than the backup, or `withoutErasures` says that nothing is known of it
 * @throws ConfigurationFault that says what is not as it must be; the folder is then as empty as before
 */
export async function restore(
  config: Config,
  backup: string,
  lists: readonly string[],
  withoutErasures: boolean,
): Promise<Restored> {
  requireEmbedded(config)
  const home = openDataFolder(config.dataFolder)
  const stranger = readdirSync(home).find((name) => !REMAINS.has(name))
  if (stranger !== undefined)
    throw new ConfigurationFault(`${config.dataFolder} is not empty (${stranger}): a restore goes into an empty folder`)
  const heads = await Promise.all(lists.map(readHead))
  if (lists.length === 0 && !withoutErasures) throw new ConfigurationFault(NO_LIST)

  const cluster = join(home, RESTORING)
  await rm(cluster, { recursive: true, force: true })
  try {
    const description = await layOut(backup, await writeFolder(cluster))
    const through = newest(heads, description, withoutErasures)
    const restored = { backup: description.at, through, ...(await recover(config, home, description, lists)) }
    await keep(home, restored)
    return restored
  } catch (error) {
    await rm(cluster, { recursive: true, force: true })
    throw error
  }
}

const NO_LIST =
  'give the list of what was erased since (--erasures, made by «npm run erasures» after this backup). ' +
  'Without one, what was erased after the backup comes back: --without-erasures takes that on'

async function readHead(file: string): Promise<ListHead> {
  for (const entries = readErasures(file); ; ) {
    const next = await entries.next()
    if (next.done === true) return next.value
  }
}

/** Until when the lists tell what was erased. Those of another log do not count: their erasures name other cases. */
function newest(heads: readonly ListHead[], { at, log }: Description, withoutErasures: boolean): Date | undefined {
  if (heads.some(({ origin }) => origin !== log.origin))
    throw new ConfigurationFault(`a list of erasures is not of the log ${log.origin}, which this backup holds`)
  const through = heads.map((head) => head.at).toSorted((one, other) => other.getTime() - one.getTime())[0]
  if (through !== undefined && through >= at) return through
  if (withoutErasures) return through
  throw new ConfigurationFault(`the list of erasures is older than the backup of ${at.toISOString()}. ${NO_LIST}`)
}

async function recover(
  config: Config,
  home: string,
  description: Description,
  lists: readonly string[],
): Promise<Pick<Restored, 'log' | 'erased'>> {
  const server = await startEmbedded(home, quiet, { name: RESTORING, startMs: RECOVERY_MS })
  try {
    await using opened = await openUnkeyed(server.url, () => undefined, true)
    const log = await requireWhole(opened.database, description)
    const erased = await repeatErasures(config, opened.database, log, lists)
    return { log: await logState(opened.database), erased }
  } finally {
    await server.close()
  }
}

/** First all are verified, then all are done. */
async function repeatErasures(
  config: Config,
  database: Database,
  log: LogState,
  lists: readonly string[],
): Promise<number> {
  const current = await readText(config.signingCert).catch(() => undefined) // the record knows those that were pinned
  const verify = await openVerify(database, log.origin, current)
  for (const list of lists) for await (const erasure of readErasures(list)) await verify(erasure)
  let erased = 0
  for (const list of lists)
    for await (const erasure of readErasures(list)) {
      const said = await verify(erasure)
      const isNew = await transaction(database, async (tx) => ({ result: await repeatErasure(tx, erasure, said) }))
      if (isNew) erased += 1
    }
  return erased
}

/** What evidence must know of a restored record: it may be older than what its log has told. */
const MARK = 'restored.json'

/** Puts the whole record in its place, for good. */
async function keep(home: string, { backup, log, erased, through }: Restored): Promise<void> {
  const mark = { backup, log, erasures: { through: through ?? null, repeated: erased } }
  await writeFile(join(home, MARK), `${JSON.stringify(mark, undefined, 1)}\n`, { mode: 0o600, flush: true })
  await rename(join(home, RESTORING), join(home, 'postgres'))
  await flushFolder(home)
}
