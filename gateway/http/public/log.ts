import { Type } from 'typebox'
import type { Tree } from '../../log/log.ts'
import { parseTilePath, Problem } from '../../protocol/protocol.ts'
import type { Access } from '../access.ts'
import type { Server } from '../server.ts'

/** Until there is a checkpoint: it is made some seconds after the first leaf. */
export const SOON_S = 2
/** What a tile holds never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable'

/**
 * The newest checkpoint and the tiles of the tree, as C2SP tlog-tiles has them (protocol section 10). The entries are not served: they
 * say who wrote to whom.
 * @param prefix `/v1/log`, or `/log` where anybody may follow
 */
export function logRoutes(
  server: Server,
  { tree }: { readonly tree: Pick<Tree, 'note' | 'tile'> },
  { prefix, access }: { readonly prefix: '/v1/log' | '/log'; readonly access: Access },
): void {
  server.get(
    `${prefix}/checkpoint`,
    {
      config: { access, kind: 'look-up' },
      schema: { summary: 'The newest checkpoint of the evidence log: a C2SP signed note', produces: ['text/plain'] },
    },
    async (_request, reply) => {
      const note = await tree.note()
      if (note === undefined) throw new Problem('not-yet-published', undefined, { retryAfter: SOON_S })
      return reply.header('cache-control', 'no-cache').type('text/plain; charset=utf-8').send(note)
    },
  )

  server.get(
    `${prefix}/tile/*`,
    {
      config: { access, kind: 'look-up' },
      schema: {
        summary: 'A tile of the evidence log’s hashes: <level>/<index>[.p/<width>], as C2SP tlog-tiles has it',
        params: Type.Object({ '*': Type.String({ maxLength: 64, description: 'As 0/x001/x234/067, or 0/000.p/17' }) }),
        produces: ['application/octet-stream'],
      },
    },
    async (request, reply) => {
      const tile = parseTilePath(request.params['*'])
      const hashes = tile && (await tree.tile(tile))
      if (hashes === undefined) throw new Problem('not-found')
      return reply.header('cache-control', FOR_EVER).type('application/octet-stream').send(hashes)
    },
  )
}
