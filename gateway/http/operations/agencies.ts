import { Type } from 'typebox'
import type { Operations } from '../../operations/operations.ts'
import { Problem } from '../../protocol/protocol.ts'
import { agencyId, time } from '../forms.ts'
import type { Operating } from '../serving.ts'
import type { Server } from '../server.ts'
import { decisionOf, reasoned } from './acting.ts'
import { known } from './known.ts'

/** Holding deliveries to an agency, and letting them go on (protocol section 11). */
export function agencyRoutes(server: Server, { operations, registry }: Operating): void {
  const params = Type.Object({ id: agencyId('Agency') })
  const standing = Type.Object({
    agency: Type.String(),
    paused: Type.Boolean(),
    since: Type.Optional(time),
    operator: Type.Optional(Type.String()),
    joinedBy: Type.Optional(Type.String()),
  })

  server.post(
    '/api/agencies/:id/pause',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Hold deliveries to an agency; asked for by an operator of another id, join that pause',
        params,
        body: reasoned('pause'),
        response: { 200: standing },
      },
    },
    async (request) => {
      const { id } = request.params
      if (!registry().agencies.has(id)) throw new Problem('not-found')
      await operations.acts.onAgency('pause', id, decisionOf(request))
      return await standingOf(operations, id)
    },
  )

  server.post(
    '/api/agencies/:id/resume',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Let deliveries to an agency go on',
        params,
        body: reasoned('resume'),
        response: { 200: standing },
      },
    },
    async (request) => {
      const { id } = request.params
      const done = await operations.acts.onAgency('resume', id, decisionOf(request))
      // One that is gone from the registry may still be paused.
      if (!done.pending && done.changed === 0 && !registry().agencies.has(id)) throw new Problem('not-found')
      return await standingOf(operations, id)
    },
  )

  server.post(
    '/api/agencies/:id/test-notification',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Have each endpoint and mail address of an agency tried, without any message',
        params,
        body: reasoned('test-notification'),
        response: { 202: Type.Object({ pending: Type.Literal(true) }) },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (!registry().agencies.has(id)) throw new Problem('not-found')
      await operations.acts.onAgency('test-notification', id, decisionOf(request))
      return reply.code(202).send({ pending: true as const })
    },
  )

  server.get(
    '/api/agencies/:id/test-notification',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'What came of the last test of an agency’s endpoints and mail addresses',
        params,
        response: {
          200: Type.Object({
            actId: Type.String(),
            at: time,
            operator: Type.String(),
            results: Type.Optional(results),
          }),
        },
      },
    },
    async (request) => {
      const test = await operations.wayTest(request.params.id)
      if (test === undefined) throw new Problem('not-found')
      const { at, results: tried, ...rest } = test
      return { ...rest, at: at.toISOString(), ...(tried && { results: tried.map((one) => ({ ...one })) }) }
    },
  )
}

const results = Type.Array(
  Type.Object({
    desk: Type.Optional(Type.String({ description: 'Absent where it is the agency’s own' })),
    way: Type.String({ description: '`email` or `endpoint`' }),
    detail: Type.String({ description: '`mailed`, `reached`, or the word for the fault' }),
  }),
  { description: 'Absent while the test goes on' },
)

async function standingOf({ pauses }: Operations, agency: string) {
  const [pause] = await pauses(agency)
  const { since, operator, joinedBy } = pause ?? {}
  return known({ agency, paused: pause !== undefined, since: since?.toISOString(), operator, joinedBy })
}
