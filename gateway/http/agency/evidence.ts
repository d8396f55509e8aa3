import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { CONTAINER_TYPE, type Contained } from '../../exchange/exchange.ts'
import { callerOf } from '../caller.ts'
import { agencyId, oneOf, query, uuid } from '../forms.ts'
import { jws } from '../signed.ts'
import type { Server } from '../server.ts'
import type { Serving } from '../serving.ts'

/** Evidence bundles, for the sender and the recipient of a message (protocol section 10). */
export function evidenceRoutes(server: Server, { exchange, untilGone }: Serving): void {
  const config = { access: 'agency', kind: 'directory' } as const
  const id = uuid('Id of the message')

  server.get(
    '/v1/messages/:id/evidence',
    {
      config,
      schema: {
        operationId: 'readEvidenceOfSent',
        tags: ['log'],
        summary: 'The evidence bundle of a message that the caller has sent',
        params: Type.Object({ id }),
        ...answers,
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const evidence = await exchange.evidenceOfSent(callerOf(request).agency, id, untilGone(reply))
      return await send(reply, request.query.form, id, evidence)
    },
  )

  server.get(
    '/v1/inbox/:from/:id/evidence',
    {
      config,
      schema: {
        operationId: 'readEvidenceOfReceived',
        tags: ['log'],
        summary: 'The evidence bundle of a message that was sent to the caller',
        params: Type.Object({ from: agencyId('Sender'), id }),
        ...answers,
      },
    },
    async (request, reply) => {
      const { from, id } = request.params
      const evidence = await exchange.evidenceOfReceived(callerOf(request).agency, from, id, untilGone(reply))
      return await send(reply, request.query.form, id, evidence)
    },
  )
}

async function send(reply: FastifyReply, form: Form | undefined, id: string, evidence: Contained) {
  if (form !== 'asic') return reply.type(JSON_TYPE).send(evidence.bundle)
  return reply
    .type(CONTAINER_TYPE)
    .header('content-disposition', `attachment; filename="${id}.asice"`)
    .send(await evidence.container())
}

const proof = Type.String({ description: 'C2SP tlog-proof, v1: its leaf is the bytes of what stands beside it' })
const listOf = <Name extends string>(name: Name) =>
  Type.Array(Type.Object({ [name]: jws, proof } as Record<Name, typeof jws> & { proof: typeof proof }))

const bundle = Type.Object(
  {
    version: Type.Literal(1),
    message: Type.Optional(jws),
    receipts: listOf('receipt'),
    parties: listOf('entry'),
    erasure: Type.Optional(listOf('act')),
    certificates: Type.Array(Type.String({ description: 'PEM' })),
    crls: Type.Array(Type.String({ description: 'PEM' })),
    schema: Type.Object({ id: Type.String(), sha256: Type.String({ description: 'Lower-case hexadecimal' }) }),
  },
  { title: 'EvidenceBundle', description: 'All that proves what became of the message, off line' },
)

const JSON_TYPE = 'application/json'
type Form = 'json' | 'asic'

/** Both routes answer alike. */
const answers = {
  produces: [JSON_TYPE, CONTAINER_TYPE],
  querystring: query({
    form: Type.Optional(
      oneOf<Form>(['json', 'asic'], {
        description: '`asic`: the same as an ASiC-E container (ETSI EN 319 162-1); `json` where it is not given',
      }),
    ),
  }),
  response: {
    200: {
      description: 'What proves it, off line',
      content: {
        [JSON_TYPE]: { schema: bundle },
        [CONTAINER_TYPE]: { schema: Type.String({ format: 'binary', description: 'A ZIP (docs/evidence.md)' }) },
      },
    },
  },
  sends: { 200: ['Content-Disposition'] },
  refuses: ['not-yet-published'],
} as const
