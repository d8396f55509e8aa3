import { Type } from 'typebox'
import { healthReasons } from '../../operations/operations.ts'
import { oneOf } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'

/** A word of `/health/ready`, whichever a release has. */
export const reason = oneOf(healthReasons)

/** Whether the process lives, whether it can work, and its figures, for whoever watches it (protocol section 11). */
export function healthRoutes(server: Server, { operations }: Operating): void {
  server.get(
    '/health/live',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'checkLiveness',
        tags: ['health'],
        summary: 'The process lives',
        response: { 200: Type.Object({ status: Type.Literal('live') }, { description: 'It lives' }) },
      },
    },
    async () => ({ status: 'live' as const }),
  )

  const readiness = (description: string) =>
    Type.Object(
      { status: oneOf(['ready', 'not-ready']), reasons: Type.Array(reason) },
      { title: 'Readiness', 'x-response-description': description },
    )
  server.get(
    '/health/ready',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'checkReadiness',
        tags: ['health'],
        summary: 'The record and the queue are within reach',
        response: { 200: readiness('They are'), 503: readiness('They are not, and why') },
      },
    },
    async (_request, reply) => {
      const reasons = [...(await operations.health.reasons())]
      return reply
        .code(reasons.length === 0 ? 200 : 503)
        .send({ status: reasons.length === 0 ? ('ready' as const) : ('not-ready' as const), reasons })
    },
  )

  server.get(
    '/metrics',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'readMetrics',
        tags: ['health'],
        summary: 'Figures for Prometheus',
        produces: ['text/plain'],
        gives: { 200: Type.String({ description: 'Text format 0.0.4' }) },
      },
    },
    async (_request, reply) => reply.type(operations.figures.contentType).send(await operations.figures.read()),
  )
}
