import { Type } from 'typebox'
import type { Operations } from '../../operations/operations.ts'
import { parseTime, Problem } from '../../protocol/protocol.ts'
import type { MessageRow, Search } from '../../record/record.ts'
import { operatorOf } from '../caller.ts'
import { OPERATORS } from '../cursor.ts'
import { agencyId, cursor, jws, limit, name, priority, query, state, time, uuid } from '../forms.ts'
import { describe, metadata } from '../message-form.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { wrongParameter } from '../parameter-words.ts'
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
        response: {
          200: Type.Object({
            ...metadata,
            requestId: Type.Optional(uuid('The request id of its submission')),
            attempts: Type.Array(attempt),
            receipts: Type.Array(jws),
          }),
        },
      },
    },
    async (request) => {
      const message = await find(operations, request.params)
      const { attempts, receipts } = await operations.historyOf(message)
      return {
        ...describe(message, now()),
        ...(message.request_id !== null && { requestId: message.request_id }),
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
        body: reasoned('retry'),
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
        body: reasoned('discard'),
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
    '/api/messages/:from/:id/telephoned',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Say that you have telephoned the recipient about a message that it has not acknowledged',
        params,
        body: Type.Object(
          { ...reasoned('telephoned').properties, at: Type.Optional(Type.String({ description: 'When; now' })) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ messageId: Type.String(), state }) },
      },
    },
    async (request) => {
      const message = await find(operations, request.params)
      const rangAt = readTime(request.body.at, { from: message.accepted_at, to: now() })
      await operations.acts.onMessage('telephoned', message, { ...decisionOf(request), rangAt })
      return { messageId: message.id, state: message.state }
    },
  )

  server.post(
    '/api/dead-letters/retry',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Put all of an agency’s dead letters back, 20 a second; or count them',
        body: Type.Object(
          {
            agency: agencyId('Recipient'),
            ...Type.Partial(reasoned('retry-all')).properties,
            dryRun: Type.Optional(Type.Boolean({ description: 'Change nothing: say what would be put back' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Union([dryRun, Type.Object(retried)]) },
      },
    },
    async (request) => {
      const { agency, reason, code, dryRun: isDry } = request.body
      const isKnown = registry().agencies.has(agency)
      if (isDry === true) {
        const { count, priorities } = await operations.deadLettersOf(agency)
        if (count === 0 && !isKnown) throw new Problem('not-found')
        return { dryRun: true as const, count, priorities: priorities.map((one) => ({ ...one })) }
      }
      if (reason === undefined) throw wrongParameter('reason', reasoned('retry-all').properties.reason)
      const decision = { operator: operatorOf(request), reason, code }
      const done = await operations.acts.onAgency('retry-all', agency, decision)
      const { changed = 0, stopped } = done.pending ? {} : done
      if (changed === 0 && stopped === undefined && !isKnown) throw new Problem('not-found')
      if (stopped === undefined) return { retried: changed }
      return { retried: changed, left: (await operations.deadLettersOf(agency)).count, stopped }
    },
  )
}

const dryRun = Type.Object({
  dryRun: Type.Literal(true),
  count: Type.Integer(),
  priorities: Type.Array(
    Type.Object({ priority, count: Type.Integer(), oldestSeconds: Type.Integer({ description: 'Since acceptance' }) }),
  ),
})
const retried = {
  retried: Type.Integer(),
  left: Type.Optional(
    Type.Integer({ description: 'Where something stopped it: how many dead letters there still are' }),
  ),
  stopped: Type.Optional(Type.Union([Type.Literal('paused'), Type.Literal('stopping')])),
}

/** A clock on a wall has minutes alone, and is another one. */
const WALL_CLOCK_MS = 60_000

/** A time between two; nothing where none is given. @throws Problem `invalid-request` */
function readTime(given: string | undefined, { from, to }: { from: Date; to: Date }): Date | undefined {
  if (given === undefined) return undefined
  const at = parseTime(given)?.getTime() ?? Number.NaN
  if (at >= from.getTime() - WALL_CLOCK_MS && at <= to.getTime() + WALL_CLOCK_MS) return new Date(at)
  throw new Problem('invalid-request', {
    en: '`at` must be an RFC 3339 time in UTC with Z, between the acceptance of the message and now.',
    fr: '`at` doit être une heure RFC 3339 en UTC avec Z, entre l’acceptation du message et maintenant.',
  })
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
