import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { randomBytes } from 'node:crypto'
import type { DevelopmentPki } from '../../certs-dev/tree.ts'
import { openChecking } from '../../gateway/exchange/checking/thread.ts'
import { readConfig } from '../../gateway/base/config.ts'
import { readCatalogue } from '../../gateway/protocol/catalogue.ts'
import { parsePathway } from '../../gateway/protocol/pathway.ts'
import { openNotifier } from '../../gateway/delivery/mail.ts'
import { openPusher } from '../../gateway/delivery/push.ts'
import { createIssuer } from '../../gateway/log/issue.ts'
import { openLookup } from '../../gateway/exchange/lookup.ts'
import { openNotifying } from '../../gateway/delivery/notifications.ts'
import type { Parts } from '../../gateway/exchange/parts.ts'
import { openVault } from '../../gateway/record/vault.ts'
import { type GatewayKeys, loadGatewayKeys } from '../../gateway/identity/keys.ts'
import { parseRegistry } from '../../gateway/identity/registry.ts'
import { openTrust } from '../../gateway/identity/trust.ts'
import { createMetrics } from '../../gateway/base/metrics.ts'
import { loadSchemaFolder } from '../../gateway/exchange/schema-folder.ts'
import { openDatabase, transaction } from '../../gateway/record/database.ts'
import { openLog } from '../../gateway/record/leaves.ts'
import { acceptMessages, findMessages } from '../../gateway/record/messages.ts'
import { migrate } from '../../gateway/record/migrate.ts'
import { openWakes } from '../../gateway/record/wakes.ts'
import { signMessage } from '../../sdk/index.ts'
import { readIdentity } from '../../sdk/sign.ts'
import { makeEnvelope } from './agency.ts'
import { quiet } from './quiet.ts'
import { priorities, type Lane } from '../../gateway/protocol/priority.ts'

/** What a part that delivers works with, on a real record, without listeners, queue or process; each has a pool of its own. */
export type TestParts = Parts & AsyncDisposable & { readonly keys: GatewayKeys; readonly called: Lane[] }

const DATA_KEY = randomBytes(32)
const schemaFiles = await loadSchemaFolder(fileURLToPath(new URL('../../schemas', import.meta.url)))
const catalogue = readCatalogue(schemaFiles)

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
  const keys = await loadGatewayKeys(config, now())
  const database = openDatabase(databaseUrl, () => undefined)
  await migrate(database)
  await transaction(database, async (tx) => ({ result: await openLog(tx, 'test/log') }))
  const wakes = await openWakes(databaseUrl, database, () => undefined)
  const trust = await openTrust(file('trust'), { crlGraceMs: 0, now, log: quiet })
  const registry = parseRegistry(registryText)
  const tls = { cert: keys.tls.cert, key: keys.tls.key }
  const pusher = openPusher({ tls: () => tls, trust: trust.current, timeoutMs: config.pushTimeoutMs, now })
  const notifier = openNotifier(undefined, quiet)
  const metrics = createMetrics()
  const checking = openChecking(schemaFiles)
  const called: Lane[] = []
  return {
    config,
    log: quiet,
    metrics,
    database,
    wakes,
    catalogue,
    pathway: parsePathway(schemaFiles.pathway),
    issuer: createIssuer(keys.id, keys.signer, checking),
    patientIssuer: createIssuer(keys.id, keys.signer, checking.patient),
    checking,
    lookup: openLookup(database),
    vault: openVault(DATA_KEY),
    pusher,
    tell: openNotifying({ notifier, metrics, log: quiet, config }).tell,
    registry: () => registry,
    trust: trust.current,
    now,
    enqueue: (lane) => void called.push(lane),
    keys,
    called,
    async [Symbol.asyncDispose]() {
      await pusher.close()
      await checking.close()
      await trust.close()
      await wakes.close()
      await database.end()
    },
  }
}

export type Seed = { readonly from: string; readonly to: string; readonly type: string; readonly priority: number }

/** Puts messages into the record as accepting them would: sealed, with a receipt, due. Gives their row numbers. */
export async function seed(
  pki: DevelopmentPki,
  parts: TestParts,
  seeds: readonly Seed[],
  now: Date,
): Promise<number[]> {
  const items = await Promise.all(
    seeds.map(async ({ from, to, type, priority }) => {
      const { signer } = await readIdentity(join(pki.folder, 'agencies', from))
      const made = makeEnvelope(type, from, to, { priority: priorities[priority] ?? 'routine' })
      const bytes = Buffer.from(await signMessage(made, signer, now))
      const envelope = { ...made, attachments: [], body: {}, respondBy: now }
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
      return { envelope, digest, size: bytes.length, acceptedAt: now, sealed, key, receipt }
    }),
  )
  if (outcomes.some(({ outcome }) => outcome !== 'made')) throw new Error('a seed was not recorded')
  const rows = await findMessages(
    parts.database,
    items.map(({ envelope }) => ({ sender: envelope.from, id: envelope.id })),
  )
  return rows.map((row) => row?.no ?? 0)
}
