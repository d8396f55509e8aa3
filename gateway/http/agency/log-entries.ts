import { Type } from 'typebox'
import { callerOf } from '../caller.ts'
import { query } from '../forms.ts'
import type { Server } from '../server.ts'
import type { Serving } from '../serving.ts'
import { logEntries } from '../../record/record.ts'

/** An entry of an agency with many certificates has some KiB. */
const PAGE = 100

/** What an agency sees of the log beside receipts: whose keys came into force, and what operators did (protocol section 10). */
export function logEntryRoutes(server: Server, { database, tree }: Pick<Serving, 'database' | 'tree'>): void {
  server.get(
    '/v1/log/entries',
    {
      config: { access: 'agency', kind: 'look-up' },
      schema: {
        operationId: 'listLogEntries',
        tags: ['log'],
        summary: 'The registry’s entries and the operators’ acts in the evidence log, from a leaf on',
        querystring: query({
          from: Type.Optional(Type.Integer({ minimum: 0, description: 'The `next` of the answer before' })),
        }),
        response: {
          200: Type.Object(
            {
              entries: Type.Array(
                Type.Object({
                  leafIndex: Type.Integer(),
                  typ: Type.String({ description: '`registry-entry+jws` or `operator-act+jws`' }),
                  entry: Type.Optional(
                    Type.String({ description: 'Compact JWS; absent where it is about a message or case of others' }),
                  ),
                }),
              ),
              next: Type.Integer({ description: 'Where to go on: the `from` of the next call' }),
            },
            { title: 'LogEntries', description: 'A page of them' },
          ),
        },
      },
    },
    async (request) => {
      const { base, published } = tree.state()
      const from = Math.min(request.query.from ?? 0, published)
      const { agency } = callerOf(request)
      const span = { from: base + from, to: base + published, limit: PAGE }
      const rows = await logEntries(database, agency.id, span)
      const entries = rows.map(({ index, typ, jws }) => {
        return { leafIndex: index - base, typ, ...(jws && { entry: jws.toString('latin1') }) }
      })
      const last = entries.at(-1)?.leafIndex
      return { entries, next: rows.length < PAGE || last === undefined ? published : last + 1 }
    },
  )
}
