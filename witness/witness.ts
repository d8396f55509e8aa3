import { blame, type Log, openDataFolder, readSecret, readText } from '../gateway/base/base.ts'
import { loadKeys } from './keys.ts'
import { lockFolder } from './lock.ts'
import { readLogs } from './logs.ts'
import { openServer } from './server.ts'
import type { Settings } from './settings.ts'
import { statusOf } from './status.ts'
import { openWitnessed, type Witnessed } from './witnessing.ts'

/** A witness that runs. */
export type Witness = {
  readonly url: string
  readonly verifierKeys: readonly string[]
  /** Reads the file of logs again. @throws ConfigurationFault, and what was watched stays watched */
  reload(): Promise<void>
  close(): Promise<void>
}

type Needs = { readonly log: Log; readonly now?: () => Date }

/**
 * Opens a witness of evidence logs (protocol section 10): its own keys, its own folder, nothing of a gateway's.
 * @throws ConfigurationFault where its settings cannot work
 */
export async function openWitness(settings: Settings, { log, now = () => new Date() }: Needs): Promise<Witness> {
  await using opening = new AsyncDisposableStack()
  const data = await blame('WITNESS_DATA', async () => openDataFolder(settings.folder))
  opening.adopt(await lockFolder(data), (one) => one.release())
  const keys = await blame('WITNESS_DATA', () => loadKeys(data, settings.name))
  const opened = new Map<string, Witnessed>()
  const follow = () => openLogs(settings, { data, keys, log, now }, opened)
  let logs = await follow()
  const status = () => statusOf(settings.name, keys, logs.values(), now())
  const { host, port } = settings
  const tls = await readTls(settings)
  const server = await blame('WITNESS_PORT', () => openServer({ host, port, tls, logs: () => logs, status, log }))
  opening.adopt(server, (one) => one.close())
  const running = opening.move()
  let turn: Promise<unknown> = Promise.resolve()
  return {
    url: server.url,
    verifierKeys: status().verifierKeys,
    async reload() {
      const next = turn.then(async () => void (logs = await follow()))
      turn = next.catch(() => undefined)
      await next
      log.info({ logs: logs.size }, 'the file of logs was read')
    },
    close: () => running.disposeAsync(),
  }
}

/**
 * The logs of the file, each opened once in a process. One that the file no longer names is not watched any more; what was seen of it
 * stays, and counts when it is named again.
 */
async function openLogs(
  { logsFile }: Settings,
  needs: Parameters<typeof openWitnessed>[1],
  opened: Map<string, Witnessed>,
): Promise<ReadonlyMap<string, Witnessed>> {
  const watched = await blame('WITNESS_LOGS', () => readLogs(logsFile))
  const logs = new Map<string, Witnessed>()
  for (const [origin, one] of watched) {
    const known = opened.get(origin)
    await known?.reload(one)
    const found = known ?? (await openWitnessed(one, needs))
    opened.set(origin, found)
    logs.set(origin, found)
  }
  return logs
}

async function readTls({ tlsCert, tlsKey }: Settings): Promise<{ cert: string; key: string } | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined
  return {
    cert: await blame('WITNESS_TLS_CERT', () => readText(tlsCert)),
    key: await blame('WITNESS_TLS_KEY', () => readSecret(tlsKey)),
  }
}
