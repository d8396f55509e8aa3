import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openScanner } from '../../gateway/attachments/scan.ts'
import { temporaryFolder } from './folder.ts'
import { freePort } from './port.ts'
import { kill } from './redis.ts'

/** What the one signature finds. */
export const MALWARE = 'passerelle: this stands for malware, and is none'

export type TestClamd = AsyncDisposable & {
  readonly port: number
  readonly socket: string
  /** As if its machine went away; `start` brings it back. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** Nothing that a test has started outlives it, also when it fails half-way. */
const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/**
 * Starts Debian's clamd in a folder of its own, on a free port and a socket, with one signature: that of MALWARE.
 * @param more lines of its configuration behind the others
 */
export async function startClamd(...more: readonly string[]): Promise<TestClamd> {
  const folder = await temporaryFolder()
  const port = await freePort()
  const [signatures, socket, configuration] = ['signatures', 'clamd.sock', 'clamd.conf'].map((name) =>
    join(folder.path, name),
  ) as [string, string, string]
  await mkdir(signatures)
  await writeFile(join(signatures, 'test.ndb'), `Synthetic.Test:0:*:${Buffer.from(MALWARE).toString('hex')}\n`)
  const lines = [
    'Foreground yes',
    `LocalSocket ${socket}`,
    `TCPSocket ${port}`,
    'TCPAddr 127.0.0.1',
    `DatabaseDirectory ${signatures}`,
    `TemporaryDirectory ${folder.path}`,
    ...more,
  ]
  await writeFile(configuration, `${lines.join('\n')}\n`)

  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    server = await launch(configuration, () => openScanner({ path: socket }).ping())
  }
  const stop = async (): Promise<void> => {
    if (server !== undefined) await kill(server)
  }
  await start()
  return {
    port,
    socket,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      await folder.remove()
    },
  }
}

async function launch(configuration: string, ping: () => Promise<void>): Promise<ChildProcess> {
  const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`
  const server = spawn('clamd', ['--config-file', configuration], { env: { PATH }, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(server)
  server.once('exit', () => running.delete(server))
  let said = ''
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (said += text))
  const ended = once(server, 'exit').then(([code]) => {
    throw new Error(`clamd ended (${code}): ${said}`)
  })
  await Promise.race([ended, answering(server, ping)])
  return server
}

async function answering(server: ChildProcess, ping: () => Promise<void>): Promise<void> {
  while (server.exitCode === null) {
    const answered = await ping().then(
      () => true,
      () => false,
    )
    if (answered) return
    await pause(50)
  }
}
