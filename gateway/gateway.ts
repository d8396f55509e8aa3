import { fileURLToPath } from 'node:url'
import { type Config, ConfigurationFault } from './base/config.ts'
import type { Log } from './base/logger.ts'
import { createMetrics } from './base/metrics.ts'
import { within } from './base/time-out.ts'
import { openDelivery } from './delivery/delivery.ts'
import { openQueue } from './delivery/queue.ts'
import { openChecking } from './exchange/checking/thread.ts'
import { openExchange } from './exchange/exchange.ts'
import { loadSchemaFolder } from './exchange/schema-folder.ts'
import { type Listeners, openListeners } from './http/listeners.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { loadGatewayKeys } from './identity/keys.ts'
import { loadDataKey, loadLogKeys } from './identity/own-keys.ts'
import { openRegistry, RegistryFault } from './identity/registry.ts'
import { openTrust, TrustFault } from './identity/trust.ts'
import { openLog } from './log/log.ts'
import { openOperations } from './operations/operations.ts'
import { readCatalogue } from './protocol/catalogue.ts'
import { parsePathway } from './protocol/pathway.ts'
import { startEmbedded } from './record/embedded/embedded.ts'
import { NewerSchemaFault } from './record/migrate.ts'
import { openRecord } from './record/record.ts'

/** A running gateway: where it listens, and the two things that may be asked of it. */
export type Gateway = {
  readonly urls: Listeners['urls']
  /** Reads the registry file again; an invalid one is logged and the one in force stays. */
  reload(): Promise<boolean>
  /** Takes no new request, finishes what is under way, closes everything in reverse order. */
  close(): Promise<void>
}

const SCHEMAS = fileURLToPath(new URL('../schemas', import.meta.url))
/** What is not done by then is left to the next process. */
const QUEUE_MS = 4_000

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
  const metrics = createMetrics()
  const stopping = new AbortController()
  const keys = await loadGatewayKeys(config, new Date())
  const schemaFiles = await loadSchemaFolder(SCHEMAS)
  const catalogue = readCatalogue(schemaFiles)
  const pathway = parsePathway(schemaFiles.pathway)
  // It compiles the schemas while the database starts.
  const checking = opened.adopt(openChecking(schemaFiles), (one) => one.close())
  const registrySource = await openRegistry(config.agenciesFile, log)
  const trustSource = opened.adopt(
    await openTrust(config.trustFolder, { crlGraceMs: config.crlGraceMs, now: () => new Date(), log }),
    (one) => one.close(),
  )
  const registry = registrySource.current
  const trust = trustSource.current

  const databaseUrl =
    config.databaseUrl ?? opened.adopt(await startEmbedded(config.dataFolder, log), (one) => one.close()).url
  const logKeys = await loadLogKeys(config, keys.id, log)
  const record = opened.use(
    await openRecord(databaseUrl, await loadDataKey(config, log), (error) =>
      log.warn({ err: error }, 'a connection to the record broke; it is made anew'),
    ),
  )
  const { now } = record.clock
  const evidence = await openLog({
    database: record.database,
    keys,
    origin: logKeys.origin,
    signing: checking,
    log,
    now,
  })
  const queue = await openQueue({
    databaseUrl,
    redisUrl: config.redisUrl,
    now,
    onError(error) {
      metrics.jobsFailed.inc()
      log.warn({ err: error }, 'the queue failed; the sweep makes it good')
    },
  })
  const base = { config, log, metrics, now, keys, registry, trust, catalogue, ...record, ...evidence }
  const enqueue = queue.call
  await checking.ready
  await evidence.enforce(registry(), enqueue)
  registrySource.onChange(evidence.follow(enqueue, stopping.signal))

  const exchange = openExchange({ ...base, pathway, checking, enqueue })
  if (config.roles.has('worker')) opened.use(await openDelivery({ ...base, ...exchange, queue }))
  else opened.defer(() => within(QUEUE_MS, queue.close()))
  const operations = opened.use(
    openOperations({ ...base, lookup: exchange.lookup, queue, enqueue, stopping: stopping.signal }),
  )
  const listeners = await openListeners({
    ...base,
    exchange,
    operations,
    rateLimit: createRateLimit(record.database, config.rateLimit),
    logKeys,
    schemaFiles,
    stopping: stopping.signal,
  })
  opened.defer(() => listeners.close())
  trustSource.onChange(listeners.renewTrust)
  // What changed while the listeners were opened.
  listeners.renewTrust(trust())
  return {
    urls: listeners.urls,
    reload: registrySource.reload,
    async close() {
      stopping.abort()
      await opened.disposeAsync()
    },
  }
}

function asConfigurationFault(error: unknown, config: Config): unknown {
  if (error instanceof RegistryFault) return new ConfigurationFault(`${config.agenciesFile}: ${error.message}`)
  if (error instanceof TrustFault || error instanceof NewerSchemaFault) return new ConfigurationFault(error.message)
  return error
}
