import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { ConfigurationFault } from '../../base/base.ts'

export type FolderLock = { release(): void }

/** Somebody else has the folder. */
export class FolderInUse extends ConfigurationFault {}

const SQLITE_BUSY = 5

/**
 * Takes `<path>.lock` for this process alone, or throws a FolderInUse that names the process that has it.
 *
 * The lock is the kernel's own (the byte-range lock by which SQLite guards a file, held through an open transaction on an
 * empty database): it ends with the process however that dies, and a reused process number cannot fake or break it.
 * `<path>.pid` only tells people whom to ask; nothing is decided by it.
 */
export function lockFolder(path: string, folder: string): FolderLock {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(`${path}.lock`, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (!isBusy(error)) throw new ConfigurationFault(`cannot lock ${folder}`, { cause: error })
    throw new FolderInUse(`another gateway (process ${holder(path)}) uses ${folder}`)
  }
  try {
    writeFileSync(`${path}.pid`, `${process.pid}\n`, { mode: 0o600 })
  } catch (error) {
    database.close()
    throw new ConfigurationFault(`cannot write in ${folder}`, { cause: error })
  }
  return {
    release() {
      rmSync(`${path}.pid`, { force: true })
      database.close()
    },
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}

function holder(path: string): string {
  try {
    return readFileSync(`${path}.pid`, 'utf8').trim() || 'unknown'
  } catch {
    return 'unknown'
  }
}
