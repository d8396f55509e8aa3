/** The one interface of the house: what an agency's kind decides about a message (protocol section 7). */
import type { Agency, Delivery, Priority } from '../gateway/protocol/protocol.ts'

/** All that an adapter may know of a message: envelope members, and the child's age where a desk asks for it. */
export type Metadata = {
  readonly from: string
  readonly to: string
  readonly type: string
  readonly priority: Priority
  readonly ageYears?: number
}

/** Where in the agency a message goes. Without `desk`: to the agency itself. Without `notBefore`: now. */
export type Decision = { readonly desk?: string; readonly delivery: Delivery; readonly notBefore?: Date }

/** Takes the recipient, what is known of the message, and the time; gives where it goes: always somewhere. */
export type Adapter = (agency: Agency, message: Metadata, now: Date) => Decision
