import { existsSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Config, ConfigurationFault } from '../base/base.ts'
import { type Progress, reachEmbedded, startEmbedded } from '../record/embedded/embedded.ts'
import { type LogState, logState, noteBackup, openUnkeyed } from '../record/record.ts'
import { writeErasures } from './erasure-list.ts'
import { layOut } from './lay-out.ts'
import { SUMS } from './names.ts'
import { quiet, RECOVERY_MS, requireWhole } from './recovery.ts'
import { type Taken, takeBackup } from './take.ts'
import { flushFolder, writeFolder, writeTar } from './writing.ts'

/** A backup that was tried: where it is, and the log in it. */
export type Saved = Taken & { readonly place: string; readonly log: LogState; readonly removed: readonly string[] }

/** `passerelle-20261128T091500Z`: the name that a backup gets in the folder that is given. */
const NAME = /^passerelle-\d{8}T\d{6}Z$/
/** Nobody else may look; a user to whom root has given PostgreSQL may pass, for the trial. */
const FOLDER_MODE = 0o711

/**
 * Backs up the embedded record, also while a gateway runs on it: a base backup over the replication protocol, with the write-ahead log
 * that it needs. Before it gets its name it is tried: laid out anew as a restore does, started, and its log looked at.
 * @param target a file, where it ends in `.tar`; otherwise a folder, in which the backup gets a name of its own
 * @param keep how many such backups stay in the folder, the newest; undefined: all
 * @throws ConfigurationFault for a place that cannot be used, or where there is no record
 */
export async function backUp(
  config: Config,
  target: string,
  keep: number | undefined,
  progress: Progress,
): Promise<Saved> {
  requireEmbedded(config)
  const isFile = target.endsWith('.tar')
  const folder = resolve(isFile ? dirname(target) : target)
  const name = isFile ? basename(target) : nameAt(new Date())
  const place = join(folder, name)
  if (existsSync(place)) throw new ConfigurationFault(`${place} exists already`)
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
  const staging = await mkdtemp(join(folder, `.${name}.part-`))
  // PostgreSQL may still be stopping in it.
  const clear = (): void => rmSync(staging, { recursive: true, force: true, maxRetries: 5 })
  process.once('exit', clear)
  try {
    const draft = join(staging, 'backup')
    const { taken, at } = await take(config, staging, draft, isFile, progress)
    const log = await tryOut(draft, staging)
    if (existsSync(place)) throw new ConfigurationFault(`${place} exists already`)
    await rename(draft, place)
    await flushFolder(folder)
    await noteBackup(config.dataFolder, at)
    const removed = keep === undefined || isFile ? [] : await removeOldest(folder, keep)
    return { ...taken, place, log, removed }
  } finally {
    clear()
    process.removeListener('exit', clear)
  }
}

/** @throws ConfigurationFault where the record is not the gateway's own to save and to bring back */
export function requireEmbedded({ databaseUrl }: Config): void {
  if (databaseUrl !== undefined)
    throw new ConfigurationFault(
      'DATABASE_URL: this is for the embedded record; docs/operating.md says how a PostgreSQL of your own is backed up',
    )
}

const nameAt = (time: Date): string => `passerelle-${time.toISOString().replace(/\.\d{3}|[:-]/g, '')}`

async function take(config: Config, staging: string, draft: string, isFile: boolean, progress: Progress) {
  const server = await reachEmbedded(config.dataFolder, quiet)
  try {
    await using record = await openUnkeyed(server.url, () => undefined, false)
    const { at, ...log } = await logState(record.database)
    const list = join(staging, 'erasures')
    const listErasures = async () => {
      await writeErasures(record.database, list)
      return list
    }
    const writing = isFile ? writeTar(draft) : await writeFolder(draft)
    return { at, taken: await takeBackup(server.url, writing, { at, log }, listErasures, progress) }
  } finally {
    await server.close()
  }
}

/** A backup that nobody has restored is none. */
async function tryOut(backup: string, staging: string): Promise<LogState> {
  const trial = 'trial'
  const description = await layOut(backup, await writeFolder(join(staging, trial), false))
  const server = await startEmbedded(staging, quiet, { name: trial, startMs: RECOVERY_MS })
  try {
    await using record = await openUnkeyed(server.url, () => undefined, false)
    return await requireWhole(record.database, description)
  } finally {
    await server.close()
  }
}

async function removeOldest(folder: string, keep: number): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => NAME.test(name) && existsSync(join(folder, name, SUMS)))
  const removed = names.toSorted().slice(0, -keep)
  for (const name of removed) await rm(join(folder, name), { recursive: true, force: true })
  return removed
}
