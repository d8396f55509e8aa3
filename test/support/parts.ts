import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { type Config, readConfig } from '../../gateway/base/config.ts'
import type { FaultPoint } from '../../gateway/base/fault-points.ts'
import type { Log } from '../../gateway/base/logger.ts'
import { createMetrics, type Metrics } from '../../gateway/base/metrics.ts'
import { openTracing, type Tracing } from '../../gateway/base/tracing.ts'
import { type Attachments, openAttachments } from '../../gateway/attachments/attachments.ts'
import { attempt } from '../../gateway/delivery/attempt.ts'
import { drain } from '../../gateway/delivery/drain.ts'
import { openNotifier } from '../../gateway/delivery/mail.ts'
import { openNotifying } from '../../gateway/delivery/notifications.ts'
import { openPlaces } from '../../gateway/delivery/places.ts'
import { openPusher } from '../../gateway/delivery/push.ts'
import { type Checking, openChecking } from '../../gateway/exchange/checking/thread.ts'
import { type Exchange, openExchange } from '../../gateway/exchange/exchange.ts'
import { foresee } from '../../gateway/delivery/foresee.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { type GatewayKeys, loadGatewayKeys } from '../../gateway/identity/keys.ts'
import { parseRegistry, type Registry } from '../../gateway/identity/registry.ts'
import { openTrust } from '../../gateway/identity/trust.ts'
import { type EvidenceLog, openLog, openProofTexts } from '../../gateway/log/log.ts'
import { type Catalogue, readCatalogue } from '../../gateway/protocol/catalogue.ts'
import { parsePathway, type Pathway } from '../../gateway/protocol/pathway.ts'
import { type Lane, priorities } from '../../gateway/protocol/priority.ts'
import { acceptMessages, findMessages } from '../../gateway/record/messages.ts'
import { type OpenRecord, openRecord } from '../../gateway/record/record.ts'
import { signEnvelope } from '../../sdk/index.ts'
import { readIdentity } from '../../sdk/identity.ts'
import { makeEnvelope } from './agency.ts'
import { quiet } from './quiet.ts'

/** The rooms up to delivery, open on a real record, without listeners, queue or process; each has a pool of its own. */
export type TestParts = OpenRecord &
  EvidenceLog &
  Exchange & {
    readonly config: Config
    readonly log: Log
    readonly metrics: Metrics
    readonly tracing: Tracing
    readonly fault: FaultPoint
    readonly keys: GatewayKeys
    readonly catalogue: Catalogue
    readonly registry: () => Registry
    readonly pathway: Pathway
    readonly now: () => Date
    /** Never aborted. */
    readonly stopping: AbortSignal
    readonly attachments: Attachments
    /** The lanes that a worker was called to. */
    readonly called: Lane[]
    /** Drains a lane as a worker would, and waits for the pushes that it has started. */
    work(lane: Lane): Promise<void>
    /** The same again and again without waiting for pushes: all share their places. */
    openWorker(): { drain(lane: Lane): Promise<void>; settle(): Promise<void> }
  }

const TEST_LOG = { origin: 'test/log', verifierKeys: ['test/log+0+0', 'test/log+1+1'] }
const DATA_KEY = randomBytes(32)
const schemaFiles = await loadSchemaFolder(fileURLToPath(new URL('../../schemas', import.meta.url)))
const catalogue = readCatalogue(schemaFiles)
const never = new AbortController().signal

/** One for all parts of a test file: to compile the schemas takes more than a second of a processor, and it keeps nothing. */
let checking: Checking | undefined
afterAll(() => checking?.close())

/** Opens them on a database that is brought to this release's schema. */
export async function openParts(
  pki: DevelopmentPki,
  databaseUrl: string,
  registryText: string,
  { env = {}, now = () => new Date() }: { env?: Record<string, string>; now?: () => Date } = {},
): Promise<TestParts> {
  const file = (path: string) => join(pki.folder, path)
  const config = readConfig({
    PASSERELLE_TLS_CERT: file('gateway/tls.crt'),
    PASSERELLE_TLS_KEY: file('gateway/tls.key'),
    PASSERELLE_SIGNING_CERT: file('gateway/signing.crt'),
    PASSERELLE_SIGNING_KEY: file('gateway/signing.key'),
    ...env,
  })
  const opened = new AsyncDisposableStack()
  const log = quiet
  const keys = await loadGatewayKeys(config, now())
  checking ??= openChecking(schemaFiles)
  const trust = opened.adopt(await openTrust(file('trust'), { crlGraceMs: 0, now, log }), (one) => one.close())
  const record = opened.use(await openRecord(databaseUrl, [DATA_KEY], () => undefined))
  const evidence = await openLog({ ...record, keys: () => keys, logKeys: TEST_LOG, signing: checking, log, now })
  const registry = parseRegistry(registryText)
  const metrics = createMetrics()
  const tracing = await openTracing(config, log, metrics)
  const called: Lane[] = []
  const pathway = parsePathway(schemaFiles.pathway)
  const base = {
    config,
    log,
    metrics,
    tracing,
    fault: () => undefined,
    keys,
    catalogue,
    pathway,
    now,
    trust: trust.current,
    registry: () => registry,
  }
  const enqueue = (lane: Lane): void => void called.push(lane)
  const attachments = opened.use(await openAttachments({ ...base, ...record, now }))
  const proofs = openProofTexts(record.database, () => Number.MAX_SAFE_INTEGER)
  const exchanging = { ...base, ...record, attachments, ...evidence, checking, foresee, enqueue, schemaFiles, proofs }
  const exchange = openExchange({ ...exchanging, keys: () => keys })
  const tls = { cert: keys.tls.cert, key: keys.tls.key }
  const pusher = opened.adopt(
    openPusher({ tls: () => tls, trust: trust.current, timeoutMs: config.pushTimeoutMs, now }),
    (one) => one.close(),
  )
  // As a gateway does before it listens: on a busy machine schemas take longer to compile than the first answer may.
  await checking.ready
  const { tell } = openNotifying({
    ...base,
    notifier: openNotifier(undefined, log),
    noteMail: async () => undefined,
  })
  const delivering = { ...base, ...record, ...evidence, ...exchange, pusher, tell, enqueue }
  const openWorker: TestParts['openWorker'] = () => {
    const places = openPlaces({ log, attempt: (push) => attempt(delivering, push), enqueue })
    return { drain: (lane) => drain({ ...delivering, places }, lane, never), settle: places.settle }
  }
  return {
    ...base,
    ...record,
    ...evidence,
    ...exchange,
    stopping: never,
    attachments,
    called,
    openWorker,
    async work(lane) {
      const worker = openWorker()
      await worker.drain(lane)
      await worker.settle()
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

export type Seed = {
  readonly from: string
  readonly to: string
  readonly type: string
  readonly priority: number
  /** The time itself where it is not given; null: none. */
  readonly respondBy?: Date | null
  /** The message that it answers. */
  readonly answers?: { readonly id: string; readonly case_id: string }
}

/** Puts messages into the record as accepting them would: sealed, with a receipt, due. Gives their row numbers. */
export async function seed(
  pki: DevelopmentPki,
  parts: TestParts,
  seeds: readonly Seed[],
  now: Date,
): Promise<number[]> {
  const items = await Promise.all(
    seeds.map(async ({ from, to, type, priority, respondBy = now, answers }) => {
      const { signer } = await readIdentity(join(pki.folder, 'agencies', from))
      const made = makeEnvelope(type, from, to, {
        priority: priorities[priority] ?? 'routine',
        ...(answers && { inReplyTo: answers.id, caseId: answers.case_id }),
      })
      const bytes = Buffer.from(await signEnvelope(made, signer, now))
      const { respondBy: _, ...said } = made
      const envelope = { ...said, attachments: [], body: {}, ...(respondBy && { respondBy }) }
      const digest = randomBytes(32)
      const about = { messageId: made.id, caseId: made.caseId, type, from, to, digest, attempt: 0 }
      const receipt = await parts.issuer.receipt({ event: 'SubmissionAcceptance', ...about }, now)
      return { envelope, bytes, digest, receipt }
    }),
  )
  const outcomes = await acceptMessages(
    parts.database,
    items.map(({ envelope, bytes, digest, receipt }) => {
      const key = parts.vault.keyOf(envelope.caseId)
      const sealed = parts.vault.seal(key, envelope.from, envelope.id, bytes)
      return { envelope, digest, size: bytes.length, acceptedAt: now, sealed, key, receipt, attachments: [] }
    }),
  )
  if (outcomes.some(({ outcome }) => outcome !== 'made')) throw new Error('a seed was not recorded')
  const rows = await findMessages(
    parts.database,
    items.map(({ envelope }) => ({ sender: envelope.from, id: envelope.id })),
  )
  return rows.map((row) => row?.no ?? 0)
}
