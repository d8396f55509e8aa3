import { Type } from 'typebox'
import { callerOf } from '../caller.ts'
import { agencyId, uuid } from '../forms.ts'
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
        response: { 200: bundle },
        refuses: ['not-yet-published'],
      },
    },
    (request, reply) => exchange.evidenceOfSent(callerOf(request).agency, request.params.id, untilGone(reply)),
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
        response: { 200: bundle },
        refuses: ['not-yet-published'],
      },
    },
    (request, reply) => {
      const { from, id } = request.params
      return exchange.evidenceOfReceived(callerOf(request).agency, from, id, untilGone(reply))
    },
  )
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
