import { Type } from 'typebox'
import { retryDeadLetter, retryDeadLetters } from '../../flow/acts.ts'
import { attemptsAt } from '../../flow/attempts.ts'
import { Problem } from '../../problems.ts'
import { type MessageRow, type Search, searchMessages } from '../../store/messages.ts'
import { operatorOf } from '../caller.ts'
import { agencyId, cursor, jws, limit, name, priority, query, state, time, uuid } from '../forms.ts'
import { describe, metadata } from '../message-form.ts'
import type { Operating } from '../operations.ts'
import type { Server } from '../server.ts'
import { formatCursor, parseCursor } from '../cursor.ts'

/** What operators see of messages, and how they put a dead letter back (protocol section 11). */
export function deadLetterRoutes(server: Server, parts: Operating): void {
  const params = Type.Object({ from: agencyId('Sender'), id: uuid('Id of the message') })
  const body = Type.Object(
    {
      reason: Type.String({
        minLength: 1,
        maxLength: 500,
        pattern: String.raw`\S`,
        description: 'Why; it is kept sealed',
      }),
    },
    { additionalProperties: false },
  )

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
      const search: Search = { ...wanted, limit: limit + 1, ...(before ? { before: parseCursor(before) } : {}) }
      const rows = await searchMessages(parts.database, search)
      const messages = rows.slice(0, limit)
      const last = messages.at(-1)
      return {
        messages: messages.map((message) => describe(message, parts.now())),
        ...(rows.length > limit && last && { next: formatCursor(last.no) }),
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
      const message = await find(parts, request.params)
      const { attempts, receipts } = await attemptsAt(parts, message)
      return {
        ...describe(message, parts.now()),
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
        body,
        response: { 200: Type.Object({ messageId: Type.String(), state: Type.Literal('accepted') }) },
      },
    },
    async (request) => {
      const message = await find(parts, request.params)
      await retryDeadLetter(parts, message, { operator: operatorOf(request), reason: request.body.reason })
      return { messageId: message.id, state: 'accepted' as const }
    },
  )

  server.post(
    '/api/dead-letters/retry',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Put all of an agency’s dead letters back',
        body: Type.Object({ agency: agencyId('Recipient'), ...body.properties }, { additionalProperties: false }),
        response: { 200: Type.Object({ retried: Type.Integer() }) },
      },
    },
    async (request) => {
      const { agency, reason } = request.body
      const retried = await retryDeadLetters(parts, agency, { operator: operatorOf(request), reason })
      if (retried === 0 && !parts.registry().agencies.has(agency)) throw new Problem('not-found')
      return { retried }
    },
  )
}

async function find(parts: Operating, { from, id }: { from: string; id: string }): Promise<MessageRow> {
  const message = await parts.lookup.message(from, id)
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
