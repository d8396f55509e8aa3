import { Type } from 'typebox'
import { uuid } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { decisionOf, pendingAct, reasoned } from './acting.ts'

/** Erasing what was said in a case (protocol section 12). */
export function caseRoutes(server: Server, { operations }: Operating): void {
  server.post(
    '/api/cases/:caseId/erase',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Erase the contents of a case; done when an operator of another id asks for the same within a day',
        params: Type.Object({ caseId: uuid('Case') }),
        body: reasoned,
        response: {
          200: Type.Object({ caseId: Type.String(), state: Type.Literal('erased') }),
          202: pendingAct,
        },
      },
    },
    async (request, reply) => {
      const { caseId } = request.params
      const { pending } = await operations.acts.onCase('erase', caseId, decisionOf(request))
      if (pending) return reply.code(202).send({ pending: true as const })
      return { caseId, state: 'erased' as const }
    },
  )
}
