import { Type } from 'typebox'
import type { Serving } from '../serving.ts'
import { callerOf } from '../caller.ts'
import { START } from '../cursor.ts'
import { cursor, query, wait } from '../forms.ts'
import { signedReceipt } from '../signed.ts'
import type { Server } from '../server.ts'

/** The feed of all receipts for what an agency sent, and of the overdue answers that it owes, in order (protocol section 6). */
export function receiptRoutes(server: Server, { exchange, cursorsOf, untilGone }: Serving): void {
  server.get(
    '/v1/receipts',
    {
      config: { access: 'agency', kind: 'listing' },
      schema: {
        operationId: 'followReceipts',
        tags: ['messages'],
        summary: 'The feed of receipts for what the caller sent, and of the overdue answers that it owes',
        querystring: query({
          after: Type.Optional(cursor('The `next` of the answer before')),
          wait: Type.Optional(wait),
        }),
        response: { 200: feed },
      },
    },
    async (request, reply) => {
      const { after = '', wait = 0 } = request.query
      const { agency } = callerOf(request)
      const cursors = cursorsOf(agency.id)
      const { leaf } = cursors.parse('receipts', after) ?? { leaf: START }
      const found = await exchange.followReceipts(agency, leaf, wait * 1000, untilGone(reply))
      const receipts = found.map(({ index, jws: receipt }) => ({
        cursor: cursors.format('receipts', { priority: 0, leaf: index }),
        receipt,
      }))
      return { receipts, next: receipts.at(-1)?.cursor ?? after }
    },
  )
}

const feed = Type.Object(
  {
    receipts: Type.Array(Type.Object({ cursor: cursor('Its place'), receipt: signedReceipt }, { title: 'FeedEntry' })),
    next: cursor('Where to go on: the `after` of the next call'),
  },
  { title: 'Feed', description: 'Receipts in order' },
)
