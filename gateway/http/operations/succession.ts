import { Type } from 'typebox'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { decisionOf, pendingAct, reasoned } from './acting.ts'

/** A log in the place of one that was closed (protocol section 10). */
export function successionRoutes(server: Server, { operations, logKeys }: Operating): void {
  server.post(
    '/api/log/succeed',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'succeedLog',
        tags: ['log'],
        summary:
          'Start a successor of the evidence log that was closed; done when an operator of another id asks for the same within a day',
        body: reasoned('succeed'),
        refuses: ['log-in-force'],
        response: {
          200: Type.Object({ origin: Type.String(), state: Type.Literal('open') }, { description: 'Open again' }),
          202: pendingAct,
        },
      },
    },
    async (request, reply) => {
      const { pending } = await operations.acts.onLog('succeed', decisionOf(request))
      if (pending) return reply.code(202).send({ pending: true as const })
      return { origin: logKeys.origin, state: 'open' as const }
    },
  )
}
