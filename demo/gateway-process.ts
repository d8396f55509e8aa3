import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { within } from './board.ts'

/** The first start also makes a database cluster. */
const START_MS = 120_000
/** Section 13: SIGTERM ends it within 30 s. */
const STOP_MS = 35_000
/** How much of what the gateway has logged is shown when something fails. */
const LAST_LINES = 20

export type GatewayProcess = {
  readonly url: string
  readonly operationsUrl: string
  /** SIGHUP: the registry file is read again. */
  reload(): void
  /** SIGTERM, and the same again on the same ports. */
  restart(): Promise<void>
  stop(): Promise<void>
  lastWords(): string
}

type Running = { readonly child: ChildProcess; readonly port: string; readonly operationsPort: string }

export type GatewayOptions = {
  /** Settings beside those that follow from the folder; without ports among them it gets free ones. */
  readonly settings?: Readonly<Record<string, string>>
  /** Told each line that the gateway logs. */
  readonly said?: (line: string) => void
}

/** Takes the folder with the development PKI (`pki/`) and the registry file; starts a gateway of its own there. Throws where it doesn't; `stop` aborts where it ends by itself. */
export async function startGateway(
  folder: string,
  stop: AbortController,
  { settings = {}, said = () => undefined }: GatewayOptions = {},
): Promise<GatewayProcess> {
  const log: string[] = []
  const ending = new Set<ChildProcess>()
  const pki = join(folder, 'pki')
  // Nothing of the caller's own configuration: the demo must not touch a real record or queue.
  const own = Object.entries(process.env).filter(([name]) => !/^(?:PASSERELLE_|DATABASE_URL$|REDIS_URL$)/.test(name))
  const environment = {
    ...Object.fromEntries(own),
    PASSERELLE_HOST: '127.0.0.1',
    PASSERELLE_OPERATIONS_HOST: '127.0.0.1',
    PASSERELLE_DATA: join(folder, 'data'),
    PASSERELLE_AGENCIES: join(folder, 'agencies.json'),
    PASSERELLE_TRUST: join(pki, 'trust'),
    PASSERELLE_TLS_CERT: join(pki, 'gateway', 'tls.crt'),
    PASSERELLE_TLS_KEY: join(pki, 'gateway', 'tls.key'),
    PASSERELLE_SIGNING_CERT: join(pki, 'gateway', 'signing.crt'),
    PASSERELLE_SIGNING_KEY: join(pki, 'gateway', 'signing.key'),
    ...settings,
  }

  const end = (child: ChildProcess) => {
    ending.add(child)
    return terminate(child)
  }

  const start = async (port: string, operationsPort: string): Promise<Running> => {
    const main = fileURLToPath(new URL('../gateway/main.ts', import.meta.url))
    const child = spawn(process.execPath, [main], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...environment, PASSERELLE_PORT: port, PASSERELLE_OPERATIONS_PORT: operationsPort },
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a process group of its own, so that Ctrl-C reaches the demo alone, and the demo ends the gateway in order.
      detached: true,
    })
    const ready = Promise.withResolvers<Running>()
    const keep = (line: string) => {
      if (log.push(line) > LAST_LINES) log.shift()
      said(line)
    }
    createInterface(child.stdout).on('line', (line) => {
      const match = /^passerelle ready: https:\/\/\S+:(\d+) operations https:\/\/\S+:(\d+)/.exec(line)
      if (match === null) keep(line)
      else ready.resolve({ child, port: match[1] ?? '', operationsPort: match[2] ?? '' })
    })
    createInterface(child.stderr).on('line', keep)
    child.once('exit', (code, by) => {
      const fault = new Error(`the gateway ended: ${code ?? by}`)
      ready.reject(fault)
      if (!ending.has(child)) stop.abort(fault)
    })
    child.once('error', ready.reject)
    try {
      return await within(ready.promise, START_MS, stop.signal, 'the gateway to start')
    } catch (fault) {
      await end(child)
      throw fault
    }
  }

  const { PASSERELLE_PORT = '0', PASSERELLE_OPERATIONS_PORT = '0' } = settings
  let running = await start(PASSERELLE_PORT, PASSERELLE_OPERATIONS_PORT).catch((fault: unknown) => {
    throw new Error(log.join('\n') || 'the gateway did not start', { cause: fault })
  })
  return {
    url: `https://127.0.0.1:${running.port}`,
    operationsUrl: `https://127.0.0.1:${running.operationsPort}`,
    reload: () => running.child.kill('SIGHUP'),
    restart: async () => {
      await end(running.child)
      running = await start(running.port, running.operationsPort)
    },
    stop: () => end(running.child),
    lastWords: () => log.join('\n'),
  }
}

/** SIGTERM, and where that is not enough in time, SIGKILL for the whole group: nothing may be left behind. */
async function terminate(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  try {
    await within(exited, STOP_MS, new AbortController().signal, 'the gateway to end')
  } catch {
    process.kill(-child.pid, 'SIGKILL')
    await exited
  }
}
