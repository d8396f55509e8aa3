import type { Log, Metrics } from '../base/base.ts'
import type { LaneQueue } from '../delivery/delivery.ts'
import type { Tree } from '../log/log.ts'
import type { GatewayKeys, Registry, TrustSnapshot } from '../identity/identity.ts'
import { priorityOf } from '../protocol/protocol.ts'
import { type Backlog, backlog, type Database, logState, type Silence, silences } from '../record/record.ts'
import { lastDays, overdueSince } from './alarms.ts'
import { shareFor } from './share-for.ts'
import type { Alarms } from './watching.ts'

type Needs = {
  readonly log: Log
  readonly metrics: Metrics
  readonly database: Database
  /** Its own certificates and keys now. */
  readonly keys: () => GatewayKeys
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly queue: Pick<LaneQueue, 'depth'>
  readonly alarms: Pick<Alarms, 'on'>
  readonly tree: Pick<Tree, 'state'>
  readonly now: () => Date
}

/** The figures for Prometheus, in its text format. */
export type Figures = { readonly contentType: string; read(): Promise<string> }

const DAY_MS = 24 * 3_600_000
/** Everybody may ask for the figures: however many do, the record is asked this seldom. */
const BACKLOG_MS = 5_000

/** Opens the figures. What is in the record is asked for at most once in some seconds, however many ask. */
export function openFigures(needs: Needs): Figures {
  const { database, log, metrics, queue } = needs
  const ask = shareFor(BACKLOG_MS, async () => {
    const [rows, silent, { size }] = await Promise.all([
      backlog(database),
      silences(database, overdueSince(needs.now())),
      logState(database),
    ])
    return { rows, silent, size }
  })
  const askQueue = shareFor(BACKLOG_MS, () => queue.depth())
  return {
    contentType: metrics.registry.contentType,
    async read() {
      const [found, depth] = await Promise.all([
        ask().catch((error: unknown) => log.warn({ err: error }, 'the backlog could not be read')),
        askQueue().catch((error: unknown) => log.warn({ err: error }, 'the depth of the queue could not be read')),
      ])
      gaugeBacklog(needs, found?.rows ?? [], found?.silent ?? [])
      if (found) metrics.logLeaves.set(found.size)
      else metrics.logLeaves.reset()
      metrics.queueCalls.reset()
      for (const [state, count] of Object.entries(depth ?? {})) metrics.queueCalls.set({ state }, count)
      gaugeProcess(needs)
      return await metrics.registry.metrics()
    },
  }
}

/** What is open in the record, and whose silence. */
function gaugeBacklog({ metrics, now: clock }: Needs, rows: readonly Backlog[], silent: readonly Silence[]): void {
  const now = clock().getTime()
  for (const metric of [metrics.backlog, metrics.oldest, metrics.silent]) metric.reset()
  for (const { agency, overdue, unread } of silent) {
    metrics.silent.set({ agency, alarm: 'response-overdue' }, overdue)
    metrics.silent.set({ agency, alarm: 'message-unread' }, unread)
  }
  for (const { state, recipient, priority, count, oldest } of rows) {
    const labels = { state, agency: recipient, priority: priorityOf(priority) }
    metrics.backlog.set(labels, count)
    metrics.oldest.set(labels, Math.max(0, (now - oldest.getTime()) / 1000))
  }
}

/** What this process knows by itself: alarms, certificates, lists, connections. */
function gaugeProcess({ metrics, alarms, keys, registry, trust, database, tree, now: clock }: Needs): void {
  const now = clock().getTime()
  const { published, closed, waitingSince, past } = tree.state()
  metrics.logPublished.set(published)
  metrics.logLag.set(waitingSince === undefined ? 0 : Math.max(0, (now - waitingSince.getTime()) / 1000))
  metrics.logClosed.set(Number(closed))
  metrics.logsPast.set(past)
  const days = (until: Date): number => (until.getTime() - now) / DAY_MS
  for (const metric of [metrics.certificateDays, metrics.crlDays, metrics.alarms]) metric.reset()
  for (const { code } of alarms.on()) metrics.alarms.inc({ code })
  const { id: party, tls, signer } = keys()
  metrics.certificateDays.set({ party, use: 'tls' }, Math.floor(days(tls.certificate.notAfter)))
  metrics.certificateDays.set({ party, use: 'signing' }, Math.floor(days(signer.certificate.notAfter)))
  for (const { id, certificates } of registry().agencies.values())
    for (const { use, notAfter } of lastDays(certificates))
      metrics.certificateDays.set({ party: id, use }, Math.floor(days(notAfter)))
  // Lists are published by the day or by the hour.
  for (const { authority, nextUpdate } of trust().lists()) metrics.crlDays.set({ authority }, days(nextUpdate))
  const { totalCount, idleCount, waitingCount } = database
  metrics.recordConnections.set({ state: 'busy' }, totalCount - idleCount)
  metrics.recordConnections.set({ state: 'idle' }, idleCount)
  metrics.recordConnections.set({ state: 'wanted' }, waitingCount)
}
