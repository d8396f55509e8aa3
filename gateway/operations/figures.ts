import type { Attachments } from '../attachments/attachments.ts'
import type { Log, Metrics } from '../base/base.ts'
import type { Alarm, GatewayKeys, Registry, TrustSnapshot } from '../identity/identity.ts'
import { priorityOf } from '../protocol/protocol.ts'
import {
  type Backlog,
  backlog,
  type BackupAge,
  type Database,
  type Disk,
  type Silence,
  silences,
} from '../record/record.ts'
import { alarmsOf, overdueSince } from './alarms.ts'
import { daysLeft } from './overview.ts'
import { shareFor } from './share-for.ts'

type Needs = {
  readonly log: Log
  readonly metrics: Metrics
  readonly database: Database
  /** Its own certificates and keys now. */
  readonly keys: () => GatewayKeys
  readonly registry: () => Registry
  readonly trust: () => TrustSnapshot
  readonly disk: Pick<Disk, 'state'>
  readonly attachments: Pick<Attachments, 'away'>
  readonly backup: Pick<BackupAge, 'isOverdue'>
  /** Alarms of what was read again and could not be taken. */
  readonly refused: () => readonly Alarm[]
  readonly now: () => Date
}

/** The figures for Prometheus, in its text format. */
export type Figures = { readonly contentType: string; read(): Promise<string> }

const DAY_MS = 24 * 3_600_000
/** Everybody may ask for the figures: however many do, the record is asked this seldom. */
const BACKLOG_MS = 5_000

/** Opens the figures. What is in the record is asked for at most once in some seconds, however many ask. */
export function openFigures(needs: Needs): Figures {
  const { database, log, metrics } = needs
  const readBacklog = shareFor(BACKLOG_MS, () => backlog(database))
  const readSilences = shareFor(BACKLOG_MS, () => silences(database, overdueSince(needs.now())))
  return {
    contentType: metrics.registry.contentType,
    async read() {
      const nothing = (error: unknown): [] => {
        log.warn({ err: error }, 'the backlog could not be read')
        return []
      }
      const [rows, silent] = await Promise.all([readBacklog().catch(nothing), readSilences().catch(nothing)])
      gauge(needs, rows, silent)
      return await metrics.registry.metrics()
    },
  }
}

/** What is measured when it is asked for: the backlog in the record, certificates, alarms. */
function gauge(
  { metrics, keys, registry, trust, disk, attachments, backup, refused, now: clock }: Needs,
  rows: readonly Backlog[],
  silent: readonly Silence[],
): void {
  const now = clock()
  metrics.backlog.reset()
  metrics.oldest.reset()
  metrics.certificateDays.reset()
  metrics.alarms.reset()
  metrics.silent.reset()
  for (const { agency, overdue, unread } of silent) {
    metrics.silent.set({ agency, alarm: 'response-overdue' }, overdue)
    metrics.silent.set({ agency, alarm: 'message-unread' }, unread)
  }
  for (const [key, alike] of Map.groupBy(rows, ({ state, priority }) => `${state}/${priority}`)) {
    const [state = '', priority] = key.split('/')
    const labels = { state, priority: priorityOf(Number(priority)) }
    const oldest = Math.min(...alike.map((row) => row.oldest.getTime()))
    metrics.backlog.set(
      labels,
      alike.reduce((sum, { count }) => sum + count, 0),
    )
    metrics.oldest.set(labels, Math.max(0, (now.getTime() - oldest) / 1000))
  }
  const days = (until: Date): number => Math.floor((until.getTime() - now.getTime()) / DAY_MS)
  const { id: party, tls, signer } = keys()
  metrics.certificateDays.set({ party, use: 'tls' }, days(tls.certificate.notAfter))
  metrics.certificateDays.set({ party, use: 'signing' }, days(signer.certificate.notAfter))
  for (const { id, certificates } of registry().agencies.values()) {
    for (const { use, daysLeft: left } of daysLeft(certificates, now))
      metrics.certificateDays.set({ party: id, use }, left)
  }
  const { agencies } = registry()
  const waiting = rows.filter(({ state }) => state === 'accepted').map(({ recipient }) => recipient)
  const gone = [...new Set(waiting)].filter((agency) => !agencies.has(agency))
  const looked = {
    trust: trust(),
    keys: keys(),
    disk: disk.state(),
    silent,
    away: attachments.away(),
    backup,
    refused: refused(),
  }
  for (const { code } of alarmsOf(looked, now, gone)) metrics.alarms.inc({ code })
}
