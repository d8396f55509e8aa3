import type { ReceiptEvent } from '../../message.ts'
import { digestOf } from '../../keys.ts'
import { newId } from '../../sign.ts'
import type { About } from '../exchange.ts'
import type { Stage } from '../stage.ts'
import { must } from '../unmet.ts'

/** A message that the partner is taken to have sent before. */
export function aboutOf({ role }: Stage): About {
  const id = newId()
  return {
    messageId: id,
    caseId: newId(),
    type: role.sends,
    from: role.agency,
    to: role.to,
    messageDigest: digestOf(`message ${id}`),
  }
}

/** Puts true receipts into the feed; gives whose. */
export function tell(
  { gateway }: Stage,
  about: readonly About[],
  event: ReceiptEvent,
  over: object = {},
): readonly string[] {
  for (const each of about) gateway.exchange.tell(gateway.exchange.receipt(event, each, over))
  return about.map(({ messageId }) => messageId)
}

export const many = (stage: Stage, count: number): readonly About[] =>
  Array.from({ length: count }, () => aboutOf(stage))

export function mustBeTold(told: readonly { readonly messageId: string }[], wanted: readonly string[]): void {
  const got = told.map(({ messageId }) => messageId)
  const missing = wanted.filter((id) => !got.includes(id))
  must(
    got.join() === wanted.join(),
    `Of ${wanted.length} receipts ${missing.length} are missing; ${got.length} were told, in order or not.`,
    `Sur ${wanted.length} récépissés, ${missing.length} manquent\u202f; ${got.length} ont été rapportés, dans l’ordre ou non.`,
  )
}
