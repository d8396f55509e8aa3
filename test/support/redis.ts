import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { temporaryFolder } from './folder.ts'
import { freePort } from './port.ts'

export type TestRedis = AsyncDisposable & {
  readonly url: string
  readonly port: number
  readonly folder: string
  pid(): number
  /** Stops it without saving anything that is not in its append-only file, and starts it again on the same port. */
  restart(): Promise<void>
  /** As if its machine went away; `restart` brings it back. */
  stop(): Promise<void>
  close(): Promise<void>
}

/** Nothing that a test has started outlives it, also when it fails half-way. */
const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/**
 * Starts a real redis-server with append-only persistence, as BullMQ wants it, on a free port and in a temporary folder.
 * `fsync`: how often it makes that file durable, Redis's own default unless told; `more`: arguments behind the others.
 */
export async function startRedis(
  fsync: 'everysec' | 'always' = 'everysec',
  more: readonly string[] = [],
): Promise<TestRedis> {
  const folder = await temporaryFolder()
  const port = await freePort()
  let server = await launch(port, folder.path, fsync, more)
  const close = async () => {
    await kill(server)
    await folder.remove()
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder: folder.path,
    pid: () => server.pid ?? 0,
    stop: () => kill(server),
    async restart() {
      await kill(server)
      server = await launch(port, folder.path, fsync, more)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function launch(port: number, folder: string, fsync: string, more: readonly string[]): Promise<ChildProcess> {
  const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder]
  const keeping = ['--appendonly', 'yes', '--appendfsync', fsync, '--save', '', '--maxmemory-policy', 'noeviction']
  const server = spawn('redis-server', [...place, ...keeping, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await becomeReady(server)
  return server
}

/** Resolves when a server, or a sentinel, says that it can be asked; whatever becomes of this process, it ends with it. */
export async function becomeReady(server: ChildProcess): Promise<void> {
  const { stdout } = server
  if (stdout === null) throw new Error('its standard output is needed')
  running.add(server)
  server.once('exit', () => running.delete(server))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`redis-server ended (${code})`)))
    createInterface(stdout).on('line', (line) => {
      if (/Ready to accept connections|Sentinel ID is/.test(line)) resolve()
    })
  })
}

export async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'exit')
}
