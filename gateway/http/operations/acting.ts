import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type ActName, acts, type Decision, type ReasonCode, reasons } from '../../operations/operations.ts'
import { operatorOf } from '../caller.ts'

/** Why: words, which are kept sealed. */
export const words = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: String.raw`\S`, description: 'Why; it is kept sealed' })

/** What an act is asked for with: words, and a code of its list. */
export const reasoned = (name: ActName) =>
  Type.Object(
    {
      reason: words(500),
      code: Type.Optional(
        Type.Unsafe<ReasonCode>({ type: 'string', enum: acts[name].reasons, description: describeReasons(name) }),
      ),
    },
    { additionalProperties: false },
  )

const describeReasons = (name: ActName): string =>
  acts[name].reasons.map((code) => `${code}: ${reasons[code].en}`).join('. ')

/** The answer to the first operator of an act of two. */
export const pendingAct = Type.Object(
  { pending: Type.Literal(true) },
  { title: 'PendingAct', description: 'It is done when an operator of another id asks for the same within a day' },
)

type Asked = { readonly body: { readonly reason: string; readonly code?: ReasonCode } }

/** Who acts, and why. */
export function decisionOf(request: FastifyRequest & Asked): Decision {
  const { reason, code } = request.body
  return { operator: operatorOf(request), reason, code }
}
