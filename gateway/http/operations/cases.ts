import { Type } from 'typebox'
import { Problem } from '../../protocol/protocol.ts'
import { time, uuid } from '../forms.ts'
import { describe, metadata } from '../message-form.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { decisionOf, pendingAct, reasoned } from './acting.ts'
import { known } from './known.ts'

/** What operators see of a case, and erasing what was said in it (protocol sections 11 and 12). */
export function caseRoutes(server: Server, { operations, now }: Operating): void {
  server.get(
    '/api/cases/:caseId',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'The newest messages of a case, oldest first, as metadata; and when its contents were erased',
        params: Type.Object({ caseId: uuid('Case') }),
        response: {
          200: Type.Object({
            caseId: Type.String(),
            erasedAt: Type.Optional(time),
            messages: Type.Array(Type.Object(metadata)),
          }),
        },
      },
    },
    async (request) => {
      const { caseId } = request.params
      const { messages, erasedAt } = await operations.caseOf(caseId)
      if (messages.length === 0) throw new Problem('not-found')
      const at = now()
      return known({
        caseId,
        erasedAt: erasedAt?.toISOString(),
        messages: messages.map((message) => describe(message, at)),
      })
    },
  )

  server.post(
    '/api/cases/:caseId/erase',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Erase the contents of a case; done when an operator of another id asks for the same within a day',
        params: Type.Object({ caseId: uuid('Case') }),
        body: reasoned('erase'),
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
