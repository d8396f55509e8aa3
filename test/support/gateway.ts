import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DevelopmentPki, makeDevelopmentPki } from '../../certs-dev/tree.ts'
import { createDatabase } from './database.ts'
import { temporaryFolder } from './folder.ts'
import { type RunningProcess, startProcess } from './process.ts'
import { copyPki } from './pki.ts'

export type TestGateway = AsyncDisposable & {
  readonly pki: DevelopmentPki
  readonly databaseUrl: string
  /** Where agencies and operators reach it. */
  readonly url: string
  readonly operationsUrl: string
  readonly process: RunningProcess
  /** Folder of its data: keys, and whatever else it writes. */
  readonly data: string
  /** The registry file, as it was parsed; the change is in force when this resolves. */
  changeRegistry(change: (registry: RegistryFile) => void): Promise<void>
  /** Kills the whole process group and starts it again on the same record. */
  restart(): Promise<void>
  /** Starts another process on the same record; it is stopped with the first. */
  startAnother(env?: Record<string, string>): Promise<{ url: string; operationsUrl: string; process: RunningProcess }>
}

export type RegistryFile = {
  agencies: { id: string; status: string; delivery: object; desks?: object[]; kind: string; [name: string]: unknown }[]
  operators: object[]
}

/**
 * Starts a real gateway process on a database and a PKI of its own, on free ports.
 * @param server the PostgreSQL for its database; that of the test run where it is not given
 */
export async function startGateway(env: Record<string, string> = {}, server?: string): Promise<TestGateway> {
  const stack = new AsyncDisposableStack()
  const folder = stack.use(await temporaryFolder())
  const database = stack.use(await createDatabase(server))
  // Outside a test run, as for pictures, there is no PKI to copy.
  const pki = await (server === undefined ? copyPki : makeDevelopmentPki)(join(folder.path, 'pki'))
  const data = join(folder.path, 'data')
  const settings = {
    PASSERELLE_PORT: '0',
    PASSERELLE_OPERATIONS_PORT: '0',
    PASSERELLE_DATA: data,
    PASSERELLE_AGENCIES: join(pki.folder, 'agencies.json'),
    PASSERELLE_TRUST: join(pki.folder, 'trust'),
    PASSERELLE_TLS_CERT: join(pki.folder, 'gateway/tls.crt'),
    PASSERELLE_TLS_KEY: join(pki.folder, 'gateway/tls.key'),
    PASSERELLE_SIGNING_CERT: join(pki.folder, 'gateway/signing.crt'),
    PASSERELLE_SIGNING_KEY: join(pki.folder, 'gateway/signing.key'),
    DATABASE_URL: database.url,
    ...env,
  }
  const start = async (more: Record<string, string> = {}) => {
    const process = await startProcess(['gateway/main.ts'], { ...settings, ...more })
    const [, url = '', operationsUrl = ''] =
      /ready:(?: (https:\S+))?(?: operations (https:\S+))?/.exec(process.ready) ?? []
    return { process, url, operationsUrl }
  }
  let running = await start()
  stack.defer(async () => void (await running.process.stop()))
  return {
    pki,
    data,
    databaseUrl: database.url,
    get url() {
      return running.url
    },
    get operationsUrl() {
      return running.operationsUrl
    },
    get process() {
      return running.process
    },
    async changeRegistry(change) {
      const file = settings.PASSERELLE_AGENCIES
      const registry = JSON.parse(await readFile(file, 'utf8')) as RegistryFile
      change(registry)
      await writeFile(file, JSON.stringify(registry))
      const before = count(running.process)
      running.process.signal('SIGHUP')
      await until(() => count(running.process) > before)
    },
    async restart() {
      await running.process.kill()
      running = await start()
    },
    async startAnother(more) {
      const another = await start(more)
      stack.defer(async () => void (await another.process.stop()))
      return another
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const count = ({ stderr }: RunningProcess): number => stderr().split('registry in force').length

const POLL_MS = 20
const PATIENCE_MS = 15_000

/** Looks again and again until something holds. @throws where it does not within the time */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not come to hold within ${withinMs} ms: ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
