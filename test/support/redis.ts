import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { temporaryFolder } from './folder.ts'
import { freePort } from './port.ts'

export type TestRedis = AsyncDisposable & {
  readonly url: string
  readonly port: number
  readonly folder: string
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
 * `fsync`: how often it makes that file durable, Redis's own default unless told.
 */
export async function startRedis(fsync: 'everysec' | 'always' = 'everysec'): Promise<TestRedis> {
  const folder = await temporaryFolder()
  const port = await freePort()
  let server = await launch(port, folder.path, fsync)
  const close = async () => {
    await kill(server)
    await folder.remove()
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder: folder.path,
    stop: () => kill(server),
    async restart() {
      await kill(server)
      server = await launch(port, folder.path, fsync)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function launch(port: number, folder: string, fsync: string): Promise<ChildProcess> {
  const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder]
  const keeping = ['--appendonly', 'yes', '--appendfsync', fsync, '--save', '', '--maxmemory-policy', 'noeviction']
  const server = spawn('redis-server', [...place, ...keeping], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(server)
  server.once('exit', () => running.delete(server))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`redis-server ended (${code})`)))
    createInterface(server.stdout).on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve()
    })
  })
  return server
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGKILL')
  await once(server, 'exit')
}
