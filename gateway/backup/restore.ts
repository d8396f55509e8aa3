import { readdirSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, ConfigurationFault, openDataFolder, readText } from '../base/base.ts'
import { RESTORING, startEmbedded } from '../record/embedded/embedded.ts'
import {
  type Database,
  type LogState,
  logState,
  markRestored,
  openUnkeyed,
  repeatErasure,
  transaction,
} from '../record/record.ts'
import type { Description } from './description.ts'
import { type ListHead, readErasures } from './erasure-list.ts'
import { layOut } from './lay-out.ts'
import { quiet, RECOVERY_MS, requireWhole } from './recovery.ts'
import { requireEmbedded } from './back-up.ts'
import { openVerify } from './signed-by-gateway.ts'
import { flushFolder, writeFolder } from './writing.ts'

/** What was restored: the log as it was in the backup, and how many cases were erased again. */
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

/** A list of another log speaks of other cases. */
function requireOrigin(heads: readonly ListHead[], origin: string): void {
  if (heads.some((head) => head.origin !== origin))
    throw new ConfigurationFault(`a list of erasures is not of the log ${origin}, which the record has`)
}

/** Until when the lists tell what was erased. */
function newest(heads: readonly ListHead[], { at, log }: Description, withoutErasures: boolean): Date | undefined {
  requireOrigin(heads, log.origin)
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
    await using record = await openUnkeyed(server.url, () => undefined, true)
    const log = await requireWhole(record.database, description)
    return { log, erased: await repeatErasures(config, record.database, log.origin, lists) }
  } finally {
    await server.close()
  }
}

/**
 * Erases again in a record that was restored by other means what a list has, and marks the record as restored. No gateway may run on it.
 * @returns how many cases it had not erased
 * @throws ConfigurationFault for a list that is not whole, or of another log
 */
export async function repeatListed(config: Config, url: string, list: string): Promise<number> {
  const head = await readHead(list)
  const home = openDataFolder(config.dataFolder)
  await using record = await openUnkeyed(url, () => undefined, true)
  const { at, ...log } = await logState(record.database)
  requireOrigin([head], log.origin)
  const erased = await repeatErasures(config, record.database, log.origin, [list])
  await markRestored(home, { at, log, erasures: { through: head.at, repeated: erased } })
  return erased
}

/** First all are verified, then all are done. */
async function repeatErasures(
  config: Config,
  database: Database,
  origin: string,
  lists: readonly string[],
): Promise<number> {
  const current = await readText(config.signingCert).catch(() => undefined) // the record knows those that were pinned
  const verify = await openVerify(database, origin, current)
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

/** Puts the whole record in its place, for good. */
async function keep(home: string, { backup, log, erased, through }: Restored): Promise<void> {
  await markRestored(home, { at: new Date(), backup, log, erasures: { through: through ?? null, repeated: erased } })
  await rename(join(home, RESTORING), join(home, 'postgres'))
  await flushFolder(home)
}
