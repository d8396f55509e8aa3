import { Type } from 'typebox'
import type { Operations } from '../../operations/operations.ts'
import { Problem } from '../../protocol/protocol.ts'
import type { MessageRow, Search } from '../../record/record.ts'
import { OPERATORS } from '../cursor.ts'
import { agencyId, cursor, jws, limit, name, priority, query, state, time, uuid } from '../forms.ts'
import { describe, metadata } from '../message-form.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { decisionOf, pendingAct, reasoned } from './acting.ts'

/** What operators see of messages, and how they put a dead letter back (protocol section 11). */
export function deadLetterRoutes(server: Server, { operations, registry, now, cursorsOf }: Operating): void {
  const cursors = cursorsOf(OPERATORS)
  const params = Type.Object({ from: agencyId('Sender'), id: uuid('Id of the message') })

  server.get(
    '/api/messages',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Messages’ metadata, newest first',
        querystring: query({
          state: Type.Optional(state),
          agency: Type.Optional(agencyId('Sender or recipient')),
          type: Type.Optional(name('Message type')),
          priority: Type.Optional(priority),
          caseId: Type.Optional(uuid('Case')),
          messageId: Type.Optional(uuid('Message')),
          before: Type.Optional(cursor('The `next` of the page before')),
          limit: Type.Optional(limit),
        }),
        response: {
          200: Type.Object({ messages: Type.Array(Type.Object(metadata)), next: Type.Optional(Type.String()) }),
        },
      },
    },
    async (request) => {
      const { before, limit = 50, ...wanted } = request.query
      const after = cursors.parse('messages', before)
      const search: Search = { ...wanted, limit: limit + 1, ...(after && { before: after.leaf }) }
      const rows = await operations.search(search)
      const messages = rows.slice(0, limit)
      const last = messages.at(-1)
      return {
        messages: messages.map((message) => describe(message, now())),
        ...(rows.length > limit && last && { next: cursors.format('messages', { priority: 0, leaf: last.no }) }),
      }
    },
  )

  server.get(
    '/api/messages/:from/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'One message: metadata, attempts, receipts',
        params,
        response: { 200: Type.Object({ ...metadata, attempts: Type.Array(attempt), receipts: Type.Array(jws) }) },
      },
    },
    async (request) => {
      const message = await find(operations, request.params)
      const { attempts, receipts } = await operations.historyOf(message)
      return {
        ...describe(message, now()),
        attempts: attempts.map(({ at, desk, endpoint, outcome, status, detail, duration_ms }) => ({
          at: at.toISOString(),
          ...(desk !== null && { desk }),
          endpoint,
          outcome,
          ...(status !== null && { status }),
          detail,
          durationMs: duration_ms,
        })),
        receipts: [...receipts],
      }
    },
  )

  server.post(
    '/api/messages/:from/:id/retry',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Put a dead letter back',
        params,
        body: reasoned,
        response: { 200: Type.Object({ messageId: Type.String(), state: Type.Literal('accepted') }) },
      },
    },
    async (request) => {
      const message = await find(operations, request.params)
      await operations.acts.onMessage('retry', message, decisionOf(request))
      return { messageId: message.id, state: 'accepted' as const }
    },
  )

  server.post(
    '/api/messages/:from/:id/discard',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Give a dead letter up; done when an operator of another id asks for the same within a day',
        params,
        body: reasoned,
        response: {
          200: Type.Object({ messageId: Type.String(), state: Type.Literal('discarded') }),
          202: pendingAct,
        },
      },
    },
    async (request, reply) => {
      const message = await find(operations, request.params)
      const { pending } = await operations.acts.onMessage('discard', message, decisionOf(request))
      if (pending) return reply.code(202).send({ pending: true as const })
      return { messageId: message.id, state: 'discarded' as const }
    },
  )

  server.post(
    '/api/dead-letters/retry',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Put all of an agency’s dead letters back',
        body: Type.Object({ agency: agencyId('Recipient'), ...reasoned.properties }, { additionalProperties: false }),
        response: { 200: Type.Object({ retried: Type.Integer() }) },
      },
    },
    async (request) => {
      const { agency } = request.body
      const done = await operations.acts.onAgency('retry-all', agency, decisionOf(request))
      const retried = done.pending ? 0 : done.changed
      if (retried === 0 && !registry().agencies.has(agency)) throw new Problem('not-found')
      return { retried }
    },
  )
}

async function find({ find }: Operations, { from, id }: { from: string; id: string }): Promise<MessageRow> {
  const message = await find(from, id)
  if (message === undefined) throw new Problem('not-found')
  return message
}

const attempt = Type.Object({
  at: time,
  desk: Type.Optional(Type.String()),
  endpoint: Type.String(),
  outcome: Type.String(),
  status: Type.Optional(Type.Integer()),
  detail: Type.String(),
  durationMs: Type.Integer(),
})
