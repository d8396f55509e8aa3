import { Type } from 'typebox'
import type { ActEntry, PendingAct } from '../../operations/operations.ts'
import { operatorOf } from '../caller.ts'
import { OPERATORS } from '../cursor.ts'
import { agencyId, cursor, limit, query, time, uuid } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { words } from './acting.ts'
import { known } from './known.ts'

/** A page from one shift to the next. */
const LONGEST_NOTE = 4_000

/** What operators have done, what waits for a second of them, and what one shift leaves to the next (protocol section 11). */
export function actRoutes(server: Server, { operations, cursorsOf }: Operating): void {
  const cursors = cursorsOf(OPERATORS)
  const page = query({
    before: Type.Optional(cursor('The `next` of the page before')),
    limit: Type.Optional(limit),
  })
  async function read({ before, limit: most = 50 }: { before?: string; limit?: number }, act?: 'handover') {
    const place = cursors.parse('acts', before)
    const search = { limit: most, ...(act && { act }), ...(place && { before: place.leaf }) }
    const { acts, next } = await operations.acts.page(search)
    return { acts, next: next === undefined ? undefined : cursors.format('acts', { priority: 0, leaf: next }) }
  }

  server.get(
    '/api/acts',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'listActs',
        tags: ['acts'],
        summary: 'Who did what, when and why, newest first',
        querystring: page,
        response: { 200: actPage },
      },
    },
    async (request) => {
      const { acts, next } = await read(request.query)
      return known({ acts: acts.map(showAct), next })
    },
  )

  server.get(
    '/api/pending',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'listPending',
        tags: ['acts'],
        summary: 'What waits for a second operator, longest first',
        response: { 200: allPending },
      },
    },
    async () => ({ pending: (await operations.pending()).map(showPending) }),
  )

  server.get(
    '/api/handover',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'listNotes',
        tags: ['acts'],
        summary: 'Notes from shift to shift, newest first; each is kept for 30 days',
        querystring: page,
        response: { 200: notePage },
      },
    },
    async (request) => {
      const { acts, next } = await read(request.query, 'handover')
      const notes = acts.map(({ actId, at, operator, reason, leafIndex }) =>
        known({ actId, at: at.toISOString(), operator, note: reason, leafIndex }),
      )
      return known({ notes, next })
    },
  )

  server.post(
    '/api/handover',
    {
      config: { access: 'operator' },
      schema: {
        operationId: 'leaveNote',
        tags: ['acts'],
        summary: 'Leave a note to the next shift',
        body: Type.Object({ note: words(LONGEST_NOTE) }, { additionalProperties: false }),
        response: { 201: Type.Object({ noted: Type.Literal(true) }, { description: 'Noted' }) },
      },
    },
    async (request, reply) => {
      await operations.acts.onShift('handover', { operator: operatorOf(request), reason: request.body.note })
      return reply.code(201).send({ noted: true as const })
    },
  )
}

const about = {
  agency: Type.Optional(agencyId('Agency')),
  from: Type.Optional(agencyId('Sender')),
  messageId: Type.Optional(uuid('Message')),
  caseId: Type.Optional(uuid('Case')),
}
const why = {
  reason: Type.Optional(
    Type.String({ description: 'Absent where it went with what it spoke of, or its time is over' }),
  ),
  code: Type.Optional(Type.String({ description: 'Of the list of reasons' })),
}
const next = Type.Optional(cursor('The `before` of the next page, where there is one'))
const act = Type.Object(
  {
    actId: uuid('Act'),
    at: time,
    act: Type.String(),
    operator: Type.Optional(Type.String({ description: 'Absent where the gateway itself acted' })),
    ...why,
    rangAt: Type.Optional(time),
    ...about,
    leafIndex: Type.Integer({ description: 'Place in the evidence log' }),
  },
  { title: 'Act' },
)
const actPage = Type.Object({ acts: Type.Array(act), next }, { title: 'Acts', description: 'A page of acts' })
const pending = Type.Object(
  {
    act: Type.String(),
    operator: Type.String({ description: 'Who asked first' }),
    since: time,
    until: Type.Optional(Type.String({ description: 'When it lapses' })),
    ...why,
    ...about,
  },
  { title: 'Pending' },
)
const allPending = Type.Object({ pending: Type.Array(pending) }, { title: 'AllPending', description: 'All that waits' })
const note = Type.Object(
  {
    actId: uuid('Act'),
    at: time,
    operator: Type.Optional(Type.String()),
    note: Type.Optional(Type.String({ description: 'Absent once its time is over' })),
    leafIndex: Type.Integer(),
  },
  { title: 'Note' },
)
const notePage = Type.Object({ notes: Type.Array(note), next }, { title: 'Notes', description: 'A page of notes' })

function showAct({ at, rangAt, ...entry }: ActEntry) {
  return known({ ...entry, at: at.toISOString(), rangAt: rangAt?.toISOString() })
}

function showPending({ since, until, ...entry }: PendingAct) {
  return known({ ...entry, since: since.toISOString(), until: until?.toISOString() })
}
