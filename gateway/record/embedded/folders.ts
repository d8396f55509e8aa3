import {
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Runner } from './postgres-process.ts'

const STAGING = 'postgres-new-'

/** A Unix socket's path, file name included, has room for 107 bytes on Linux and 103 on macOS. */
const LONGEST_SOCKET_FOLDER = 100 - '/.s.PGSQL.5432'.length

/** Removes what an initialisation that was cut short has left in `home`. */
export function clearStaging(home: string): void {
  for (const name of readdirSync(home)) {
    if (name.startsWith(STAGING)) rmSync(join(home, name), { recursive: true, force: true })
  }
}

export function makeStaging(home: string): string {
  return mkdtempSync(join(home, STAGING))
}

/** Moves a whole new cluster into place, for good: a name that a power cut takes back would take the record with it. */
export function keepCluster(home: string, staging: string, cluster: string): void {
  renameSync(staging, cluster)
  const handle = openSync(home, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

/** PostgreSQL takes a comma for the end of one folder, clients take one for the end of a host, both with quotes of their own. */
const PLAIN_PATH = /^[A-Za-z0-9/._-]+$/

/** Makes the folder of the server's socket, beside the cluster, or where that path is too long or odd in the temporary folder. */
export function makeSocketFolder(home: string, runner: Runner): string {
  const folder = freshFolder(join(home, 'postgres-socket'))
  if (runner.uid !== undefined && runner.gid !== undefined) chownSync(folder, runner.uid, runner.gid)
  return folder
}

export function removeSocketFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

function freshFolder(near: string): string {
  if (Buffer.byteLength(near) > LONGEST_SOCKET_FOLDER || !PLAIN_PATH.test(near))
    return mkdtempSync(join(tmpdir(), 'passerelle-'))
  rmSync(near, { recursive: true, force: true })
  mkdirSync(near, { mode: 0o700 })
  return near
}
