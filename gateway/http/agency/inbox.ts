import { Type } from 'typebox'
import { priorityOf, Problem, type ProblemCode, type State } from '../../protocol/protocol.ts'
import type { InboxRow } from '../../record/record.ts'
import type { Serving } from '../serving.ts'
import { bytesOf } from '../body.ts'
import { callerOf } from '../caller.ts'
import { type Cursors, START } from '../cursor.ts'
import { agencyId, cursor, limit, name, oneOf, priority, query, time, uuid, wait } from '../forms.ts'
import { signedAcknowledgement, signedMessage, signedReceipt } from '../signed.ts'
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
        operationId: 'listInbox',
        tags: ['inbox'],
        summary: 'What waits, by urgency; with `after`, by arrival',
        querystring: query({
          limit: Type.Optional(limit),
          wait: Type.Optional(wait),
          page: Type.Optional(cursor('The `next` of the page before')),
          after: Type.Optional(cursor('A cursor: only what came later, in order of arrival')),
          desk: Type.Optional(name('Only this desk’s')),
        }),
        response: { 200: inbox },
        refuses: ['not-found'],
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
      schema: {
        operationId: 'readMessage',
        tags: ['inbox'],
        summary: 'A message, byte for byte as signed',
        params,
        produces: ['application/jose'],
        gives: { 200: signedMessage },
        refuses: ['erased'],
      },
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
        operationId: 'acknowledgeMessage',
        tags: ['inbox'],
        summary: 'Acknowledge or refuse a message, signed',
        params,
        consumes: ['application/jose'],
        takes: signedAcknowledgement,
        response: { 200: acknowledged },
        refuses: REFUSALS,
      },
    },
    async (request) => {
      const { from, id } = request.params
      const { agency } = callerOf(request)
      return await exchange.acknowledge(agency, from, id, bytesOf(request.body), request.id)
    },
  )
}

/** What may be wrong with an acknowledgement (protocol section 7). */
const REFUSALS: readonly ProblemCode[] = [
  'malformed-message',
  'unsupported-algorithm',
  'unknown-signer',
  'certificate-not-valid',
  'invalid-signature',
  'signer-mismatch',
  'already-acknowledged',
  'digest-mismatch',
  'stale-message',
]

const listed = Type.Object(
  {
    messageId: uuid('Id of the message'),
    from: agencyId('Sender'),
    type: name('Message type'),
    caseId: uuid('Case'),
    priority,
    acceptedAt: time,
    size: Type.Integer({ description: 'Of its bytes' }),
    desk: Type.Optional(name('The desk that it is for')),
    cursor: cursor('Where to go on by arrival: the `after` of a later call'),
  },
  { title: 'WaitingMessage' },
)

const inbox = Type.Object(
  { messages: Type.Array(listed), next: Type.Optional(cursor('The `page` of the next call, where there is more')) },
  { title: 'Inbox', description: 'What waits' },
)

const acknowledged = Type.Object(
  {
    messageId: uuid('Id of the message'),
    state: oneOf<State>(['handed-over', 'refused']),
    receipt: signedReceipt,
  },
  { title: 'Acknowledged', description: 'The first receipt, also where the same outcome is given again' },
)

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
