import { Type } from 'typebox'
import { alarmsOf } from '../../alarms.ts'
import { backlog } from '../../store/deliveries.ts'
import { priorities } from '../../store/messages.ts'
import type { Operating } from '../operations.ts'
import type { Server } from '../server.ts'

/** Whether the process lives, whether it can work, and its figures, for whoever watches it (protocol section 11). */
export function healthRoutes(server: Server, parts: Operating): void {
  server.get(
    '/health/live',
    { schema: { summary: 'The process lives', response: { 200: Type.Object({ status: Type.Literal('live') }) } } },
    async () => ({ status: 'live' as const }),
  )

  const readiness = Type.Object({ status: Type.String(), reasons: Type.Array(Type.String()) })
  server.get(
    '/health/ready',
    { schema: { summary: 'The record and the queue are within reach', response: { 200: readiness, 503: readiness } } },
    async (_request, reply) => {
      const reasons = [...(await parts.health.reasons())]
      return reply
        .code(reasons.length === 0 ? 200 : 503)
        .send({ status: reasons.length === 0 ? 'ready' : 'not-ready', reasons })
    },
  )

  server.get(
    '/metrics',
    { schema: { summary: 'Figures for Prometheus', produces: ['text/plain'] } },
    async (_request, reply) => {
      await gauge(parts)
      return reply.type(parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics())
    },
  )
}

const DAY_MS = 24 * 3_600_000

/** What is measured when it is asked for: the backlog in the record, certificates, alarms. */
async function gauge(parts: Operating): Promise<void> {
  const { metrics } = parts
  const now = parts.now()
  metrics.backlog.reset()
  metrics.oldest.reset()
  metrics.certificateDays.reset()
  metrics.alarms.reset()
  const rows = await backlog(parts.database).catch((error: unknown) => {
    parts.log.warn({ err: error }, 'the backlog could not be read')
    return []
  })
  for (const { state, priority, count, oldest } of rows) {
    const labels = { state, priority: priorities[priority] ?? 'routine' }
    metrics.backlog.set(labels, count)
    metrics.oldest.set(labels, Math.max(0, (now.getTime() - oldest.getTime()) / 1000))
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
  for (const { code } of alarmsOf(parts.trust(), parts.keys, now)) metrics.alarms.inc({ code })
}
