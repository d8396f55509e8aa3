import { fileURLToPath } from 'node:url'
import { alarmsOf, watchAlarms } from './alarms.ts'
import { openChecking } from './checking/thread.ts'
import { type Config, ConfigurationFault } from './config.ts'
import { readCatalogue } from './core/catalogue.ts'
import { parsePathway } from './core/pathway.ts'
import { openBytes, sealBytes } from './core/sealing.ts'
import { openNotifier } from './delivery/notify.ts'
import { openPusher } from './delivery/push.ts'
import { createIssuer } from './evidence/issue.ts'
import { openAccepting } from './flow/accept.ts'
import { openAcknowledging } from './flow/acknowledge.ts'
import { drain } from './flow/deliver.ts'
import { openLookup } from './flow/lookup.ts'
import { openNotifying } from './flow/notify.ts'
import type { Parts } from './flow/parts.ts'
import { openPushes } from './flow/push.ts'
import { openRefusing } from './flow/refuse.ts'
import { enforceRegistry, followRegistry } from './flow/registry.ts'
import { openVault } from './flow/vault.ts'
import { createHealth } from './health.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { type Listeners, openListeners } from './http/listeners.ts'
import { loadGatewayKeys } from './identity/keys.ts'
import { loadDataKey, loadLogKeys } from './identity/own-keys.ts'
import { openRegistry, RegistryFault } from './identity/registry.ts'
import { openTrust, TrustFault } from './identity/trust.ts'
import type { Log } from './logger.ts'
import { createMetrics } from './metrics.ts'
import { openQueue } from './queue/queue.ts'
import { startSweep } from './queue/sweep.ts'
import { loadSchemaFolder } from './schema-folder.ts'
import { type Database, openDatabase, transaction } from './store/database.ts'
import { startEmbedded } from './store/embedded.ts'
import { openLog } from './store/leaves.ts'
import { migrate, NewerSchemaFault } from './store/migrate.ts'
import { dataKeyCheck } from './store/parties.ts'
import { openWakes } from './store/wakes.ts'

/** A running gateway: where it listens, and the two things that may be asked of it. */
export type Gateway = {
  readonly urls: Listeners['urls']
  /** Reads the registry file again; an invalid one is logged and the one in force stays. */
  reload(): Promise<boolean>
  /** Takes no new request, finishes what is under way, closes everything in reverse order. */
  close(): Promise<void>
}

const SCHEMAS = fileURLToPath(new URL('../schemas', import.meta.url))
/** An endpoint that has not answered by then is tried again later, by another process. */
const PUSHES_MS = 16_000
/** What is not done by then is left to its lease and to the next process. */
const CLOSE_MS = 4_000

/**
 * The composition root: opens all that touches a socket, a file, a clock or a database, once, and passes it down.
 * @throws ConfigurationFault with one clear line for a configuration that cannot work
 */
export async function openGateway(config: Config, log: Log): Promise<Gateway> {
  const opened = new AsyncDisposableStack()
  try {
    return await open(config, log, opened)
  } catch (error) {
    await opened.disposeAsync()
    throw asConfigurationFault(error, config)
  }
}

async function open(config: Config, log: Log, opened: AsyncDisposableStack): Promise<Gateway> {
  const now = (): Date => new Date()
  const metrics = createMetrics()
  const keys = await loadGatewayKeys(config, now())
  const schemaFiles = await loadSchemaFolder(SCHEMAS)
  const catalogue = readCatalogue(schemaFiles)
  // It compiles them while the database starts.
  const checking = opened.adopt(openChecking(schemaFiles), (one) => one.close())
  const registry = await openRegistry(config.agenciesFile, log)
  const trust = opened.adopt(await openTrust(config.trustFolder, { crlGraceMs: config.crlGraceMs, now, log }), (one) =>
    one.close(),
  )

  const databaseUrl =
    config.databaseUrl ?? opened.adopt(await startEmbedded(config.dataFolder, log), (one) => one.close()).url
  const onError = (error: unknown): void =>
    log.warn({ err: error }, 'a connection to the record broke; it is made anew')
  const database = opened.adopt(openDatabase(databaseUrl, onError), (one) => one.end())
  await reach(database)
  await migrate(database)
  const logKeys = await loadLogKeys(config, keys.id, log)
  const dataKey = await loadDataKey(config, log)
  await openRecord(database, dataKey, logKeys.origin)

  const wakes = opened.adopt(await openWakes(databaseUrl, database, onError), (one) => one.close())
  const tls = { cert: keys.tls.cert, key: keys.tls.key }
  const pusher = openPusher({ tls: () => tls, trust: trust.current, timeoutMs: config.pushTimeoutMs, now })
  opened.defer(() => within(CLOSE_MS, pusher.close()))
  const notifier = opened.adopt(openNotifier(config.smtpUrl, log), (one) => one.close())
  const notifying = openNotifying({ notifier, metrics, log, config })
  opened.defer(() => within(CLOSE_MS, notifying.close()))

  const onQueueError = (error: unknown): void => {
    metrics.jobsFailed.inc()
    log.warn({ err: error }, 'the queue failed; the sweep makes it good')
  }
  const queue = await openQueue({ databaseUrl, redisUrl: config.redisUrl, onError: onQueueError })

  const parts: Parts = {
    config,
    log,
    metrics,
    database,
    wakes,
    catalogue,
    pathway: parsePathway(schemaFiles.pathway),
    issuer: createIssuer(keys.id, keys.signer, checking),
    patientIssuer: createIssuer(keys.id, keys.signer, checking.patient),
    checking,
    lookup: openLookup(database),
    vault: openVault(dataKey),
    pusher,
    tell: notifying.tell,
    registry: registry.current,
    trust: trust.current,
    now,
    enqueue: queue.call,
  }
  await checking.ready
  await enforceRegistry(parts, keys, registry.current(), now())
  opened.defer(watchAlarms(() => alarmsOf(trust.current(), keys, now()), log))
  const stopping = new AbortController()
  registry.onChange(followRegistry(parts, keys, stopping.signal))
  const acknowledge = openAcknowledging(parts)
  if (config.roles.has('worker')) {
    const pushes = openPushes({ ...parts, acknowledge })
    // Closed before what they use, and the queue before them: it would only start more.
    opened.defer(async () => {
      await within(CLOSE_MS, queue.close())
      await within(PUSHES_MS, pushes.settle())
      pusher.abandon()
      await within(CLOSE_MS, pushes.settle())
    })
    await queue.work((lane, stop) => drain(parts, pushes, lane, stop))
    opened.defer(startSweep(parts, queue))
  } else opened.defer(() => within(CLOSE_MS, queue.close()))
  const listeners = await openListeners({
    ...parts,
    acknowledge,
    accept: openAccepting(parts),
    refuse: openRefusing(parts),
    rateLimit: createRateLimit(database, config.rateLimit),
    keys,
    logKeys,
    schemaFiles,
    stopping: stopping.signal,
    health: createHealth(database, queue, stopping.signal),
  })
  trust.onChange(listeners.renewTrust)
  registry.onChange(listeners.reappraise)
  // What changed while the listeners were opened.
  listeners.renewTrust(trust.current())
  opened.defer(() => listeners.close())
  return {
    urls: listeners.urls,
    reload: registry.reload,
    async close() {
      stopping.abort()
      await opened.disposeAsync()
    },
  }
}

async function reach(database: Database): Promise<void> {
  try {
    await database.query('select 1')
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
    throw new ConfigurationFault(`the database cannot be reached (${why})`)
  }
}

/** The record's data key and log must be this gateway's: writing under another would be lost, or would fork the evidence. */
async function openRecord(database: Database, dataKey: Buffer, origin: string): Promise<void> {
  const place = Buffer.from('data-key-check')
  const { check, standing } = await transaction(database, async (tx) => ({
    result: {
      check: await dataKeyCheck(tx, sealBytes(dataKey, Buffer.alloc(0), place)),
      standing: await openLog(tx, origin),
    },
  }))
  try {
    openBytes(dataKey, check, place)
  } catch {
    throw new ConfigurationFault('the data key is not the one that this record was sealed with')
  }
  if (standing !== origin) throw new ConfigurationFault('the log key is not the one of the evidence log in this record')
}

function asConfigurationFault(error: unknown, config: Config): unknown {
  if (error instanceof RegistryFault) return new ConfigurationFault(`${config.agenciesFile}: ${error.message}`)
  if (error instanceof TrustFault || error instanceof NewerSchemaFault) return new ConfigurationFault(error.message)
  return error
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, ms)
  await Promise.race([work, over.promise]).finally(() => clearTimeout(timer))
}
