import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Decision } from '../../operations/operations.ts'
import { operatorOf } from '../caller.ts'

/** What every act is asked for with. */
export const reasoned = Type.Object(
  {
    reason: Type.String({
      minLength: 1,
      maxLength: 500,
      pattern: String.raw`\S`,
      description: 'Why; it is kept sealed',
    }),
  },
  { additionalProperties: false },
)

/** The answer to the first operator of an act of two. */
export const pendingAct = Type.Object({ pending: Type.Literal(true) })

/** Who acts, and why. */
export function decisionOf(request: FastifyRequest & { readonly body: { readonly reason: string } }): Decision {
  return { operator: operatorOf(request), reason: request.body.reason }
}
