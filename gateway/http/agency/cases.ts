import { Type } from 'typebox'
import { priorityOf, Problem } from '../../protocol/protocol.ts'
import type { Serving } from '../serving.ts'
import { callerOf } from '../caller.ts'
import { agencyId, name, priority, state, time, uuid } from '../forms.ts'
import type { Server } from '../server.ts'

/** One answer is made in memory, whole: beyond these the oldest are left out. */
const LARGEST_CASE = 1_000

/** A case as the caller took part in it (protocol section 5). */
export function caseRoutes(server: Server, { exchange }: Serving): void {
  server.get(
    '/v1/cases/:caseId',
    {
      config: { access: 'agency', kind: 'look-up' },
      schema: {
        operationId: 'readCase',
        tags: ['cases'],
        summary: `The messages of a case that the caller sent or received, oldest first, the newest ${LARGEST_CASE}`,
        params: Type.Object({ caseId: uuid('Id of the case') }),
        response: { 200: oneCase },
      },
    },
    async (request) => {
      const { caseId } = request.params
      const messages = await exchange.readCase(callerOf(request).agency, caseId, LARGEST_CASE)
      if (messages.length === 0) throw new Problem('not-found')
      return {
        caseId,
        messages: messages.map((message) => ({
          messageId: message.id,
          from: message.sender,
          to: message.recipient,
          type: message.type,
          priority: priorityOf(message.priority),
          ...(message.in_reply_to !== null && { inReplyTo: message.in_reply_to }),
          acceptedAt: message.accepted_at.toISOString(),
          state: message.state,
          ...(message.respond_by !== null && { respondBy: message.respond_by.toISOString() }),
        })),
      }
    },
  )
}

const member = Type.Object(
  {
    messageId: uuid('Id of the message'),
    from: agencyId('Sender'),
    to: agencyId('Recipient'),
    type: name('Message type'),
    priority,
    inReplyTo: Type.Optional(uuid('The message that it answers')),
    acceptedAt: time,
    state,
    respondBy: Type.Optional(time),
  },
  { title: 'CaseMessage' },
)

const oneCase = Type.Object(
  { caseId: uuid('Id of the case'), messages: Type.Array(member) },
  { title: 'Case', description: 'What the caller sent or received of it' },
)
