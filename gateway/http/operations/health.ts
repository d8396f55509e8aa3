import { Type } from 'typebox'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'

/** Whether the process lives, whether it can work, and its figures, for whoever watches it (protocol section 11). */
export function healthRoutes(server: Server, { operations }: Operating): void {
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
      const reasons = [...(await operations.health.reasons())]
      return reply
        .code(reasons.length === 0 ? 200 : 503)
        .send({ status: reasons.length === 0 ? 'ready' : 'not-ready', reasons })
    },
  )

  server.get(
    '/metrics',
    { config: { access: 'public' }, schema: { summary: 'Figures for Prometheus', produces: ['text/plain'] } },
    async (_request, reply) => reply.type(operations.figures.contentType).send(await operations.figures.read()),
  )
}
