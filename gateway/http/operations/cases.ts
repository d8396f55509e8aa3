import { Type } from 'typebox'
import { Problem } from '../../protocol/protocol.ts'
import { time, uuid } from '../forms.ts'
import { describe, messageForm } from '../message-form.ts'
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
        operationId: 'inspectCase',
        tags: ['messages'],
        summary: 'The newest messages of a case, oldest first, as metadata; and when its contents were erased',
        params: Type.Object({ caseId: uuid('Case') }),
        response: {
          200: Type.Object(
            { caseId: uuid('Case'), erasedAt: Type.Optional(time), messages: Type.Array(messageForm) },
            { title: 'Case', description: 'Metadata of its messages' },
          ),
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
        operationId: 'eraseCase',
        tags: ['messages'],
        summary: 'Erase the contents of a case; done when an operator of another id asks for the same within a day',
        params: Type.Object({ caseId: uuid('Case') }),
        body: reasoned('erase'),
        response: {
          200: Type.Object({ caseId: uuid('Case'), state: Type.Literal('erased') }, { description: 'Erased' }),
          202: pendingAct,
        },
        refuses: ['erased', 'case-not-settled'],
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
