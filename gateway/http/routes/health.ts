import { Type } from 'typebox'
import { alarmsOf } from '../../alarms.ts'
import { type Backlog, backlog } from '../../store/backlog.ts'
import { priorityOf } from '../../store/messages.ts'
import type { Operating } from '../operations.ts'
import type { Server } from '../server.ts'

/** Whether the process lives, whether it can work, and its figures, for whoever watches it (protocol section 11). */
export function healthRoutes(server: Server, parts: Operating): void {
  const readBacklog = shareFor(BACKLOG_MS, () => backlog(parts.database))
  server.get(
    '/health/live',
    {
      config: { access: 'public' },
      schema: { summary: 'The process lives', response: { 200: Type.Object({ status: Type.Literal('live') }) } },
    },
    async () => ({ status: 'live' as const }),
  )

  const readiness = Type.Object({ status: Type.String(), reasons: Type.Array(Type.String()) })
  server.get(
    '/health/ready',
    {
      config: { access: 'public' },
      schema: { summary: 'The record and the queue are within reach', response: { 200: readiness, 503: readiness } },
    },
    async (_request, reply) => {
      const reasons = [...(await parts.health.reasons())]
      return reply
        .code(reasons.length === 0 ? 200 : 503)
        .send({ status: reasons.length === 0 ? 'ready' : 'not-ready', reasons })
    },
  )

  server.get(
    '/metrics',
    { config: { access: 'public' }, schema: { summary: 'Figures for Prometheus', produces: ['text/plain'] } },
    async (_request, reply) => {
      const rows = await readBacklog().catch((error: unknown) => {
        parts.log.warn({ err: error }, 'the backlog could not be read')
        return []
      })
      gauge(parts, rows)
      return reply.type(parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics())
    },
  )
}

const DAY_MS = 24 * 3_600_000
/** Everybody may ask for the figures: however many do, the record is asked this seldom. */
const BACKLOG_MS = 5_000

/** Asks once and gives everybody that answer for a time; a failure is not kept. */
function shareFor<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let shared: { readonly answer: Promise<T>; readonly until: number } | undefined
  return () => {
    if (shared === undefined || shared.until <= performance.now()) {
      const asked = { answer: ask(), until: performance.now() + ms }
      asked.answer.catch(() => {
        if (shared === asked) shared = undefined
      })
      shared = asked
    }
    return shared.answer
  }
}

/** What is measured when it is asked for: the backlog in the record, certificates, alarms. */
function gauge(parts: Operating, rows: readonly Backlog[]): void {
  const { metrics } = parts
  const now = parts.now()
  metrics.backlog.reset()
  metrics.oldest.reset()
  metrics.certificateDays.reset()
  metrics.alarms.reset()
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
  metrics.certificateDays.set({ party: parts.keys.id, use: 'tls' }, days(parts.keys.tls.certificate.notAfter))
  metrics.certificateDays.set({ party: parts.keys.id, use: 'signing' }, days(parts.keys.signer.certificate.notAfter))
  for (const { id, certificates } of parts.registry().agencies.values()) {
    for (const use of ['tls', 'signing'] as const) {
      const last = certificates
        .filter((pin) => pin.use === use)
        .map(({ certificate }) => certificate.notAfter.getTime())
      if (last.length > 0) metrics.certificateDays.set({ party: id, use }, days(new Date(Math.max(...last))))
    }
  }
  const { agencies } = parts.registry()
  const waiting = rows.filter(({ state }) => state === 'accepted').map(({ recipient }) => recipient)
  const gone = [...new Set(waiting)].filter((agency) => !agencies.has(agency))
  for (const { code } of alarmsOf(parts.trust(), parts.keys, now, gone)) metrics.alarms.inc({ code })
}
