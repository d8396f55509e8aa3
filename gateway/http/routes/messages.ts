import { Type } from 'typebox'
import { submit } from '../../flow/submit.ts'
import { findSent } from '../../flow/read.ts'
import { Problem } from '../../problems.ts'
import { receiptsOf } from '../../store/leaves.ts'
import { type MessageRow, priorities } from '../../store/messages.ts'
import type { AgencyServer, Serving } from '../agency.ts'
import { bytesOf } from '../body.ts'
import { callerOf } from '../caller.ts'
import { agencyId, jws, priority, state, time, uuid } from '../forms.ts'

/** Submitting a message and asking what became of it (protocol section 4). */
export function messageRoutes(server: AgencyServer, parts: Serving): void {
  const params = Type.Object({ id: uuid('Id of a message that the caller has sent') })

  server.post(
    '/v1/messages',
    {
      // Counted before the body is read: who sends too much costs no more than this.
      onRequest: async (request) => {
        const { retryAfter } = await parts.rateLimit.admit(callerOf(request).agency.id)
        if (retryAfter !== undefined) throw new Problem('rate-limited', undefined, { retryAfter })
      },
      schema: {
        summary: 'Submit a signed message',
        consumes: ['application/jose'],
        response: { '2xx': Type.Object({ messageId: Type.String(), state: Type.Literal('accepted'), receipt: jws }) },
      },
    },
    async (request, reply) => {
      const { messageId, receipt, replayed } = await submit(parts, callerOf(request), bytesOf(request.body))
      if (replayed) {
        parts.metrics.replayed.inc()
        reply.header('idempotent-replayed', 'true')
      }
      reply.code(replayed ? 200 : 202).header('location', `/v1/messages/${messageId}`)
      return { messageId, state: 'accepted' as const, receipt }
    },
  )

  server.get(
    '/v1/messages/:id',
    {
      schema: {
        summary: 'What became of a message',
        params,
        response: { 200: Type.Object({ ...metadata, receipts: Type.Array(jws) }) },
      },
    },
    async (request) => {
      const message = await findSent(parts, callerOf(request).agency.id, request.params.id)
      return { ...describe(message, parts.now()), receipts: [...(await receiptsOf(parts.database, message.no))] }
    },
  )

  server.get(
    '/v1/messages/:id/receipts',
    {
      schema: {
        summary: 'The receipts of a message',
        params,
        response: { 200: Type.Object({ receipts: Type.Array(jws) }) },
      },
    },
    async (request) => {
      const message = await findSent(parts, callerOf(request).agency.id, request.params.id)
      return { receipts: [...(await receiptsOf(parts.database, message.no))] }
    },
  )
}

export const metadata = {
  messageId: Type.String(),
  from: agencyId('Sender'),
  to: agencyId('Recipient'),
  caseId: Type.String(),
  type: Type.String(),
  priority,
  acceptedAt: time,
  state,
  desk: Type.Optional(Type.String()),
  attempts: Type.Integer({ description: 'Attempts to deliver so far' }),
  nextAttemptAt: Type.Optional(time),
}

/** What a sender, or an operator, sees of a message. */
export function describe(message: MessageRow, now: Date) {
  const waits = message.state === 'accepted' && message.due_at > now
  return {
    messageId: message.id,
    from: message.sender,
    to: message.recipient,
    caseId: message.case_id,
    type: message.type,
    priority: priorities[message.priority] ?? ('routine' as const),
    acceptedAt: message.accepted_at.toISOString(),
    state: message.state,
    ...(message.desk !== null && { desk: message.desk }),
    attempts: message.attempts,
    ...(waits && { nextAttemptAt: message.due_at.toISOString() }),
  }
}
