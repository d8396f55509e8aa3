import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ConfigurationFault } from '../../base/base.ts'
import { chooseUser, isOurs } from './postgres-user.ts'

/** How PostgreSQL's programs are run: the words before their own, and the user to drop to. */
export type Runner = { readonly words: readonly string[]; readonly uid?: number; readonly gid?: number }

/** Nothing of the gateway's own environment, which may hold secrets, goes to PostgreSQL. */
export const PLAIN_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

const POLL_MS = 50

/** A user namespace in which root is an ordinary user: PostgreSQL agrees to run, and its files stay root's. */
const NAMESPACE = ['unshare', '--user', '--map-user=1000', '--map-group=1000']

/**
 * Finds how `program` can be run so that it may use `folder`: as we are; else, since PostgreSQL refuses to run as root, in
 * a user namespace of its own; else as a user that nothing else uses, to whom the folder is given. Throws a ConfigurationFault if
 * in no way, and where the folder belongs to somebody else.
 */
export function chooseRunner(folder: string, program: string): Runner {
  const bound = dyingWithParent('INT')
  const self = process.getuid?.()
  const owner = statSync(folder).uid
  if (self === undefined) return { words: bound }
  if (owner !== self && !(self === 0 && isOurs(owner)))
    throw new ConfigurationFault(`${folder} belongs to another user (${owner}), and the gateway runs as ${self}`)
  if (self !== 0) return { words: bound }
  if (owner === 0 && works([...NAMESPACE, ...reach(folder, program)])) return { words: [...NAMESPACE, ...bound] }

  const user = chooseUser(dirname(folder), owner)
  const home = statSync(dirname(folder))
  if (user !== undefined) {
    // The user owns the cluster and may pass through the data folder, in which it can neither list nor write anything.
    chmodSync(dirname(folder), home.mode | 0o011)
    own(folder, user)
    if (works(reach(folder, program), { uid: user, gid: user })) return { words: bound, uid: user, gid: user }
    own(folder, owner)
    chmodSync(dirname(folder), home.mode)
  }
  throw new ConfigurationFault(
    `PostgreSQL does not run as root, and neither a user namespace nor an ordinary user can use ${folder}: ` +
      'run the gateway as an ordinary user, or set DATABASE_URL',
  )
}

/** Words before a command by which it gets a signal when this process dies without a word, where the system can promise that. */
export function dyingWithParent(signal: 'INT' | 'TERM'): readonly string[] {
  const words = ['setpriv', '--pdeathsig', signal, '--']
  return works([...words, 'true']) ? words : []
}

function own(folder: string, uid: number): void {
  spawnSync('chown', ['-R', `${uid}:${uid}`, folder], { env: PLAIN_ENVIRONMENT })
}

/** A command that succeeds if whoever runs it can enter the folder, write there and run the program. */
function reach(folder: string, program: string): string[] {
  return ['sh', '-c', 'cd "$1" && test -w . && exec "$2" --version', 'sh', folder, program]
}

function works(command: readonly string[], as: { uid?: number; gid?: number } = {}): boolean {
  const [program = '', ...words] = command
  return (
    spawnSync(program, words, { uid: as.uid, gid: as.gid, cwd: '/', env: PLAIN_ENVIRONMENT, stdio: 'ignore' })
      .status === 0
  )
}

/**
 * Ends what an earlier gateway, killed without warning, has left of its PostgreSQL in `cluster`, and removes the lock file
 * by which it would keep a new one from starting. The caller holds the folder's lock, so nobody living owns these processes.
 */
export async function clearRemains(cluster: string, deadline: number): Promise<void> {
  const lockFile = join(cluster, 'postmaster.pid')
  const postmaster = Number(lineOf(lockFile, 1))
  for (let left = processesIn(cluster); left.length > 0; left = processesIn(cluster)) {
    if (performance.now() > deadline)
      throw new ConfigurationFault(`PostgreSQL (process ${left[0]}) does not let go of ${cluster}`)
    // The postmaster stops its own children in order; children that outlived it are told to go at once. Both are safe:
    // what was committed is in the write-ahead log.
    if (left.includes(postmaster)) signal(postmaster, 'SIGINT')
    else for (const pid of left) signal(pid, 'SIGQUIT')
    await wait(POLL_MS)
  }
  // Its number may belong to something else by now, which PostgreSQL would take for a living postmaster.
  if (processesAreListed()) rmSync(lockFile, { force: true })
}

/**
 * The folder of the socket of a running PostgreSQL, as its lock file tells it (PostgreSQL 18, `miscadmin.h`, LOCK_FILE_LINE_SOCKET_DIR).
 * @throws ConfigurationFault where it is not told, as while it starts
 */
export function socketsOf(cluster: string): string {
  const folder = lineOf(join(cluster, 'postmaster.pid'), 5)
  if (folder === '') throw new ConfigurationFault(`the PostgreSQL in ${cluster} is not running yet: try again`)
  return folder
}

/** The PostgreSQL processes of this cluster: each of them stands in its data directory. */
function processesIn(cluster: string): number[] {
  if (!processesAreListed()) return []
  const real = realpathSync(cluster)
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && link(pid, 'cwd') === real && link(pid, 'exe').includes('/postgres'))
}

function processesAreListed(): boolean {
  return process.platform === 'linux'
}

function link(pid: number, name: 'cwd' | 'exe'): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`)
  } catch {
    return ''
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has just gone, which is what was wanted.
  }
}

function lineOf(file: string, line: number): string {
  try {
    return readFileSync(file, 'utf8').split('\n')[line - 1] ?? ''
  } catch {
    return ''
  }
}
