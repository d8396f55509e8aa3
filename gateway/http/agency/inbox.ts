import { Type } from 'typebox'
import { priorityOf, Problem } from '../../protocol/protocol.ts'
import type { InboxRow } from '../../record/record.ts'
import type { Serving } from '../serving.ts'
import { bytesOf } from '../body.ts'
import { callerOf } from '../caller.ts'
import { type Cursors, START } from '../cursor.ts'
import { agencyId, cursor, jws, limit, name, priority, query, state, time, uuid, wait } from '../forms.ts'
import type { Server } from '../server.ts'

const ONE_ORDER = {
  en: '`page` and `after` cannot stand together: the one goes by urgency, the other by arrival.',
  fr: '`page` et `after` ne peuvent aller ensemble\u00a0: l’un suit l’urgence, l’autre l’arrivée.',
}

/** Receiving and acknowledging (protocol section 7). */
export function inboxRoutes(server: Server, { exchange, cursorsOf, untilGone }: Serving): void {
  const params = Type.Object({ from: agencyId('Sender'), id: uuid('Id of the message') })

  server.get(
    '/v1/inbox',
    {
      config: { access: 'agency', kind: 'listing' },
      schema: {
        summary: 'What waits, by urgency; with `after`, by arrival',
        querystring: query({
          limit: Type.Optional(limit),
          wait: Type.Optional(wait),
          page: Type.Optional(cursor('The `next` of the page before')),
          after: Type.Optional(cursor('A cursor: only what came later, in order of arrival')),
          desk: Type.Optional(name('Only this desk’s')),
        }),
        response: { 200: Type.Object({ messages: Type.Array(listed), next: Type.Optional(Type.String()) }) },
      },
    },
    async (request, reply) => {
      const { agency } = callerOf(request)
      const { limit = 50, wait = 0, desk, page, after } = request.query
      // Two places to begin at are one too many, and an inbox that can never hold anything is a misspelt one.
      if (page !== undefined && after !== undefined) throw new Problem('invalid-request', ONE_ORDER)
      if (desk !== undefined && !agency.desks.some(({ id }) => id === desk)) throw new Problem('not-found')
      const listing = { desk, limit, waitMs: wait * 1000, signal: untilGone(reply) }
      const cursors = cursorsOf(agency.id)
      const describe = (rows: readonly InboxRow[]) => rows.map((row) => describeListed(cursors, row))
      if (after !== undefined) {
        const { leaf } = cursors.parse('arrivals', after) ?? { leaf: START }
        return { messages: describe(await exchange.followInbox(agency, { ...listing, after: leaf })) }
      }
      const { messages, next } = await exchange.listInbox(agency, { ...listing, after: cursors.parse('page', page) })
      return { messages: describe(messages), ...(next && { next: cursors.format('page', next) }) }
    },
  )

  server.get(
    '/v1/inbox/:from/:id',
    {
      config: { access: 'agency', kind: 'reading' },
      schema: { summary: 'A message, byte for byte as signed', params, produces: ['application/jose'] },
    },
    async (request, reply) => {
      const { from, id } = request.params
      const bytes = await exchange.read(callerOf(request).agency, from, id)
      // Compact JWS is ASCII; as text it goes to the socket in one piece with the head.
      return reply.type('application/jose').send(bytes.toString('latin1'))
    },
  )

  server.post(
    '/v1/inbox/:from/:id/acknowledgement',
    {
      config: { access: 'agency', kind: 'acknowledgement' },
      schema: {
        summary: 'Acknowledge or refuse a message, signed',
        params,
        consumes: ['application/jose'],
        response: { 200: Type.Object({ messageId: Type.String(), state, receipt: jws }) },
      },
    },
    async (request) => {
      const { from, id } = request.params
      const { agency } = callerOf(request)
      return await exchange.acknowledge(agency, from, id, bytesOf(request.body), request.id)
    },
  )
}

const listed = Type.Object({
  messageId: Type.String(),
  from: agencyId('Sender'),
  type: Type.String(),
  caseId: Type.String(),
  priority,
  acceptedAt: time,
  size: Type.Integer(),
  desk: Type.Optional(Type.String()),
  cursor: Type.String(),
})

function describeListed(cursors: Cursors, message: InboxRow) {
  return {
    messageId: message.id,
    from: message.sender,
    type: message.type,
    caseId: message.case_id,
    priority: priorityOf(message.priority),
    acceptedAt: message.accepted_at.toISOString(),
    size: message.size,
    ...(message.desk !== null && { desk: message.desk }),
    cursor: cursors.format('arrivals', { priority: 0, leaf: message.consigned_leaf }),
  }
}
