import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  blame,
  type Config,
  ConfigurationFault,
  createMetrics,
  type Log,
  openFaultPoints,
  openTracing,
  settingName,
} from './base/base.ts'
import { openAttachments } from './attachments/attachments.ts'
import { foresee, openDelivery, openQueue, readRedisUrl, requireRedis } from './delivery/delivery.ts'
import {
  heedUnfit,
  NewerSchemaFault,
  openRecord,
  raiseCrlMarks,
  readCrlMarks,
  restoredMark,
  watchBackup,
  watchDisk,
} from './record/record.ts'
import { loadSchemaFolder, openChecking, openExchange } from './exchange/exchange.ts'
import {
  createRateLimit,
  DIRECTORY_MS,
  type Listeners,
  openCursors,
  openFormTokens,
  openListeners,
  sinceRestore,
} from './http/http.ts'
import {
  loadDataKeys,
  loadGatewayKeys,
  loadLogKeys,
  openRegistry,
  openTrust,
  RegistryFault,
  TrustFault,
} from './identity/identity.ts'
import {
  markFile,
  openCosigning,
  openLog,
  openProofTexts,
  openTimeStamping,
  openTree,
  recallPublished,
} from './log/log.ts'
import { openOperations } from './operations/operations.ts'
import { openRenewals } from './renewals.ts'
import { parsePathway, readCatalogue } from './protocol/protocol.ts'

/** A running gateway: where it listens, and the two things that may be asked of it. */
export type Gateway = {
  readonly urls: Listeners['urls']
  /**
   * Reads the registry file, the gateway's certificates and the data keys again, each by itself: of what cannot be taken the reason is
   * logged, and what was in force stays.
   */
  reload(): Promise<unknown>
  /** Takes no new request, finishes what is under way, closes everything in reverse order. */
  close(): Promise<void>
}

/** Workers offer checkpoints to witnesses; what they see stands in the record. */
const NO_COSIGNING = { contradicted: () => [] }
const SCHEMAS = fileURLToPath(new URL('../schemas', import.meta.url))
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
  const metrics = createMetrics(log.dropped)
  const tracing = opened.adopt(await openTracing(config, log, metrics), (one) => one.close())
  const stopping = new AbortController()
  const fault = openFaultPoints(config.faultPoint)
  let ownKeys = await loadGatewayKeys(config, new Date())
  const keys = () => ownKeys
  const schemaFiles = await loadSchemaFolder(SCHEMAS)
  const catalogue = readCatalogue(schemaFiles)
  const pathway = parsePathway(schemaFiles.pathway)
  // It compiles the schemas while the database starts.
  const checking = opened.adopt(openChecking(schemaFiles), (one) => one.close())
  const registrySource = await openRegistry(config.agenciesFile, log)
  const registry = registrySource.current

  const databaseUrl = config.databaseUrl ?? (await openEmbedded(config, log, opened))
  const logKeys = await loadLogKeys(config, ownKeys.id, log)
  const dataKeys = await loadDataKeys(config, log)
  const record = opened.use(
    await blame(recordSetting(config), () =>
      openRecord(databaseUrl, dataKeys, (error) =>
        log.warn({ err: error }, 'a connection to the record broke; it is made anew'),
      ),
    ),
  )
  const { database } = record
  const { now } = record.clock
  const diskFolder = config.recordDisk ?? (config.databaseUrl === undefined ? config.dataFolder : undefined)
  const disk = opened.adopt(
    await blame(settingName(config.recordDisk === undefined ? 'dataFolder' : 'recordDisk'), () =>
      watchDisk(diskFolder, (error) => log.warn({ err: error }, 'the disk of the record cannot be looked at')),
    ),
    (one) => one.close(),
  )
  const backup = opened.adopt(
    await watchBackup(config.dataFolder, config.backupMaxAgeMs, (error) =>
      log.warn({ err: error }, 'the note of the last backup could not be read'),
    ),
    (one) => one.close(),
  )
  const marks = { read: () => readCrlMarks(database), raise: raiseCrlMarks.bind(null, database) }
  const trustOptions = { crlGraceMs: config.crlGraceMs, now: () => new Date(), log, marks }
  const trustSource = opened.adopt(await openTrust(config.trustFolder, trustOptions), (one) => one.close())
  const trust = trustSource.current
  const evidence = await openLog({
    database,
    keys,
    logKeys,
    signing: checking,
    log,
    now,
  })
  await recallPublished({ database, log, now }, registry())
  const tree = opened.use(
    await blame(settingName('dataFolder'), () =>
      openTree({
        ...record,
        keys: logKeys,
        file: markFile(config.dataFolder),
        fault,
        log,
        now,
      }),
    ),
  )
  const redisUrl = await readRedisUrl(config)
  if (redisUrl !== undefined) await blame(settingName('redisUrl'), () => requireRedis(redisUrl))
  const onError = (error: unknown): void => {
    metrics.jobsFailed.inc()
    log.warn({ err: error }, 'the queue failed; the sweep makes it good')
  }
  const queue = opened.adopt(
    await blame(recordSetting(config), () => heedUnfit(() => openQueue({ databaseUrl, redisUrl, now, onError }))),
    (one) => one.close(),
  )
  const base = {
    config,
    log,
    metrics,
    tracing,
    fault,
    now,
    keys,
    registry,
    trust,
    catalogue,
    ...record,
    ...evidence,
    tree,
  }
  const enqueue = queue.call
  await checking.ready
  const inForce = { registry: registry(), keys: keys() }
  const follow = evidence.follow(inForce, enqueue, stopping.signal)
  // To a log that was closed nothing is written; its successor has everybody's entry anew.
  tree.onSuccessor(() => void follow({ registry: registry(), keys: keys() }).catch(() => undefined))
  if (!tree.isClosed()) await evidence.enforce(inForce, enqueue)
  tree.follow()
  const cosigning = config.roles.has('worker') ? opened.use(openCosigning(base)) : NO_COSIGNING
  if (config.roles.has('worker')) opened.use(await openTimeStamping(base))
  // It ends with the process alone.
  registrySource.onChange((next) => void follow({ registry: next }).catch(() => undefined))
  const renewals = openRenewals({
    config,
    log,
    id: keys().id,
    dataKeys: record.dataKeys,
    // In the record, and so in the well-known document of every process, before anybody sees it.
    async use(next) {
      await follow({ keys: next })
      await pause(DIRECTORY_MS, undefined, { signal: stopping.signal })
      ownKeys = next
      listeners.renew()
    },
  })

  const attachments = opened.use(await openAttachments(base))
  const proofs = openProofTexts(database, () => tree.latest()?.size ?? 0)
  const exchange = openExchange({ ...base, attachments, pathway, checking, foresee, enqueue, proofs, schemaFiles })
  if (config.roles.has('worker')) opened.use(await openDelivery({ ...base, pathway, ...exchange, queue }))
  const operations = opened.use(
    await openOperations({
      ...base,
      logKeys,
      attachments,
      lookup: exchange.lookup,
      queue,
      enqueue,
      cosigning,
      stopping: stopping.signal,
      onTrustChange: trustSource.onChange,
      refused: renewals.refused,
      disk,
      backup,
    }),
  )
  const listeners = await openListeners({
    ...base,
    attachments,
    exchange,
    operations,
    proofs,
    rateLimit: createRateLimit(record.database, config.rateLimit, (error) =>
      log.warn({ err: error }, 'submissions could not be counted; they are refused until they can'),
    ),
    cursorsOf: openCursors(sinceRestore(record.dataKeys.cursorSecret, await restoredMark(config.dataFolder))),
    formTokens: openFormTokens(record.dataKeys.cursorSecret),
    disk,
    logKeys,
    schemaFiles,
    stopping: stopping.signal,
  })
  opened.defer(() => listeners.close())
  trustSource.onChange(listeners.renew)
  registrySource.onChange(listeners.reappraise)
  // What changed while the listeners were opened.
  listeners.renew()
  return {
    urls: listeners.urls,
    reload: () => Promise.all([registrySource.reload(), renewals.renew()]),
    async close() {
      stopping.abort()
      await opened.disposeAsync()
    },
  }
}

/** Loaded only where no other PostgreSQL is named. */
async function openEmbedded(config: Config, log: Log, opened: AsyncDisposableStack): Promise<string> {
  const { startEmbedded } = await import('./record/embedded/embedded.ts')
  const started = await blame(settingName('dataFolder'), () => startEmbedded(config.dataFolder, log))
  return opened.adopt(started, (one) => one.close()).url
}

function asConfigurationFault(error: unknown, config: Config): unknown {
  const of = (key: Parameters<typeof settingName>[0], why: string) =>
    new ConfigurationFault(`${settingName(key)}: ${why}`)
  if (error instanceof RegistryFault) return of('agenciesFile', `${config.agenciesFile}: ${error.message}`)
  if (error instanceof TrustFault) return of('trustFolder', error.message)
  if (error instanceof NewerSchemaFault) return new ConfigurationFault(`${recordSetting(config)}: ${error.message}`)
  return error
}

/** The setting by which the record stands where it stands. */
const recordSetting = ({ databaseUrl }: Config): string =>
  settingName(databaseUrl === undefined ? 'dataFolder' : 'databaseUrl')
