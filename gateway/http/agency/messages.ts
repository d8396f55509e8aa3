import { Type } from 'typebox'
import type { ProblemCode } from '../../protocol/protocol.ts'
import type { Serving } from '../serving.ts'
import { bytesOf } from '../body.ts'
import { callerOf } from '../caller.ts'
import { name, time, uuid } from '../forms.ts'
import { describe, metadata } from '../message-form.ts'
import { signedMessage, signedReceipt } from '../signed.ts'
import type { Server } from '../server.ts'

/** Submitting a message and asking what became of it (protocol section 4). */
export function messageRoutes(server: Server, { exchange, metrics, now }: Serving): void {
  const params = Type.Object({ id: uuid('Id of a message that the caller has sent') })

  server.post(
    '/v1/messages',
    {
      config: { access: 'agency', kind: 'submission' },
      schema: {
        operationId: 'submitMessage',
        tags: ['messages'],
        summary: 'Submit a signed message',
        consumes: ['application/jose'],
        takes: signedMessage,
        response: {
          200: accepted('The same bytes were accepted before: the first answer again'),
          202: accepted(ACCEPTED),
        },
        sends: { 200: ['Location', 'Idempotent-Replayed'], 202: ['Location'] },
        refuses: REFUSALS,
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
        operationId: 'readSentMessage',
        tags: ['messages'],
        summary: 'What became of a message',
        params,
        response: { 200: sent },
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
        operationId: 'listReceiptsOfMessage',
        tags: ['messages'],
        summary: 'The receipts of a message',
        params,
        response: { 200: receipts },
      },
    },
    async (request) => {
      const message = await exchange.findSent(callerOf(request).agency, request.params.id)
      return { receipts: [...(await exchange.receiptsOf(message))] }
    },
  )
}

const ACCEPTED = 'Accepted: it was durably recorded before this answer was sent'
/** Each of these may be the answer to a submission (protocol section 4). */
const REFUSALS: readonly ProblemCode[] = [
  'malformed-message',
  'unsupported-algorithm',
  'unknown-signer',
  'certificate-not-valid',
  'invalid-signature',
  'signer-mismatch',
  'not-permitted',
  'unknown-recipient',
  'id-conflict',
  'pathway-violation',
  'attachment-missing',
  'stale-message',
  'unsupported-schema-version',
  'schema-violation',
]

const accepted = (description: string) =>
  Type.Object(
    {
      messageId: uuid('Id of the message'),
      state: Type.Literal('accepted'),
      receipt: signedReceipt,
      desk: Type.Optional(name('The recipient’s desk that it goes to')),
      notBefore: Type.Optional(time),
    },
    { title: 'Accepted', 'x-response-description': description },
  )

const sent = Type.Object(
  { ...metadata, receipts: Type.Array(signedReceipt) },
  { title: 'SentMessage', description: 'A message that the caller has sent, and its receipts' },
)

const receipts = Type.Object(
  { receipts: Type.Array(signedReceipt) },
  { title: 'Receipts', description: 'The receipts of a message' },
)
