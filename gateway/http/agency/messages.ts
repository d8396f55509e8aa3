import { Type } from 'typebox'
import type { Serving } from '../serving.ts'
import { bytesOf } from '../body.ts'
import { callerOf } from '../caller.ts'
import { jws, time, uuid } from '../forms.ts'
import { describe, metadata } from '../message-form.ts'
import type { Server } from '../server.ts'

/** Submitting a message and asking what became of it (protocol section 4). */
export function messageRoutes(server: Server, { exchange, metrics, now }: Serving): void {
  const params = Type.Object({ id: uuid('Id of a message that the caller has sent') })

  server.post(
    '/v1/messages',
    {
      config: { access: 'agency', kind: 'submission' },
      schema: {
        summary: 'Submit a signed message',
        consumes: ['application/jose'],
        response: {
          '2xx': Type.Object({
            messageId: Type.String(),
            state: Type.Literal('accepted'),
            receipt: jws,
            desk: Type.Optional(Type.String()),
            notBefore: Type.Optional(time),
          }),
        },
      },
    },
    async (request, reply) => {
      const { messageId, receipt, replayed, desk, notBefore } = await exchange.submit(
        callerOf(request),
        bytesOf(request.body),
        request.id,
      )
      if (replayed) {
        metrics.replayed.inc()
        reply.header('idempotent-replayed', 'true')
      }
      reply.code(replayed ? 200 : 202).header('location', `/v1/messages/${messageId}`)
      return {
        messageId,
        state: 'accepted' as const,
        receipt,
        ...(desk !== undefined && { desk }),
        ...(notBefore && { notBefore: notBefore.toISOString() }),
      }
    },
  )

  server.get(
    '/v1/messages/:id',
    {
      config: { access: 'agency', kind: 'look-up' },
      schema: {
        summary: 'What became of a message',
        params,
        response: { 200: Type.Object({ ...metadata, receipts: Type.Array(jws) }) },
      },
    },
    async (request) => {
      const message = await exchange.findSent(callerOf(request).agency, request.params.id)
      return { ...describe(message, now()), receipts: [...(await exchange.receiptsOf(message))] }
    },
  )

  server.get(
    '/v1/messages/:id/receipts',
    {
      config: { access: 'agency', kind: 'look-up' },
      schema: {
        summary: 'The receipts of a message',
        params,
        response: { 200: Type.Object({ receipts: Type.Array(jws) }) },
      },
    },
    async (request) => {
      const message = await exchange.findSent(callerOf(request).agency, request.params.id)
      return { receipts: [...(await exchange.receiptsOf(message))] }
    },
  )
}
