import { Type } from 'typebox'
import { Problem } from '../../protocol/protocol.ts'
import { query, uuid } from '../forms.ts'
import { SOON_S } from '../public/log.ts'
import type { Server } from '../server.ts'
import type { Serving } from '../serving.ts'

const size = (description: string) => Type.Integer({ minimum: 0, description })
const hashes = Type.Array(Type.String({ description: 'SHA-256, base64' }))

/** That something is in the evidence log, and that the log only grows (protocol section 10). */
export function proofRoutes(server: Server, { tree }: Pick<Serving, 'tree'>): void {
  server.get(
    '/v1/log/proof/:id',
    {
      config: { access: 'agency', kind: 'look-up' },
      schema: {
        summary: 'That a receipt, a registry entry or an operator’s act is in the evidence log (RFC 6962, 2.1.1)',
        params: Type.Object({ id: uuid('`receiptId`, `entryId` or `actId`') }),
        querystring: query({
          size: Type.Optional(size('Of which tree; that of the newest checkpoint where it is absent')),
        }),
        response: {
          200: Type.Object({
            origin: Type.String({
              description: 'Of the log that has it: not the one in force where that has succeeded another',
            }),
            leafIndex: Type.Integer(),
            treeSize: Type.Integer(),
            rootHash: Type.String({ description: 'Base64' }),
            path: hashes,
          }),
        },
      },
    },
    async (request) => {
      const found = await tree.inclusion(request.params.id, request.query.size)
      if (found === 'unknown') throw new Problem('not-found')
      if (found === 'early') throw new Problem('not-yet-published', undefined, { retryAfter: SOON_S })
      if (found === 'beyond') throw new Problem('invalid-request')
      return { ...found, rootHash: found.rootHash.toString('base64'), path: found.path.map(base64) }
    },
  )

  server.get(
    '/v1/log/consistency',
    {
      config: { access: 'agency', kind: 'look-up' },
      schema: {
        summary: 'That the tree of `to` leaves begins with that of `from` (RFC 6962, 2.1.2)',
        querystring: query({ from: size('Leaves of the smaller tree'), to: size('Leaves of the larger tree') }),
        response: { 200: Type.Object({ path: hashes }) },
      },
    },
    async (request) => {
      const found = await tree.consistency(request.query.from, request.query.to)
      if (found === 'beyond') throw new Problem('invalid-request')
      return { path: found.path.map(base64) }
    },
  )
}

const base64 = (hash: Buffer): string => hash.toString('base64')
